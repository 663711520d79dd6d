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
configurations AS (
    SELECT nspname, cfgname, quote_ident(nspname) || '.' || quote_ident(cfgname) AS qualified
    FROM pg_catalog.pg_ts_config AS config
    JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = config.cfgnamespace
),
full_text_indexes AS (
    SELECT relation.relname AS table_name, class.relname AS name, replace((
        pg_catalog.regexp_match(
            pg_catalog.pg_get_indexdef(class.oid), 'to_tsvector\(''((?:[^'']|'''')*)'''
        )
    )[1], '''''', '''') AS spelled
    FROM pg_catalog.pg_index AS index
    JOIN pg_catalog.pg_class AS class ON class.oid = index.indexrelid
    JOIN pg_catalog.pg_class AS relation ON relation.oid = index.indrelid
    JOIN pg_catalog.pg_am AS method ON method.oid = class.relam
    WHERE relation.relnamespace = (SELECT oid FROM schema) AND method.amname = 'gin'
      AND pg_catalog.pg_get_indexdef(class.oid) LIKE '%to\_tsvector(%'
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
    'owns_database', pg_catalog.pg_has_role(database.datdba, 'USAGE'),
    'encoding', pg_catalog.pg_encoding_to_char(database.encoding),
    'locale', (
        SELECT json_build_object(
            'provider', coalesce(facts ->> 'datlocprovider', 'c'),
            -- The names of the column in versions 17 and later, 15 and 16, and always.
            'collation', coalesce(
                facts ->> 'datlocale', facts ->> 'daticulocale', facts ->> 'datcollate'
            ),
            'ctype', facts ->> 'datctype',
            -- Cyrillic letters, as text that a database of any encoding takes; the collation of
            -- `convert_from` would be that of its argument of type `name`.
            'lowers_letters', database.encoding = pg_catalog.pg_char_to_encoding('UTF8')
                AND lower(convert_from('\xD096', 'UTF8') COLLATE "default") = convert_from('\xD0B6', 'UTF8'),
            'folds_words', database.encoding = pg_catalog.pg_char_to_encoding('UTF8')
                AND to_tsvector('pg_catalog.simple', convert_from('\xD096D0A3D09A', 'UTF8'))
                    = to_tsvector('pg_catalog.simple', convert_from('\xD0B6D183D0BA', 'UTF8')),
            'sorts_by_code_point', 'Z'::text < 'a'::text
        )
        FROM to_jsonb(database) AS facts
    ),
    'read_only', pg_catalog.pg_is_in_recovery()
                 OR current_setting('default_transaction_read_only') = 'on',
    'privileges', (SELECT coalesce(json_agg(name), '[]') FROM privileges WHERE held),
    'text_search', current_setting('default_text_search_config'),
    'text_search_source', (
        SELECT source FROM pg_catalog.pg_settings WHERE name = 'default_text_search_config'
    ),
    -- A name without a schema is looked for in `pg_catalog`, then in Mattermost's schema.
    'text_search_configuration', (
        SELECT qualified FROM configurations
        WHERE current_setting('default_text_search_config') = qualified
           OR nspname IN ('pg_catalog', $1)
              AND current_setting('default_text_search_config') = quote_ident(cfgname)
        ORDER BY nspname = 'pg_catalog' DESC LIMIT 1
    ),
    'text_search_of_database', (
        SELECT substring(setting FROM position('=' IN setting) + 1)
        FROM pg_catalog.pg_db_role_setting, unnest(setconfig) AS setting
        WHERE setdatabase = database.oid AND setrole = 0
          AND setting LIKE 'default\_text\_search\_config=%'
    ),
    'full_text_indexes', (
        SELECT coalesce(json_agg(json_build_object(
            'table', table_name, 'name', name, 'configuration', (
                SELECT qualified FROM configurations
                WHERE spelled = qualified
                   OR nspname IN ('pg_catalog', $1) AND spelled = quote_ident(cfgname)
                ORDER BY nspname = 'pg_catalog' DESC LIMIT 1
            )
        ) ORDER BY table_name, name), '[]')
        FROM full_text_indexes
    ),
    'schema', $1::text,
    'schema_owner', (SELECT owner FROM schema),
    'other_schemas', (
        SELECT coalesce(json_agg(nspname ORDER BY nspname), '[]')
        FROM pg_catalog.pg_namespace AS namespace
        WHERE nspname <> $1 AND (
            SELECT count(*) FROM pg_catalog.pg_class
            WHERE relnamespace = namespace.oid AND relname IN ('db_migrations', 'posts', 'systems')
        ) = 3
    ),
    'unowned', (
        SELECT coalesce(json_agg(
            json_build_object('kind', kind, 'name', name, 'owner', owner) ORDER BY kind, name
        ), '[]')
        FROM unowned
    )
)::text
FROM pg_catalog.pg_database AS database
WHERE database.datname = current_database()
