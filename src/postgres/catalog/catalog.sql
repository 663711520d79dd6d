-- One JSON document with the catalog of the schema that `migration_assist.schema` names.
WITH relations AS MATERIALIZED (
    SELECT class.oid, class.relname AS name, class.relkind AS kind,
           coalesce(class.reloptions, '{}') AS options
    FROM pg_catalog.pg_class AS class
    JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = class.relnamespace
    WHERE namespace.nspname = current_setting('migration_assist.schema')
      AND class.relkind IN ('r', 'p', 'v', 'm')
      -- What an extension brought along is not Mattermost's.
      AND NOT EXISTS (
          SELECT FROM pg_catalog.pg_depend AS dependency
          WHERE dependency.classid = 'pg_catalog.pg_class'::regclass
            AND dependency.objid = class.oid
            AND dependency.deptype = 'e'
      )
)
SELECT json_build_object(
    'tables', (
        SELECT coalesce(json_agg(json_build_object('name', name, 'options', options)), '[]')
        FROM relations
        WHERE kind IN ('r', 'p')
    ),
    'views', (
        SELECT coalesce(json_agg(json_build_object(
            'name', name,
            'materialized', kind = 'm',
            'query', pg_catalog.pg_get_viewdef(oid)
        )), '[]')
        FROM relations
        WHERE kind IN ('v', 'm')
    ),
    'columns', (
        SELECT coalesce(json_agg(json_build_object(
            'table', relations.name,
            'name', attribute.attname,
            'data_type', pg_catalog.format_type(attribute.atttypid, attribute.atttypmod),
            'not_null', attribute.attnotnull,
            'default', pg_catalog.pg_get_expr(fallback.adbin, fallback.adrelid)
        ) ORDER BY attribute.attnum), '[]')
        FROM relations
        JOIN pg_catalog.pg_attribute AS attribute ON attribute.attrelid = relations.oid
        LEFT JOIN pg_catalog.pg_attrdef AS fallback
            ON fallback.adrelid = attribute.attrelid AND fallback.adnum = attribute.attnum
        WHERE relations.kind IN ('r', 'p') AND attribute.attnum > 0 AND NOT attribute.attisdropped
    ),
    'indexes', (
        SELECT coalesce(json_agg(json_build_object(
            'name', class.relname,
            'relation', relations.name,
            'constraint_type', (
                SELECT constraint_.contype
                FROM pg_catalog.pg_constraint AS constraint_
                WHERE constraint_.conindid = index.indexrelid AND constraint_.contype IN ('p', 'u')
            ),
            'unique', index.indisunique,
            'columns', (
                SELECT json_agg(attribute.attname ORDER BY key.position)
                FROM unnest(index.indkey::int2[]) WITH ORDINALITY AS key (number, position)
                LEFT JOIN pg_catalog.pg_attribute AS attribute
                    ON attribute.attrelid = index.indrelid AND attribute.attnum = key.number
                    AND key.number <> 0
                WHERE key.position <= index.indnkeyatts
            ),
            'method', method.amname,
            'definition', pg_catalog.pg_get_indexdef(index.indexrelid),
            'before_schema', format(
                'CREATE %sINDEX %I ON %s',
                CASE WHEN index.indisunique THEN 'UNIQUE ' ELSE '' END,
                class.relname,
                CASE WHEN class.relkind = 'I' THEN 'ONLY ' ELSE '' END
            ),
            'schema_prefix', quote_ident(current_setting('migration_assist.schema')) || '.'
        )), '[]')
        FROM relations
        JOIN pg_catalog.pg_index AS index ON index.indrelid = relations.oid
        JOIN pg_catalog.pg_class AS class ON class.oid = index.indexrelid
        JOIN pg_catalog.pg_am AS method ON method.oid = class.relam
    ),
    'foreign_keys', (
        SELECT coalesce(json_agg(json_build_object(
            'name', constraint_.conname,
            'table', relations.name,
            'columns', (
                SELECT json_agg(attribute.attname ORDER BY key.position)
                FROM unnest(constraint_.conkey) WITH ORDINALITY AS key (number, position)
                JOIN pg_catalog.pg_attribute AS attribute
                    ON attribute.attrelid = constraint_.conrelid AND attribute.attnum = key.number
            ),
            'referenced_table', referenced.relname,
            'referenced_columns', (
                SELECT json_agg(attribute.attname ORDER BY key.position)
                FROM unnest(constraint_.confkey) WITH ORDINALITY AS key (number, position)
                JOIN pg_catalog.pg_attribute AS attribute
                    ON attribute.attrelid = constraint_.confrelid AND attribute.attnum = key.number
            ),
            'cascades', constraint_.confdeltype = 'c'
        )), '[]')
        FROM relations
        JOIN pg_catalog.pg_constraint AS constraint_
            ON constraint_.conrelid = relations.oid AND constraint_.contype = 'f'
        JOIN pg_catalog.pg_class AS referenced ON referenced.oid = constraint_.confrelid
    ),
    'enums', (
        SELECT coalesce(json_object_agg(types.name, types.labels), '{}')
        FROM (
            SELECT type.typname AS name, json_agg(label.enumlabel ORDER BY label.enumsortorder) AS labels
            FROM pg_catalog.pg_type AS type
            JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = type.typnamespace
            JOIN pg_catalog.pg_enum AS label ON label.enumtypid = type.oid
            WHERE namespace.nspname = current_setting('migration_assist.schema')
            GROUP BY type.typname
        ) AS types
    ),
    'constraints', (
        SELECT coalesce(json_object_agg(
            relations.name || '.' || constraint_.conname,
            pg_catalog.pg_get_constraintdef(constraint_.oid)
        ), '{}')
        FROM relations
        JOIN pg_catalog.pg_constraint AS constraint_ ON constraint_.conrelid = relations.oid
        -- PostgreSQL 18 lists NOT NULL here, which the columns show already.
        WHERE constraint_.contype <> 'n'
    )
);
