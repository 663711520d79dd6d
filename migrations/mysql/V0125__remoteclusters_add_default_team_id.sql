-- Mattermost migration 125: remoteclusters_add_default_team_id

ALTER TABLE RemoteClusters
    ADD COLUMN DefaultTeamId varchar(26) DEFAULT '';
