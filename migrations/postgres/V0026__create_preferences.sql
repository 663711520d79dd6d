-- Mattermost migration 26: create_preferences

CREATE TABLE preferences (
    userid    varchar(26)  NOT NULL,
    category  varchar(32)  NOT NULL,
    name      varchar(32)  NOT NULL,
    value     varchar(2000),

    PRIMARY KEY (userid, category, name)
);

CREATE INDEX idx_preferences_category ON preferences (category);
CREATE INDEX idx_preferences_name ON preferences (name);
