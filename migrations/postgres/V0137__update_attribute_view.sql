-- Mattermost migration 137: update_attribute_view

-- One object of field names and values for each target. Values of select and
-- multiselect fields are ids of options; the view has the options' names, and null where there are none.
CREATE MATERIALIZED VIEW attributeview AS
SELECT
    value.groupid,
    value.targetid,
    value.targettype,
    jsonb_object_agg(
        field.name,
        CASE
            WHEN field.type = 'select' THEN (
                SELECT option -> 'name'
                FROM jsonb_path_query(field.attrs, '$.options[*]') AS option
                WHERE option -> 'id' = value.value
                LIMIT 1
            )
            WHEN field.type = 'multiselect' AND jsonb_typeof(value.value) = 'array' THEN (
                SELECT jsonb_agg(option -> 'name' ORDER BY position)
                FROM jsonb_array_elements(value.value) WITH ORDINALITY AS chosen (id, position)
                JOIN jsonb_path_query(field.attrs, '$.options[*]') AS option
                    ON option -> 'id' = chosen.id
            )
            ELSE value.value
        END
    ) AS attributes
FROM propertyvalues AS value
JOIN propertyfields AS field ON field.id = value.fieldid
WHERE value.deleteat = 0
    AND field.deleteat = 0
GROUP BY value.groupid, value.targetid, value.targettype;
