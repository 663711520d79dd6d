-- Mattermost migration 85: fileinfo_add_archived_column

ALTER TABLE fileinfo
    ADD COLUMN archived boolean NOT NULL DEFAULT false;
