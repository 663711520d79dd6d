-- Mattermost migration 141: add_remoteid_channelid_to_post_acknowledgements

ALTER TABLE postacknowledgements
    ADD COLUMN remoteid   varchar(26)  DEFAULT '',
    ADD COLUMN channelid  varchar(26)  DEFAULT '';
