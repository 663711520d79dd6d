-- Mattermost migration 61: upgrade_link_metadata_v6.0

ALTER TABLE linkmetadata
    ALTER COLUMN data TYPE jsonb USING data::jsonb;
