-- Mattermost migration 33: create_sidebar_channels

CREATE TABLE sidebarchannels (
    channelid   varchar(26)   NOT NULL,
    userid      varchar(26)   NOT NULL,
    categoryid  varchar(128)  NOT NULL,
    sortorder   bigint,

    PRIMARY KEY (channelid, userid, categoryid)
);
