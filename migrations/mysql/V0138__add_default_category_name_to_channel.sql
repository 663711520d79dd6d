-- Mattermost migration 138: add_default_category_name_to_channel

ALTER TABLE Channels
    ADD COLUMN DefaultCategoryName varchar(64) NOT NULL DEFAULT '';
