-- Mattermost migration 39: create_channel_member_history

CREATE TABLE ChannelMemberHistory (
    ChannelId  varchar(26)  NOT NULL,
    UserId     varchar(26)  NOT NULL,
    JoinTime   bigint       NOT NULL,
    LeaveTime  bigint,

    PRIMARY KEY (ChannelId, UserId, JoinTime)
);
