-- Mattermost migration 26: create_preferences

CREATE TABLE Preferences (
    UserId    varchar(26)  NOT NULL,
    Category  varchar(32)  NOT NULL,
    Name      varchar(32)  NOT NULL,
    Value     text,

    PRIMARY KEY (UserId, Category, Name)
);

CREATE INDEX idx_preferences_category ON Preferences (Category);
CREATE INDEX idx_preferences_name ON Preferences (Name);
