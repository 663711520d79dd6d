-- Mattermost migration 61: upgrade_link_metadata_v6.0

ALTER TABLE LinkMetadata
    MODIFY COLUMN Data json;
