-- Mattermost migration 134: create_access_control_policies

CREATE TABLE AccessControlPolicies (
    ID        varchar(26)   PRIMARY KEY,
    Name      varchar(128)  NOT NULL,
    Type      varchar(128)  NOT NULL,
    Active    tinyint(1)    NOT NULL,
    CreateAt  bigint        NOT NULL,
    Revision  int           NOT NULL,
    Version   varchar(8)    NOT NULL,
    Data      json,
    Props     json
);

CREATE TABLE AccessControlPolicyHistory (
    ID        varchar(26)   NOT NULL,
    Name      varchar(128)  NOT NULL,
    Type      varchar(128)  NOT NULL,
    CreateAt  bigint        NOT NULL,
    Revision  int           NOT NULL,
    Version   varchar(8)    NOT NULL,
    Data      json,
    Props     json,

    PRIMARY KEY (ID, Revision)
);
