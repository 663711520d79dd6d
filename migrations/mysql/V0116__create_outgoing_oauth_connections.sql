-- Mattermost migration 116: create_outgoing_oauth_connections

CREATE TABLE OutgoingOAuthConnections (
    Id                   varchar(26)  PRIMARY KEY,
    Name                 varchar(64),
    CreatorId            varchar(26),
    CreateAt             bigint,
    UpdateAt             bigint,
    ClientId             varchar(255),
    ClientSecret         varchar(255),
    CredentialsUsername  varchar(255),
    CredentialsPassword  varchar(255),
    OAuthTokenURL        text,
    GrantType            varchar(32)  DEFAULT 'client_credentials',
    Audiences            text
);

CREATE INDEX idx_OutgoingOAuthConnections_name ON OutgoingOAuthConnections (Name);
