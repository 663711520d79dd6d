-- Mattermost migration 16: create_reactions

CREATE TABLE reactions (
    userid     varchar(26)  NOT NULL,
    postid     varchar(26)  NOT NULL,
    emojiname  varchar(64)  NOT NULL,
    createat   bigint,
    updateat   bigint,
    deleteat   bigint,
    remoteid   varchar(26),

    PRIMARY KEY (postid, userid, emojiname)
);
