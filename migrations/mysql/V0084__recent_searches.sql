-- Mattermost migration 84: recent_searches

CREATE TABLE RecentSearches (
    UserId         char(26)  NOT NULL,
    SearchPointer  int       NOT NULL,
    Query          json,
    CreateAt       bigint    NOT NULL,

    PRIMARY KEY (UserId, SearchPointer)
);
