-- Mattermost migration 138: add_default_category_name_to_channel

ALTER TABLE channels
    ADD COLUMN defaultcategoryname varchar(64) NOT NULL DEFAULT '';
