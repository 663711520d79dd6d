-- Mattermost migration 51: create_msg_root_count
-- Changes rows: counts the root posts of each channel and of each member; an empty schema needs none of it.

ALTER TABLE ChannelMembers
    ADD COLUMN MentionCountRoot  bigint,
    ADD COLUMN MsgCountRoot      bigint;

ALTER TABLE Channels
    ADD COLUMN TotalMsgCountRoot bigint;
