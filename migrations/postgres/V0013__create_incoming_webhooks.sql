-- Mattermost migration 13: create_incoming_webhooks

CREATE TABLE incomingwebhooks (
    id             varchar(26)  PRIMARY KEY,
    createat       bigint,
    updateat       bigint,
    deleteat       bigint,
    userid         varchar(26),
    channelid      varchar(26),
    teamid         varchar(26),
    displayname    varchar(64),
    description    varchar(500),
    username       varchar(255),
    iconurl        varchar(1024),
    channellocked  boolean
);

CREATE INDEX idx_incoming_webhook_create_at ON incomingwebhooks (createat);
CREATE INDEX idx_incoming_webhook_delete_at ON incomingwebhooks (deleteat);
CREATE INDEX idx_incoming_webhook_team_id ON incomingwebhooks (teamid);
CREATE INDEX idx_incoming_webhook_update_at ON incomingwebhooks (updateat);
CREATE INDEX idx_incoming_webhook_user_id ON incomingwebhooks (userid);
