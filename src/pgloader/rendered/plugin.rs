//! The configuration for the tables of a plugin.

use super::super::{EmptyJson, Models, Plugin, product};
use super::{options, part};
use crate::ddl;
use crate::mattermost::Product;
use crate::secret::Secret;
use crate::sql::Dialect::{MySql, Postgres};

#[test]
fn a_plugin_s_tables() {
    let password = Secret::default();
    let create = [
        "CREATE TABLE run (id int PRIMARY KEY, props json NOT NULL);\n",
        "CREATE TABLE post (run int REFERENCES run (id));\n",
        "CREATE TABLE settings (id int);\n",
        "CREATE TABLE focalboard_schema_migrations (version int);\n",
        "INSERT INTO focalboard_schema_migrations VALUES (1);\nINSERT INTO settings VALUES (1);\n",
    ];
    let source = "CREATE TABLE run (id int, props text); CREATE TABLE post (run int);
        CREATE TABLE settings (id int); CREATE TABLE focalboard_schema_migrations (version int);";
    let models = Models {
        source: &ddl::read(MySql, source).expect("DDL"),
        target: &ddl::read(Postgres, &create.concat()).expect("DDL"),
    };
    let plugin = Plugin {
        product: Product::Boards,
        models,
        create: &create,
        empty_json: EmptyJson::Null,
        version: "2",
        versions: &["2", "1"],
    };
    let configuration = product(&options(&password), plugin).expect("a configuration");
    let text = part(configuration.text.expose(), "CAST type", "$finish$\n  $$");
    insta::assert_snapshot!(text, @r##"
    CAST type int to integer,
         type text to json using (lambda (json) (if (equal json "") "{}" json))

    INCLUDING ONLY TABLE NAMES MATCHING
           'post', 'run', 'settings', 'db_migrations', 'focalboard_schema_migrations'

    -- Not a rename: it says which schema of the target the source's database stands for.
    ALTER SCHEMA 'mm' RENAME TO 'public'

    -- One table that every source has: without any, pgloader crashes. Its rows prove that the source
    -- was read. Another one has the plugin's version, and shows that the plugin is installed.
    ALTER TABLE NAMES MATCHING 'db_migrations' RENAME TO 'migration_assist_source'
    ALTER TABLE NAMES MATCHING 'focalboard_schema_migrations' RENAME TO 'migration_assist_version'

    BEFORE LOAD DO
      $$ DROP TABLE IF EXISTS migration_assist_source $$,
      $$ CREATE TABLE migration_assist_source (version bigint, name varchar) $$,
      $$ DROP TABLE IF EXISTS migration_assist_version $$,
      $$ CREATE TABLE migration_assist_version ("version" bigint) $$,
      -- The plugin's own tables, unless they are there already.
      $$
      DO $create$
      DECLARE
        present text[] := ARRAY(
          SELECT tablename::text FROM pg_tables
          WHERE schemaname = 'public' AND tablename IN (
            'focalboard_schema_migrations', 'post', 'run', 'settings')
          ORDER BY tablename);
      BEGIN
        IF cardinality(present) NOT IN (0, 4) THEN
          RAISE EXCEPTION 'of the tables only some are there: %', array_to_string(present, ', ');
        END IF;
        IF cardinality(present) = 0 THEN
          COMMENT ON TABLE migration_assist_source IS 'tables created';

    CREATE TABLE run (id int PRIMARY KEY, props json NOT NULL);
    CREATE TABLE post (run int REFERENCES run (id));
    CREATE TABLE settings (id int);
    CREATE TABLE focalboard_schema_migrations (version int);
    INSERT INTO focalboard_schema_migrations VALUES (1);
    INSERT INTO settings VALUES (1);
        END IF;
      END
      $create$
      $$,
      -- Rows that are there already could end up twice, or be mixed with those of another workspace.
      $$
      DO $check$
      DECLARE
        present record;
        has_rows boolean;
        filled text[] := '{}';
      BEGIN
        FOR present IN
          SELECT tablename FROM pg_tables
          WHERE schemaname = 'public' AND tablename IN (
            'post', 'run')
          ORDER BY tablename
        LOOP
          EXECUTE format('SELECT EXISTS (SELECT FROM "public".%I)', present.tablename)
            INTO has_rows;
          IF has_rows THEN
            filled := filled || present.tablename::text;
          END IF;
        END LOOP;
        IF filled <> '{}' THEN
          RAISE EXCEPTION 'these tables hold rows already: %', array_to_string(filled, ', ');
        END IF;
      END
      $check$
      $$,
      -- A new plugin leaves rows of its own in here; the source says which belong there.
      $$ DELETE FROM "settings" $$,
      -- MySQL may hold rows that refer to nothing. They arrive all the same, and are counted at the end.
      $$
      DO $drop$
      DECLARE
        key record;
      BEGIN
        FOR key IN
          SELECT * FROM (VALUES
            ('post', 'post_run_fkey'))
            AS keys (child, name)
        LOOP
          EXECUTE format('ALTER TABLE %I DROP CONSTRAINT IF EXISTS %I', key.child, key.name);
        END LOOP;
      END
      $drop$
      $$

    AFTER LOAD DO
      $$
      DO $finish$
      DECLARE
        created boolean := obj_description('migration_assist_source'::regclass) = 'tables created';
        installed boolean := EXISTS (SELECT FROM migration_assist_version);
        key record;
        orphans bigint;
      BEGIN
        PERFORM set_config('client_min_messages', 'warning', true);
        FOR key IN
          SELECT * FROM (VALUES
            ('post', 'post_run_fkey',
             'FOREIGN KEY ("run") REFERENCES "run" ("id")',
             '("run") IS NOT NULL AND ("run") NOT IN (SELECT "id" FROM "run")'))
            AS keys (child, name, definition, orphan)
        LOOP
          EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I %s NOT VALID',
            key.child, key.name, key.definition);
          EXECUTE format('SELECT count(*) FROM %I WHERE %s', key.child, key.orphan)
            INTO orphans;
          IF orphans = 0 THEN
            EXECUTE format('ALTER TABLE %I VALIDATE CONSTRAINT %I', key.child, key.name);
          ELSE
            RAISE WARNING '% of the rows of % refer to nothing; once they are gone, validate %',
              orphans, key.child, key.name;
          END IF;
        END LOOP;

        IF NOT (
          EXISTS (SELECT FROM "post")
          OR EXISTS (SELECT FROM "run"))
        THEN
          IF installed THEN
            RAISE WARNING 'the source has no rows of boards, which is installed: its tables stay empty';
          ELSIF EXISTS (SELECT FROM migration_assist_source) THEN
            RAISE WARNING 'the source has no rows of boards';
          ELSE
            RAISE WARNING 'nothing was read from the source; the reason is further up';
          END IF;
          -- A plugin that was never installed makes its tables itself.
          IF created AND NOT installed THEN
            DROP TABLE
              "focalboard_schema_migrations",
              "post",
              "run",
              "settings";
          END IF;
        END IF;
        -- Only then the table of the version exists.
        IF created AND installed THEN
          IF EXISTS (
            (SELECT "version"::text FROM "focalboard_schema_migrations" WHERE true
              EXCEPT SELECT "version"::text FROM migration_assist_version)
            UNION ALL
            (SELECT "version"::text FROM migration_assist_version WHERE true
              EXCEPT SELECT "version"::text FROM "focalboard_schema_migrations"))
          THEN
            RAISE WARNING 'the source has another version of boards than 2'
              USING HINT = 'drop its tables, and write the configuration again with --plugin-version and one of: 2, 1';
          END IF;
        END IF;
        DROP TABLE migration_assist_source, migration_assist_version;
      END
      $finish$
      $$
    "##);
}
