-- Mattermost migration 73: upgrade_plugin_key_value_store_v6.3

ALTER TABLE PluginKeyValueStore
    MODIFY COLUMN PKey varchar(150) NOT NULL;
