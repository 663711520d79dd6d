-- Mattermost migration 122: preferences_value_length

ALTER TABLE preferences
    ALTER COLUMN value TYPE text;
