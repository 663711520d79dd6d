-- Mattermost migration 20: create_posts

CREATE TABLE posts (
    id            varchar(26)  PRIMARY KEY,
    createat      bigint,
    updateat      bigint,
    deleteat      bigint,
    userid        varchar(26),
    channelid     varchar(26),
    rootid        varchar(26),
    parentid      varchar(26),
    originalid    varchar(26),
    message       varchar(65535),
    type          varchar(26),
    props         varchar(8000),
    hashtags      varchar(1000),
    filenames     varchar(4000),
    fileids       varchar(300),
    hasreactions  boolean,
    editat        bigint,
    ispinned      boolean,
    remoteid      varchar(26)
);

CREATE INDEX idx_posts_channel_id_delete_at_create_at ON posts (channelid, deleteat, createat);
CREATE INDEX idx_posts_channel_id_update_at ON posts (channelid, updateat);
CREATE INDEX idx_posts_create_at ON posts (createat);
CREATE INDEX idx_posts_delete_at ON posts (deleteat);
CREATE INDEX idx_posts_hashtags_txt ON posts USING gin (to_tsvector('english', hashtags));
CREATE INDEX idx_posts_is_pinned ON posts (ispinned);
CREATE INDEX idx_posts_message_txt ON posts USING gin (to_tsvector('english', message));
CREATE INDEX idx_posts_root_id ON posts (rootid);
CREATE INDEX idx_posts_update_at ON posts (updateat);
CREATE INDEX idx_posts_user_id ON posts (userid);
