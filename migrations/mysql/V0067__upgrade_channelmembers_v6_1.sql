-- Mattermost migration 67: upgrade_channelmembers_v6.1

ALTER TABLE ChannelMembers
    MODIFY COLUMN Roles text;
