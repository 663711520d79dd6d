-- Mattermost migration 141: add_remoteid_channelid_to_post_acknowledgements

ALTER TABLE PostAcknowledgements
    ADD COLUMN RemoteId   varchar(26)  DEFAULT '',
    ADD COLUMN ChannelId  varchar(26)  DEFAULT '';
