-- Calls, schema migrations 1-4

CREATE TABLE calls (
    id            varchar(26)  PRIMARY KEY,
    channelid     varchar(26),
    startat       bigint,
    endat         bigint,
    createat      bigint,
    deleteat      bigint,
    title         varchar(256),
    postid        varchar(26),
    threadid      varchar(26),
    ownerid       varchar(26),
    participants  jsonb        NOT NULL,
    stats         jsonb        NOT NULL,
    props         jsonb        NOT NULL
);

CREATE INDEX idx_calls_channel_id ON calls (channelid);
CREATE INDEX idx_calls_end_at ON calls (endat);

CREATE TABLE calls_channels (
    channelid  varchar(26)  PRIMARY KEY,
    enabled    boolean,
    props      jsonb        NOT NULL
);

CREATE TABLE calls_jobs (
    id         varchar(26)  PRIMARY KEY,
    callid     varchar(26),
    type       varchar(64),
    creatorid  varchar(26),
    initat     bigint,
    startat    bigint,
    endat      bigint,
    props      jsonb        NOT NULL
);

CREATE INDEX idx_calls_jobs_call_id ON calls_jobs (callid);

CREATE TABLE calls_sessions (
    id          varchar(26)  PRIMARY KEY,
    callid      varchar(26),
    userid      varchar(26),
    joinat      bigint,
    unmuted     boolean,
    raisedhand  bigint
);

CREATE INDEX idx_calls_sessions_call_id ON calls_sessions (callid);

CREATE TABLE db_migrations_calls (
    version  bigint   PRIMARY KEY,
    name     varchar  NOT NULL
);

INSERT INTO db_migrations_calls (version, name) VALUES
    (1, 'create_calls_channels'),
    (2, 'create_calls'),
    (3, 'create_calls_sessions'),
    (4, 'create_calls_jobs');
