-- Mattermost migration 93: notify_admin

CREATE TABLE notifyadmin (
    userid           varchar(26)   NOT NULL,
    createat         bigint,
    requiredplan     varchar(26)   NOT NULL,
    requiredfeature  varchar(100)  NOT NULL,
    trial            boolean       NOT NULL,

    PRIMARY KEY (userid, requiredfeature, requiredplan)
);
