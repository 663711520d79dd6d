-- Mattermost migration 83: threads_threaddeleteat
-- Changes rows: fills ThreadDeleteAt from the root post of each thread; an empty schema needs none of it.

ALTER TABLE Threads
    ADD COLUMN ThreadDeleteAt bigint;
