-- Mattermost migration 134: create_access_control_policies

CREATE TABLE accesscontrolpolicies (
    id        varchar(26)   PRIMARY KEY,
    name      varchar(128)  NOT NULL,
    type      varchar(128)  NOT NULL,
    active    boolean       NOT NULL,
    createat  bigint        NOT NULL,
    revision  integer       NOT NULL,
    version   varchar(8)    NOT NULL,
    data      jsonb,
    props     jsonb
);

CREATE TABLE accesscontrolpolicyhistory (
    id        varchar(26)   NOT NULL,
    name      varchar(128)  NOT NULL,
    type      varchar(128)  NOT NULL,
    createat  bigint        NOT NULL,
    revision  integer       NOT NULL,
    version   varchar(8)    NOT NULL,
    data      jsonb,
    props     jsonb,

    PRIMARY KEY (id, revision)
);
