-- Mattermost migration 46: create_users

CREATE TABLE Users (
    Id                  varchar(26)   PRIMARY KEY,
    CreateAt            bigint,
    UpdateAt            bigint,
    DeleteAt            bigint,
    Username            varchar(64),
    Password            varchar(128),
    AuthData            varchar(128),
    AuthService         varchar(32),
    Email               varchar(128),
    EmailVerified       tinyint(1),
    Nickname            varchar(64),
    FirstName           varchar(64),
    LastName            varchar(64),
    Roles               varchar(256),
    AllowMarketing      tinyint(1),
    Props               text,
    NotifyProps         text,
    LastPasswordUpdate  bigint,
    LastPictureUpdate   bigint,
    FailedAttempts      int,
    Locale              varchar(5),
    MfaActive           tinyint(1),
    MfaSecret           varchar(128),
    Position            varchar(128),
    Timezone            varchar(256)  DEFAULT '{"automaticTimezone":"","manualTimezone":"","useAutomaticTimezone":"true"}',
    RemoteId            varchar(26),

    UNIQUE KEY AuthData (AuthData),
    UNIQUE KEY Email (Email),
    UNIQUE KEY Username (Username),
    FULLTEXT KEY idx_users_all_no_full_name_txt (Username, Nickname, Email),
    FULLTEXT KEY idx_users_all_txt (Username, FirstName, LastName, Nickname, Email),
    FULLTEXT KEY idx_users_names_no_full_name_txt (Username, Nickname),
    FULLTEXT KEY idx_users_names_txt (Username, FirstName, LastName, Nickname)
);

CREATE INDEX idx_users_create_at ON Users (CreateAt);
CREATE INDEX idx_users_delete_at ON Users (DeleteAt);
CREATE INDEX idx_users_update_at ON Users (UpdateAt);
