-- Mattermost migration 120: create_channelbookmarks_table

CREATE TYPE channel_bookmark_type AS ENUM ('link', 'file');

CREATE TABLE channelbookmarks (
    id           varchar(26)            PRIMARY KEY,
    ownerid      varchar(26)            NOT NULL,
    channelid    varchar(26)            NOT NULL,
    fileinfoid   varchar(26)            DEFAULT NULL,
    createat     bigint                 DEFAULT 0,
    updateat     bigint                 DEFAULT 0,
    deleteat     bigint                 DEFAULT 0,
    displayname  text                   DEFAULT '',
    sortorder    integer                DEFAULT 0,
    linkurl      text,
    imageurl     text,
    emoji        varchar(64)            DEFAULT NULL,
    type         channel_bookmark_type  DEFAULT 'link',
    originalid   varchar(26)            DEFAULT NULL,
    parentid     varchar(26)            DEFAULT NULL
);

CREATE INDEX idx_channelbookmarks_channelid ON channelbookmarks (channelid);
CREATE INDEX idx_channelbookmarks_delete_at ON channelbookmarks (deleteat);
CREATE INDEX idx_channelbookmarks_update_at ON channelbookmarks (updateat);
