-- Mattermost migration 140: add_lastmemberssyncat_to_sharedchannelremotes

ALTER TABLE SharedChannelRemotes
    ADD COLUMN LastMembersSyncAt bigint DEFAULT 0;

ALTER TABLE SharedChannelUsers
    ADD COLUMN LastMembershipSyncAt bigint DEFAULT 0;
