-- Mattermost migration 2: create_team_members

CREATE TABLE teammembers (
    teamid       varchar(26)  NOT NULL,
    userid       varchar(26)  NOT NULL,
    roles        varchar(64),
    deleteat     bigint,
    schemeuser   boolean,
    schemeadmin  boolean,
    schemeguest  boolean,

    PRIMARY KEY (teamid, userid)
);

CREATE INDEX idx_teammembers_delete_at ON teammembers (deleteat);
CREATE INDEX idx_teammembers_user_id ON teammembers (userid);
