-- Mattermost migration 140: add_lastmemberssyncat_to_sharedchannelremotes

ALTER TABLE sharedchannelremotes
    ADD COLUMN lastmemberssyncat bigint DEFAULT 0;

ALTER TABLE sharedchannelusers
    ADD COLUMN lastmembershipsyncat bigint DEFAULT 0;
