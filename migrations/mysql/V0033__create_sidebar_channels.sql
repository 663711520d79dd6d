-- Mattermost migration 33: create_sidebar_channels

CREATE TABLE SidebarChannels (
    ChannelId   varchar(26)   NOT NULL,
    UserId      varchar(26)   NOT NULL,
    CategoryId  varchar(128)  NOT NULL,
    SortOrder   bigint,

    PRIMARY KEY (ChannelId, UserId, CategoryId)
);
