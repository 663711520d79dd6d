-- Mattermost migration 52: create_public_channels

CREATE TABLE PublicChannels (
    Id           varchar(26)  PRIMARY KEY,
    DeleteAt     bigint,
    TeamId       varchar(26),
    DisplayName  varchar(64),
    Name         varchar(64),
    Header       text,
    Purpose      varchar(250),

    UNIQUE KEY Name (Name, TeamId),
    FULLTEXT KEY idx_publicchannels_search_txt (Name, DisplayName, Purpose)
);

CREATE INDEX idx_publicchannels_delete_at ON PublicChannels (DeleteAt);
CREATE INDEX idx_publicchannels_team_id ON PublicChannels (TeamId);
