-- Mattermost migration 8: create_group_members

CREATE TABLE groupmembers (
    groupid   varchar(26)  NOT NULL,
    userid    varchar(26)  NOT NULL,
    createat  bigint,
    deleteat  bigint,

    PRIMARY KEY (groupid, userid)
);

CREATE INDEX idx_groupmembers_create_at ON groupmembers (createat);
