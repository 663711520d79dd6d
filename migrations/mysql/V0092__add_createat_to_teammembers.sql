-- Mattermost migration 92: add_createat_to_teammembers

ALTER TABLE TeamMembers
    ADD COLUMN CreateAt bigint DEFAULT 0;

CREATE INDEX idx_teammembers_createat ON TeamMembers (CreateAt);
