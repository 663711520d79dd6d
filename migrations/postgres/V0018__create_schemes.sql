-- Mattermost migration 18: create_schemes

CREATE TABLE schemes (
    id                       varchar(26)  PRIMARY KEY,
    name                     varchar(64)  UNIQUE,
    displayname              varchar(128),
    description              varchar(1024),
    createat                 bigint,
    updateat                 bigint,
    deleteat                 bigint,
    scope                    varchar(32),
    defaultteamadminrole     varchar(64),
    defaultteamuserrole      varchar(64),
    defaultchanneladminrole  varchar(64),
    defaultchanneluserrole   varchar(64),
    defaultteamguestrole     varchar(64),
    defaultchannelguestrole  varchar(64)
);

CREATE INDEX idx_schemes_channel_admin_role ON schemes (defaultchanneladminrole);
CREATE INDEX idx_schemes_channel_guest_role ON schemes (defaultchannelguestrole);
CREATE INDEX idx_schemes_channel_user_role ON schemes (defaultchanneluserrole);
