-- Mattermost migration 104: upgrade_notifyadmin

ALTER TABLE notifyadmin
    ALTER COLUMN requiredplan TYPE varchar(100),
    ALTER COLUMN requiredfeature TYPE varchar(255);
