-- Mattermost migration 39: create_channel_member_history

CREATE TABLE channelmemberhistory (
    channelid  varchar(26)  NOT NULL,
    userid     varchar(26)  NOT NULL,
    jointime   bigint       NOT NULL,
    leavetime  bigint,

    PRIMARY KEY (channelid, userid, jointime)
);
