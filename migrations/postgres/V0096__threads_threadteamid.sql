-- Mattermost migration 96: threads_threadteamid
-- Changes rows: fills ThreadTeamId from the channel of each thread; an empty schema needs none of it.

ALTER TABLE threads
    ADD COLUMN threadteamid varchar(26);
