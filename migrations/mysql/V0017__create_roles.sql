-- Mattermost migration 17: create_roles

CREATE TABLE Roles (
    Id             varchar(26)  PRIMARY KEY,
    Name           varchar(64),
    DisplayName    varchar(128),
    Description    text,
    CreateAt       bigint,
    UpdateAt       bigint,
    DeleteAt       bigint,
    Permissions    longtext,
    SchemeManaged  tinyint(1),
    BuiltIn        tinyint(1),

    UNIQUE KEY Name (Name)
);
