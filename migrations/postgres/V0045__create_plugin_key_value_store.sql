-- Mattermost migration 45: create_plugin_key_value_store

CREATE TABLE pluginkeyvaluestore (
    pluginid  varchar(190)  NOT NULL,
    pkey      varchar(50)   NOT NULL,
    pvalue    bytea,
    expireat  bigint,

    PRIMARY KEY (pluginid, pkey)
);
