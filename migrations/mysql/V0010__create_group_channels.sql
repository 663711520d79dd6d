-- Mattermost migration 10: create_group_channels

CREATE TABLE GroupChannels (
    GroupId      varchar(26)  NOT NULL,
    AutoAdd      tinyint(1),
    SchemeAdmin  tinyint(1),
    CreateAt     bigint,
    DeleteAt     bigint,
    UpdateAt     bigint,
    ChannelId    varchar(26)  NOT NULL,

    PRIMARY KEY (GroupId, ChannelId)
);

CREATE INDEX idx_groupchannels_channelid ON GroupChannels (ChannelId);
CREATE INDEX idx_groupchannels_schemeadmin ON GroupChannels (SchemeAdmin);
