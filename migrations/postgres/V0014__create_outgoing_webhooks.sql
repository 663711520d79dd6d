-- Mattermost migration 14: create_outgoing_webhooks

CREATE TABLE outgoingwebhooks (
    id            varchar(26)  PRIMARY KEY,
    token         varchar(26),
    createat      bigint,
    updateat      bigint,
    deleteat      bigint,
    creatorid     varchar(26),
    channelid     varchar(26),
    teamid        varchar(26),
    triggerwords  varchar(1024),
    callbackurls  varchar(1024),
    displayname   varchar(64),
    contenttype   varchar(128),
    triggerwhen   integer,
    username      varchar(64),
    iconurl       varchar(1024),
    description   varchar(500)
);

CREATE INDEX idx_outgoing_webhook_create_at ON outgoingwebhooks (createat);
CREATE INDEX idx_outgoing_webhook_delete_at ON outgoingwebhooks (deleteat);
CREATE INDEX idx_outgoing_webhook_team_id ON outgoingwebhooks (teamid);
CREATE INDEX idx_outgoing_webhook_update_at ON outgoingwebhooks (updateat);
