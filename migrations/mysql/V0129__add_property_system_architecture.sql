-- Mattermost migration 129: add_property_system_architecture

CREATE TABLE PropertyFields (
    ID          varchar(26)   PRIMARY KEY,
    GroupID     varchar(26)   NOT NULL,
    Name        varchar(255)  NOT NULL,
    Type        enum('text', 'select', 'multiselect', 'date', 'user', 'multiuser'),
    Attrs       json,
    TargetID    varchar(255),
    TargetType  varchar(255),
    CreateAt    bigint,
    UpdateAt    bigint,
    DeleteAt    bigint,

    UNIQUE KEY GroupID (GroupID, TargetID, Name, DeleteAt)
);

CREATE TABLE PropertyGroups (
    ID    varchar(26)  PRIMARY KEY,
    Name  varchar(64)  NOT NULL,

    UNIQUE KEY Name (Name)
);

CREATE TABLE PropertyValues (
    ID          varchar(26)   PRIMARY KEY,
    TargetID    varchar(255)  NOT NULL,
    TargetType  varchar(255)  NOT NULL,
    GroupID     varchar(26)   NOT NULL,
    FieldID     varchar(26)   NOT NULL,
    Value       json,
    CreateAt    bigint,
    UpdateAt    bigint,
    DeleteAt    bigint,

    UNIQUE KEY GroupID (GroupID, TargetID, FieldID, DeleteAt)
);

CREATE INDEX idx_propertyvalues_targetid_groupid ON PropertyValues (TargetID, GroupID);
