-- Mattermost migration 49: create_channels

CREATE TABLE Channels (
    Id                varchar(26)  PRIMARY KEY,
    CreateAt          bigint,
    UpdateAt          bigint,
    DeleteAt          bigint,
    TeamId            varchar(26),
    Type              varchar(1),
    DisplayName       varchar(64),
    Name              varchar(64),
    Header            text,
    Purpose           varchar(250),
    LastPostAt        bigint,
    TotalMsgCount     bigint,
    ExtraUpdateAt     bigint,
    CreatorId         varchar(26),
    SchemeId          varchar(26),
    GroupConstrained  tinyint(1),
    Shared            tinyint(1),

    UNIQUE KEY Name (Name, TeamId),
    FULLTEXT KEY idx_channel_search_txt (Name, DisplayName, Purpose)
);

CREATE INDEX idx_channels_create_at ON Channels (CreateAt);
CREATE INDEX idx_channels_delete_at ON Channels (DeleteAt);
CREATE INDEX idx_channels_scheme_id ON Channels (SchemeId);
CREATE INDEX idx_channels_team_id ON Channels (TeamId);
CREATE INDEX idx_channels_update_at ON Channels (UpdateAt);
