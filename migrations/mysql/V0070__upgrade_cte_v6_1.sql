-- Mattermost migration 70: upgrade_cte_v6.1
-- Changes rows: fills LastRootPostAt from the posts of each channel; an empty schema needs none of it.

ALTER TABLE Channels
    ADD COLUMN LastRootPostAt bigint DEFAULT 0;
