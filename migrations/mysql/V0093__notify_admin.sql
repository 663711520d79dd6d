-- Mattermost migration 93: notify_admin

CREATE TABLE NotifyAdmin (
    UserId           varchar(26)   NOT NULL,
    CreateAt         bigint,
    RequiredPlan     varchar(26)   NOT NULL,
    RequiredFeature  varchar(100)  NOT NULL,
    Trial            tinyint(1)    NOT NULL,

    PRIMARY KEY (UserId, RequiredFeature, RequiredPlan)
);
