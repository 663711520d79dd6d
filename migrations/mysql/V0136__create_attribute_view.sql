-- Mattermost migration 136: create_attribute_view

-- One object of field names and values for each target. Values of select and
-- multiselect fields are ids of options; the options' names stand in their place.
CREATE VIEW AttributeView AS
SELECT
    GroupID,
    TargetID,
    TargetType,
    JSON_OBJECTAGG(Name, JSON_EXTRACT(Value, '$')) AS Attributes
FROM (
    SELECT
        value.GroupID,
        value.TargetID,
        value.TargetType,
        field.Name,
        CASE
            WHEN field.Type = 'select' THEN (
                SELECT JSON_QUOTE(options.Name)
                FROM JSON_TABLE(field.Attrs, '$.options[*]' COLUMNS (
                    Id    varchar(255) PATH '$.id',
                    Name  text         PATH '$.name'
                )) AS options
                WHERE options.Id = JSON_UNQUOTE(value.Value)
                LIMIT 1
            )
            WHEN field.Type = 'multiselect' AND JSON_TYPE(value.Value) = 'ARRAY' THEN (
                SELECT COALESCE(JSON_ARRAYAGG(options.Name), JSON_ARRAY())
                FROM JSON_TABLE(value.Value, '$[*]' COLUMNS (
                    Id varchar(255) PATH '$'
                )) AS chosen
                JOIN JSON_TABLE(field.Attrs, '$.options[*]' COLUMNS (
                    Id    varchar(255) PATH '$.id',
                    Name  text         PATH '$.name'
                )) AS options ON options.Id = chosen.Id
            )
            ELSE value.Value
        END AS Value
    FROM PropertyValues AS value
    JOIN PropertyFields AS field ON field.ID = value.FieldID
    WHERE value.DeleteAt = 0
        AND field.DeleteAt = 0
) AS attributes
GROUP BY GroupID, TargetID, TargetType;
