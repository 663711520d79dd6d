-- Mattermost migration 142: add_schemeid_to_roles

ALTER TABLE Roles
    ADD COLUMN SchemeId varchar(26);
