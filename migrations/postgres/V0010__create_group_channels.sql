-- Mattermost migration 10: create_group_channels

CREATE TABLE groupchannels (
    groupid      varchar(26)  NOT NULL,
    autoadd      boolean,
    schemeadmin  boolean,
    createat     bigint,
    deleteat     bigint,
    updateat     bigint,
    channelid    varchar(26)  NOT NULL,

    PRIMARY KEY (groupid, channelid)
);

CREATE INDEX idx_groupchannels_channelid ON groupchannels (channelid);
