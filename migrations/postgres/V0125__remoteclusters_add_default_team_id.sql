-- Mattermost migration 125: remoteclusters_add_default_team_id

ALTER TABLE remoteclusters
    ADD COLUMN defaultteamid varchar(26) DEFAULT '';
