-- Mattermost migration 4: create_command_webhooks

CREATE TABLE CommandWebhooks (
    Id         varchar(26)  PRIMARY KEY,
    CreateAt   bigint,
    CommandId  varchar(26),
    UserId     varchar(26),
    ChannelId  varchar(26),
    RootId     varchar(26),
    ParentId   varchar(26),
    UseCount   int
);

CREATE INDEX idx_command_webhook_create_at ON CommandWebhooks (CreateAt);
