-- Mattermost migration 14: create_outgoing_webhooks

CREATE TABLE OutgoingWebhooks (
    Id            varchar(26)  PRIMARY KEY,
    Token         varchar(26),
    CreateAt      bigint,
    UpdateAt      bigint,
    DeleteAt      bigint,
    CreatorId     varchar(26),
    ChannelId     varchar(26),
    TeamId        varchar(26),
    TriggerWords  text,
    CallbackURLs  text,
    DisplayName   varchar(64),
    ContentType   varchar(128),
    TriggerWhen   int,
    Username      varchar(64),
    IconURL       text,
    Description   text
);

CREATE INDEX idx_outgoing_webhook_create_at ON OutgoingWebhooks (CreateAt);
CREATE INDEX idx_outgoing_webhook_delete_at ON OutgoingWebhooks (DeleteAt);
CREATE INDEX idx_outgoing_webhook_team_id ON OutgoingWebhooks (TeamId);
CREATE INDEX idx_outgoing_webhook_update_at ON OutgoingWebhooks (UpdateAt);
