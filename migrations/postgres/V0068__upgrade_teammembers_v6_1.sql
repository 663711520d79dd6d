-- Mattermost migration 68: upgrade_teammembers_v6.1

ALTER TABLE teammembers
    ALTER COLUMN roles TYPE varchar(256);
