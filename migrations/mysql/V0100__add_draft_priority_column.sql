-- Mattermost migration 100: add_draft_priority_column

ALTER TABLE Drafts
    ADD COLUMN Priority text;
