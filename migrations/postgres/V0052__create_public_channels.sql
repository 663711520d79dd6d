-- Mattermost migration 52: create_public_channels

CREATE TABLE publicchannels (
    id           varchar(26)  PRIMARY KEY,
    deleteat     bigint,
    teamid       varchar(26),
    displayname  varchar(64),
    name         varchar(64),
    header       varchar(1024),
    purpose      varchar(250),

    UNIQUE (name, teamid)
);

CREATE INDEX idx_publicchannels_delete_at ON publicchannels (deleteat);
CREATE INDEX idx_publicchannels_displayname_lower ON publicchannels (lower(displayname));
CREATE INDEX idx_publicchannels_name_lower ON publicchannels (lower(name));
CREATE INDEX idx_publicchannels_search_txt
    ON publicchannels USING gin (to_tsvector('english', name || ' ' || displayname || ' ' || purpose));
CREATE INDEX idx_publicchannels_team_id ON publicchannels (teamid);
