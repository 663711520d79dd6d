-- Mattermost migration 142: add_schemeid_to_roles

ALTER TABLE roles
    ADD COLUMN schemeid varchar(26);
