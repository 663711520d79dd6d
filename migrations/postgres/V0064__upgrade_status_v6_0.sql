-- Mattermost migration 64: upgrade_status_v6.0

DROP INDEX idx_status_status;

CREATE INDEX idx_status_status_dndendtime ON status (status, dndendtime);
