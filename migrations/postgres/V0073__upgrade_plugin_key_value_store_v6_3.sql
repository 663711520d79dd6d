-- Mattermost migration 73: upgrade_plugin_key_value_store_v6.3

ALTER TABLE pluginkeyvaluestore
    ALTER COLUMN pkey TYPE varchar(150);
