-- Mattermost migration 9: create_group_teams

CREATE TABLE groupteams (
    groupid      varchar(26)  NOT NULL,
    autoadd      boolean,
    schemeadmin  boolean,
    createat     bigint,
    deleteat     bigint,
    updateat     bigint,
    teamid       varchar(26)  NOT NULL,

    PRIMARY KEY (groupid, teamid)
);

CREATE INDEX idx_groupteams_schemeadmin ON groupteams (schemeadmin);
CREATE INDEX idx_groupteams_teamid ON groupteams (teamid);
