-- Mattermost migration 60: upgrade_jobs_v6.0

ALTER TABLE Jobs
    MODIFY COLUMN Data json;
