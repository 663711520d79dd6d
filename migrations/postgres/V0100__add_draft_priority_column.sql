-- Mattermost migration 100: add_draft_priority_column

ALTER TABLE drafts
    ADD COLUMN priority text;
