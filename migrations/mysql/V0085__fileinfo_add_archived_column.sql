-- Mattermost migration 85: fileinfo_add_archived_column

ALTER TABLE FileInfo
    ADD COLUMN Archived tinyint(1) NOT NULL DEFAULT 0;
