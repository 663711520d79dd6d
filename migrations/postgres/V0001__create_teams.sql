-- Mattermost migration 1: create_teams

CREATE TABLE teams (
    id                  varchar(26)  PRIMARY KEY,
    createat            bigint,
    updateat            bigint,
    deleteat            bigint,
    displayname         varchar(64),
    name                varchar(64)  UNIQUE,
    description         varchar(255),
    email               varchar(128),
    type                varchar(255),
    companyname         varchar(64),
    alloweddomains      varchar(1000),
    inviteid            varchar(32),
    schemeid            varchar(26),
    allowopeninvite     boolean,
    lastteamiconupdate  bigint,
    groupconstrained    boolean
);

CREATE INDEX idx_teams_create_at ON teams (createat);
CREATE INDEX idx_teams_delete_at ON teams (deleteat);
CREATE INDEX idx_teams_invite_id ON teams (inviteid);
CREATE INDEX idx_teams_scheme_id ON teams (schemeid);
CREATE INDEX idx_teams_update_at ON teams (updateat);
