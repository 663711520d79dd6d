-- Mattermost migration 22: create_sessions

CREATE TABLE sessions (
    id              varchar(26)  PRIMARY KEY,
    token           varchar(26),
    createat        bigint,
    expiresat       bigint,
    lastactivityat  bigint,
    userid          varchar(26),
    deviceid        varchar(512),
    roles           varchar(64),
    isoauth         boolean,
    props           varchar(1000),
    expirednotify   boolean
);

CREATE INDEX idx_sessions_create_at ON sessions (createat);
CREATE INDEX idx_sessions_expires_at ON sessions (expiresat);
CREATE INDEX idx_sessions_last_activity_at ON sessions (lastactivityat);
CREATE INDEX idx_sessions_token ON sessions (token);
CREATE INDEX idx_sessions_user_id ON sessions (userid);
