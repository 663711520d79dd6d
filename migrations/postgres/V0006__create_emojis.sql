-- Mattermost migration 6: create_emojis

CREATE TABLE emoji (
    id         varchar(26)  PRIMARY KEY,
    createat   bigint,
    updateat   bigint,
    deleteat   bigint,
    creatorid  varchar(26),
    name       varchar(64),

    UNIQUE (name, deleteat)
);

CREATE INDEX idx_emoji_create_at ON emoji (createat);
CREATE INDEX idx_emoji_delete_at ON emoji (deleteat);
CREATE INDEX idx_emoji_update_at ON emoji (updateat);
