-- Mattermost migration 60: upgrade_jobs_v6.0

ALTER TABLE jobs
    ALTER COLUMN data TYPE jsonb USING data::jsonb;
