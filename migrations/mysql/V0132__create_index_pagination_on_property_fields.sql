-- Mattermost migration 132: create_index_pagination_on_property_fields

CREATE INDEX idx_propertyfields_create_at_id ON PropertyFields (CreateAt, ID);
