-- Mattermost migration 84: recent_searches

CREATE TABLE recentsearches (
    userid         char(26)  NOT NULL,
    searchpointer  integer   NOT NULL,
    query          jsonb,
    createat       bigint    NOT NULL,

    PRIMARY KEY (userid, searchpointer)
);
