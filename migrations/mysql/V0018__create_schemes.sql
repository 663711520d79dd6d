-- Mattermost migration 18: create_schemes

CREATE TABLE Schemes (
    Id                       varchar(26)  PRIMARY KEY,
    Name                     varchar(64),
    DisplayName              varchar(128),
    Description              text,
    CreateAt                 bigint,
    UpdateAt                 bigint,
    DeleteAt                 bigint,
    Scope                    varchar(32),
    DefaultTeamAdminRole     varchar(64),
    DefaultTeamUserRole      varchar(64),
    DefaultChannelAdminRole  varchar(64),
    DefaultChannelUserRole   varchar(64),
    DefaultTeamGuestRole     varchar(64),
    DefaultChannelGuestRole  varchar(64),

    UNIQUE KEY Name (Name)
);

CREATE INDEX idx_schemes_channel_admin_role ON Schemes (DefaultChannelAdminRole);
CREATE INDEX idx_schemes_channel_guest_role ON Schemes (DefaultChannelGuestRole);
CREATE INDEX idx_schemes_channel_user_role ON Schemes (DefaultChannelUserRole);
