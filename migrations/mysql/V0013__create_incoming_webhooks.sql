-- Mattermost migration 13: create_incoming_webhooks

CREATE TABLE IncomingWebhooks (
    Id             varchar(26)  PRIMARY KEY,
    CreateAt       bigint,
    UpdateAt       bigint,
    DeleteAt       bigint,
    UserId         varchar(26),
    ChannelId      varchar(26),
    TeamId         varchar(26),
    DisplayName    varchar(64),
    Description    text,
    Username       varchar(255),
    IconURL        text,
    ChannelLocked  tinyint(1)
);

CREATE INDEX idx_incoming_webhook_create_at ON IncomingWebhooks (CreateAt);
CREATE INDEX idx_incoming_webhook_delete_at ON IncomingWebhooks (DeleteAt);
CREATE INDEX idx_incoming_webhook_team_id ON IncomingWebhooks (TeamId);
CREATE INDEX idx_incoming_webhook_update_at ON IncomingWebhooks (UpdateAt);
CREATE INDEX idx_incoming_webhook_user_id ON IncomingWebhooks (UserId);
