-- Mattermost migration 40: create_sidebar_categories

CREATE TABLE sidebarcategories (
    id           varchar(128)  PRIMARY KEY,
    userid       varchar(26),
    teamid       varchar(26),
    sortorder    bigint,
    sorting      varchar(64),
    type         varchar(64),
    displayname  varchar(64),
    muted        boolean,
    collapsed    boolean
);
