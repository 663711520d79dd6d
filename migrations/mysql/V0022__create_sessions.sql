-- Mattermost migration 22: create_sessions

CREATE TABLE Sessions (
    Id              varchar(26)  PRIMARY KEY,
    Token           varchar(26),
    CreateAt        bigint,
    ExpiresAt       bigint,
    LastActivityAt  bigint,
    UserId          varchar(26),
    DeviceId        text,
    Roles           varchar(64),
    IsOAuth         tinyint(1),
    Props           text,
    ExpiredNotify   tinyint(1)
);

CREATE INDEX idx_sessions_create_at ON Sessions (CreateAt);
CREATE INDEX idx_sessions_expires_at ON Sessions (ExpiresAt);
CREATE INDEX idx_sessions_last_activity_at ON Sessions (LastActivityAt);
CREATE INDEX idx_sessions_token ON Sessions (Token);
CREATE INDEX idx_sessions_user_id ON Sessions (UserId);
