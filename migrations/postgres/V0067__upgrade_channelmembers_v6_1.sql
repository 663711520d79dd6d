-- Mattermost migration 67: upgrade_channelmembers_v6.1

ALTER TABLE channelmembers
    ALTER COLUMN roles TYPE varchar(256);
