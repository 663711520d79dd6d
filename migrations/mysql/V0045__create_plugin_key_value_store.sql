-- Mattermost migration 45: create_plugin_key_value_store

CREATE TABLE PluginKeyValueStore (
    PluginId  varchar(190)  NOT NULL,
    PKey      varchar(50)   NOT NULL,
    PValue    mediumblob,
    ExpireAt  bigint,

    PRIMARY KEY (PluginId, PKey)
);
