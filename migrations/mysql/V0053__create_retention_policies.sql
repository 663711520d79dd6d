-- Mattermost migration 53: create_retention_policies

CREATE TABLE RetentionPolicies (
    Id            varchar(26)  PRIMARY KEY,
    DisplayName   varchar(64),
    PostDuration  bigint
);

CREATE INDEX IDX_RetentionPolicies_DisplayName ON RetentionPolicies (DisplayName);

CREATE TABLE RetentionPoliciesChannels (
    PolicyId   varchar(26),
    ChannelId  varchar(26)  PRIMARY KEY
);

CREATE INDEX IDX_RetentionPoliciesChannels_PolicyId ON RetentionPoliciesChannels (PolicyId);

ALTER TABLE RetentionPoliciesChannels
    ADD CONSTRAINT FK_RetentionPoliciesChannels_RetentionPolicies
    FOREIGN KEY (PolicyId) REFERENCES RetentionPolicies (Id) ON DELETE CASCADE;

CREATE TABLE RetentionPoliciesTeams (
    PolicyId  varchar(26),
    TeamId    varchar(26)  PRIMARY KEY
);

CREATE INDEX IDX_RetentionPoliciesTeams_PolicyId ON RetentionPoliciesTeams (PolicyId);

ALTER TABLE RetentionPoliciesTeams
    ADD CONSTRAINT FK_RetentionPoliciesTeams_RetentionPolicies
    FOREIGN KEY (PolicyId) REFERENCES RetentionPolicies (Id) ON DELETE CASCADE;
