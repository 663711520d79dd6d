-- Mattermost migration 2: create_team_members

CREATE TABLE TeamMembers (
    TeamId       varchar(26)  NOT NULL,
    UserId       varchar(26)  NOT NULL,
    Roles        varchar(64),
    DeleteAt     bigint,
    SchemeUser   tinyint,
    SchemeAdmin  tinyint,
    SchemeGuest  tinyint,

    PRIMARY KEY (TeamId, UserId)
);

CREATE INDEX idx_teammembers_delete_at ON TeamMembers (DeleteAt);
CREATE INDEX idx_teammembers_user_id ON TeamMembers (UserId);
