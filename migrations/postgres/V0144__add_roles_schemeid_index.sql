-- Mattermost migration 144: add_roles_schemeid_index

CREATE INDEX idx_roles_scheme_id ON roles (schemeid);
