-- Mattermost migration 70: upgrade_cte_v6.1
-- Changes rows: fills LastRootPostAt from the posts of each channel; an empty schema needs none of it.

-- The quotes show in the catalog, as '0'::bigint.
ALTER TABLE channels
    ADD COLUMN lastrootpostat bigint DEFAULT '0';
