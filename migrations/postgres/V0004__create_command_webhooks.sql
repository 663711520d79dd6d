-- Mattermost migration 4: create_command_webhooks

CREATE TABLE commandwebhooks (
    id         varchar(26)  PRIMARY KEY,
    createat   bigint,
    commandid  varchar(26),
    userid     varchar(26),
    channelid  varchar(26),
    rootid     varchar(26),
    parentid   varchar(26),
    usecount   integer
);

CREATE INDEX idx_command_webhook_create_at ON commandwebhooks (createat);
