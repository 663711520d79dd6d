-- One JSON document with what matters about a target; $1 is the schema.
WITH schema AS (
    SELECT oid, pg_catalog.pg_get_userbyid(nspowner) AS owner
    FROM pg_catalog.pg_namespace
    WHERE nspname = $1
),
privileges (name, held) AS (
    VALUES
        ('create-schemas',
            pg_catalog.has_database_privilege(current_database(), 'CREATE')),
        ('create-temporary',
            pg_catalog.has_database_privilege(current_database(), 'TEMPORARY')),
        -- NULL, which is not true, where there is no such schema.
        ('use-schema',
            pg_catalog.has_schema_privilege((SELECT oid FROM schema), 'USAGE')),
        ('create-in-schema',
            pg_catalog.has_schema_privilege((SELECT oid FROM schema), 'CREATE'))
),
extension_members AS (
    SELECT classid, objid FROM pg_catalog.pg_depend WHERE deptype = 'e'
),
unowned AS (
    SELECT CASE relkind
               WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE'
               ELSE 'TABLE'
           END AS kind,
           relname AS name, pg_catalog.pg_get_userbyid(relowner) AS owner
    FROM pg_catalog.pg_class AS class
    WHERE relnamespace = (SELECT oid FROM schema)
      AND relkind IN ('r', 'p', 'v', 'm', 'S')
      AND NOT pg_catalog.pg_has_role(relowner, 'USAGE')
      AND ('pg_catalog.pg_class'::regclass, class.oid) NOT IN (SELECT * FROM extension_members)
      -- A sequence of a column goes with its table.
      AND NOT EXISTS (
          SELECT FROM pg_catalog.pg_depend
          WHERE classid = 'pg_catalog.pg_class'::regclass AND objid = class.oid
            AND relkind = 'S' AND deptype IN ('a', 'i')
      )
    UNION ALL
    SELECT 'TYPE', typname, pg_catalog.pg_get_userbyid(typowner)
    FROM pg_catalog.pg_type AS type
    WHERE typnamespace = (SELECT oid FROM schema)
      AND typtype = 'e'
      AND NOT pg_catalog.pg_has_role(typowner, 'USAGE')
      AND ('pg_catalog.pg_type'::regclass, type.oid) NOT IN (SELECT * FROM extension_members)
)
SELECT json_build_object(
    'server', current_setting('server_version_num')::int,
    'user', current_user,
    'superuser', (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user),
    'database', database.datname,
    'database_owner', pg_catalog.pg_get_userbyid(database.datdba),
    'encoding', pg_catalog.pg_encoding_to_char(database.encoding),
    'read_only', pg_catalog.pg_is_in_recovery()
                 OR current_setting('default_transaction_read_only') = 'on',
    'privileges', (SELECT coalesce(json_agg(name), '[]') FROM privileges WHERE held),
    'text_search', current_setting('default_text_search_config'),
    'text_search_source', (
        SELECT source FROM pg_catalog.pg_settings WHERE name = 'default_text_search_config'
    ),
    'schema', $1::text,
    'schema_owner', (SELECT owner FROM schema),
    'unowned', (
        SELECT coalesce(json_agg(
            json_build_object('kind', kind, 'name', name, 'owner', owner) ORDER BY kind, name
        ), '[]')
        FROM unowned
    )
)::text
FROM pg_catalog.pg_database AS database
WHERE database.datname = current_database()
