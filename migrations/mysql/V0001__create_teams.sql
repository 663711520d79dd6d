-- Mattermost migration 1: create_teams

CREATE TABLE Teams (
    Id                  varchar(26)  PRIMARY KEY,
    CreateAt            bigint,
    UpdateAt            bigint,
    DeleteAt            bigint,
    DisplayName         varchar(64),
    Name                varchar(64),
    Description         varchar(255),
    Email               varchar(128),
    Type                varchar(255),
    CompanyName         varchar(64),
    AllowedDomains      text,
    InviteId            varchar(32),
    SchemeId            varchar(26),
    AllowOpenInvite     tinyint(1),
    LastTeamIconUpdate  bigint,
    GroupConstrained    tinyint(1),

    UNIQUE KEY Name (Name)
);

CREATE INDEX idx_teams_create_at ON Teams (CreateAt);
CREATE INDEX idx_teams_delete_at ON Teams (DeleteAt);
CREATE INDEX idx_teams_invite_id ON Teams (InviteId);
CREATE INDEX idx_teams_scheme_id ON Teams (SchemeId);
CREATE INDEX idx_teams_update_at ON Teams (UpdateAt);
