-- Mattermost migration 90: create_enums

CREATE TYPE channel_type AS ENUM ('P', 'G', 'O', 'D');
CREATE TYPE team_type AS ENUM ('I', 'O');
CREATE TYPE upload_session_type AS ENUM ('attachment', 'import');

ALTER TABLE channels
    ALTER COLUMN type TYPE channel_type USING type::channel_type;

ALTER TABLE teams
    ALTER COLUMN type TYPE team_type USING type::team_type;

ALTER TABLE uploadsessions
    ALTER COLUMN type TYPE upload_session_type USING type::upload_session_type;
