-- Mattermost migration 40: create_sidebar_categories

CREATE TABLE SidebarCategories (
    Id           varchar(128)  PRIMARY KEY,
    UserId       varchar(26),
    TeamId       varchar(26),
    SortOrder    bigint,
    Sorting      varchar(64),
    Type         varchar(64),
    DisplayName  varchar(64),
    Muted        tinyint(1),
    Collapsed    tinyint(1)
);
