-- Mattermost migration 41: create_upload_sessions

CREATE TABLE uploadsessions (
    id          varchar(26)  PRIMARY KEY,
    type        varchar(32),
    createat    bigint,
    userid      varchar(26),
    channelid   varchar(26),
    filename    varchar(256),
    path        varchar(512),
    filesize    bigint,
    fileoffset  bigint,
    remoteid    varchar(26),
    reqfileid   varchar(26)
);

CREATE INDEX idx_uploadsessions_create_at ON uploadsessions (createat);
CREATE INDEX idx_uploadsessions_type ON uploadsessions (type);
CREATE INDEX idx_uploadsessions_user_id ON uploadsessions (userid);
