-- Mattermost migration 131: create_index_pagination_on_property_values

CREATE INDEX idx_propertyvalues_create_at_id ON PropertyValues (CreateAt, ID);
