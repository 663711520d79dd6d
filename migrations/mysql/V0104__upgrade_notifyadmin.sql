-- Mattermost migration 104: upgrade_notifyadmin

ALTER TABLE NotifyAdmin
    MODIFY COLUMN RequiredPlan     varchar(100)  NOT NULL,
    MODIFY COLUMN RequiredFeature  varchar(255)  NOT NULL;
