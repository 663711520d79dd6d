-- Mattermost migration 9: create_group_teams

CREATE TABLE GroupTeams (
    GroupId      varchar(26)  NOT NULL,
    AutoAdd      tinyint(1),
    SchemeAdmin  tinyint(1),
    CreateAt     bigint,
    DeleteAt     bigint,
    UpdateAt     bigint,
    TeamId       varchar(26)  NOT NULL,

    PRIMARY KEY (GroupId, TeamId)
);

CREATE INDEX idx_groupteams_schemeadmin ON GroupTeams (SchemeAdmin);
CREATE INDEX idx_groupteams_teamid ON GroupTeams (TeamId);
