-- Mattermost migration 53: create_retention_policies

CREATE TABLE retentionpolicies (
    id            varchar(26)  PRIMARY KEY,
    displayname   varchar(64),
    postduration  bigint
);

CREATE INDEX idx_retentionpolicies_displayname ON retentionpolicies (displayname);

CREATE TABLE retentionpolicieschannels (
    policyid   varchar(26),
    channelid  varchar(26)  PRIMARY KEY,

    CONSTRAINT fk_retentionpolicieschannels_retentionpolicies
        FOREIGN KEY (policyid) REFERENCES retentionpolicies (id) ON DELETE CASCADE
);

CREATE INDEX idx_retentionpolicieschannels_policyid ON retentionpolicieschannels (policyid);

CREATE TABLE retentionpoliciesteams (
    policyid  varchar(26),
    teamid    varchar(26)  PRIMARY KEY,

    CONSTRAINT fk_retentionpoliciesteams_retentionpolicies
        FOREIGN KEY (policyid) REFERENCES retentionpolicies (id) ON DELETE CASCADE
);

CREATE INDEX idx_retentionpoliciesteams_policyid ON retentionpoliciesteams (policyid);
