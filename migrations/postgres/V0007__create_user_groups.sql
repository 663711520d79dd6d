-- Mattermost migration 7: create_user_groups

CREATE TABLE usergroups (
    id              varchar(26)  PRIMARY KEY,
    name            varchar(64)  UNIQUE,
    displayname     varchar(128),
    description     varchar(1024),
    source          varchar(64),
    remoteid        varchar(48),
    createat        bigint,
    updateat        bigint,
    deleteat        bigint,
    allowreference  boolean,

    UNIQUE (source, remoteid)
);

CREATE INDEX idx_usergroups_delete_at ON usergroups (deleteat);
CREATE INDEX idx_usergroups_remote_id ON usergroups (remoteid);
