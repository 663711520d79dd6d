-- Mattermost migration 7: create_user_groups

CREATE TABLE UserGroups (
    Id              varchar(26)  PRIMARY KEY,
    Name            varchar(64),
    DisplayName     varchar(128),
    Description     text,
    Source          varchar(64),
    RemoteId        varchar(48),
    CreateAt        bigint,
    UpdateAt        bigint,
    DeleteAt        bigint,
    AllowReference  tinyint(1),

    UNIQUE KEY Name (Name),
    UNIQUE KEY Source (Source, RemoteId)
);

CREATE INDEX idx_usergroups_delete_at ON UserGroups (DeleteAt);
CREATE INDEX idx_usergroups_remote_id ON UserGroups (RemoteId);
