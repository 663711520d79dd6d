-- Mattermost migration 92: add_createat_to_teamembers

ALTER TABLE teammembers
    ADD COLUMN createat bigint DEFAULT 0;

CREATE INDEX idx_teammembers_createat ON teammembers (createat);
