-- Mattermost migration 59: upgrade_users_v6.0

ALTER TABLE Users
    MODIFY COLUMN Roles        text,
    MODIFY COLUMN Props        json,
    MODIFY COLUMN NotifyProps  json,
    MODIFY COLUMN Timezone     json;
