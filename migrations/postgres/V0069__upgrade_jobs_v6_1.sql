-- Mattermost migration 69: upgrade_jobs_v6.1

CREATE INDEX idx_jobs_status_type ON jobs (status, type);
