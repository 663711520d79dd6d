//! Snapshots of whole configurations.
#![allow(clippy::too_many_lines, reason = "a snapshot is as long as what it shows")]

use super::{
    EmptyJson, ExistingRows, Host, Memory, Models, NullCharacters, Options, Passwords, Plugin,
    Server, Tls, core, product,
};
use crate::ddl;
use crate::schema::Product;
use crate::secret::Secret;
use crate::sql::Dialect::{MySql, Postgres};

fn options(password: &Secret) -> Options<'_> {
    let server = Server {
        user: "mm",
        password,
        host: Host::Tcp("db"),
        port: 1,
        database: "mm",
        tls: Tls::Preferred,
    };
    Options {
        source: server,
        target: server,
        schema: "public",
        passwords: Passwords::Written,
        null_characters: NullCharacters::Removed,
        existing_rows: ExistingRows::Refused,
        time_zone: None,
        memory: Memory::default(),
    }
}

/// The parts of a rendered text between two lines, both included.
fn part<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let start = text.find(from).expect("the first line");
    let end = start + text[start..].find(to).expect("the last line") + to.len();
    &text[start..end]
}

/// The text without this program's version.
fn unversioned(text: &str) -> String {
    text.replacen(env!("CARGO_PKG_VERSION"), "[version]", 1)
}

const SOURCE: &str = "
    CREATE TABLE Systems (Name varchar(64) PRIMARY KEY, Value text);
    CREATE TABLE Policies (Id varchar(26) PRIMARY KEY);
    CREATE TABLE PoliciesTeams (PolicyId varchar(26), On_ tinyint(1), Props json);
    CREATE TABLE db_migrations (Version bigint);
    CREATE TABLE Old (Id int);";
const TARGET: &str = "
    CREATE TABLE systems (name varchar(64) PRIMARY KEY, value varchar(1024));
    CREATE TABLE policies (id varchar(26) PRIMARY KEY);
    CREATE TABLE policiesteams (policyid varchar(26) REFERENCES policies (id), on_ boolean,
        props jsonb);
    CREATE INDEX idx_posts_message_txt ON systems USING gin (to_tsvector('english', value));";

#[test]
fn mattermost_s_own_tables() {
    let password = Secret::new("a@b{{c}}");
    let others = ddl::read(MySql, "CREATE TABLE calls (id int)").expect("DDL");
    let models = Models {
        source: &ddl::read(MySql, SOURCE).expect("DDL"),
        target: &ddl::read(Postgres, TARGET).expect("DDL"),
    };
    let configuration = core(&options(&password), models, &[&others]).expect("a configuration");
    insta::assert_snapshot!(unversioned(configuration.text.expose()), @r##"
    -- Written by migration-assist [version] for pgloader 3.6.
    -- pgloader takes two braces for a tag of its template language, unless the next line says otherwise.
    {{=[[no-template no-template]]=}}
    --
    -- Mattermost's own tables. The target's schema has to stand already and hold no rows:
    -- `migration-assist postgres --run-migrations --applied-migrations mysql.output` builds it.
    -- Load with `pgloader FILE`, then run
    -- `migration-assist post-migrate`.

    -- Tables that others refer to come in a command of their own: so the target's foreign keys stay.
    LOAD DATABASE
         FROM mysql://mm:a@@b{{c}}@db:1/mm
         INTO postgresql://mm:a@@b{{c}}@db:1/mm?sslmode=prefer

    -- Rows only: tables, indexes and keys are those of the migrations. A row that PostgreSQL refuses is
    -- left out, counted in the column `errors` of the summary, and kept in /tmp/pgloader/.
    WITH data only, no foreign keys, reset no sequences, on error resume next,
         -- Rows of 1 MB fit Debian's heap of 1 GiB; `pgloader --dynamic-space-size 4096 FILE` has 4.
         workers = 4, concurrency = 1,
         prefetch rows = 25, batch rows = 10000, batch size = 20MB

    SET PostgreSQL PARAMETERS
         -- Unless it finds the schema in here, pgloader changes the search path of the whole database.
         search_path to 'public',
         timezone to 'UTC'

    SET MySQL PARAMETERS
         -- Text arrives as UTF-8 whatever a column's character set; pgloader reads cp1252 as ISO 8859-1.
         character_set_results = 'utf8mb4',
         net_read_timeout = '600',
         net_write_timeout = '600'

    CAST type varchar to varchar using remove-null-characters

    INCLUDING ONLY TABLE NAMES MATCHING
           'Policies'

    -- Not a rename: it says which schema of the target the source's database stands for.
    ALTER SCHEMA 'mm' RENAME TO 'public'

    BEFORE LOAD DO
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
            'policies', 'policiesteams')
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
      -- The migrations leave two rows in `systems`; the source says which belong there.
      $$ DELETE FROM "public".systems $$,
      -- A document too long for a text search vector would be refused. `migration-assist post-migrate`
      -- builds these indexes again.
      $$
      DROP INDEX IF EXISTS
        "public"."idx_posts_message_txt"
      $$
    ;

    LOAD DATABASE
         FROM mysql://mm:a@@b{{c}}@db:1/mm
         INTO postgresql://mm:a@@b{{c}}@db:1/mm?sslmode=prefer

    -- Rows only: tables, indexes and keys are those of the migrations. A row that PostgreSQL refuses is
    -- left out, counted in the column `errors` of the summary, and kept in /tmp/pgloader/.
    WITH data only, no foreign keys, reset no sequences, on error resume next,
         -- Rows of 1 MB fit Debian's heap of 1 GiB; `pgloader --dynamic-space-size 4096 FILE` has 4.
         workers = 4, concurrency = 1,
         prefetch rows = 25, batch rows = 10000, batch size = 20MB

    SET PostgreSQL PARAMETERS
         -- Unless it finds the schema in here, pgloader changes the search path of the whole database.
         search_path to 'public',
         timezone to 'UTC'

    SET MySQL PARAMETERS
         -- Text arrives as UTF-8 whatever a column's character set; pgloader reads cp1252 as ISO 8859-1.
         character_set_results = 'utf8mb4',
         net_read_timeout = '600',
         net_write_timeout = '600'

    CAST column PoliciesTeams.Props to jsonb using remove-null-characters,
         type text to varchar using remove-null-characters,
         type tinyint to boolean using tinyint-to-boolean,
         type varchar to varchar using remove-null-characters

    -- Not Mattermost's own tables, and those loaded above. Any other table that the target lacks is
    -- reported as an error.
    EXCLUDING TABLE NAMES MATCHING
           'IR_db_migrations', 'Policies', 'calls', 'db_lock', 'db_migrations',
           'focalboard_schema_migrations_old_temp', 'focalboard_temp_schema_migration',
           'schema_migrations'

    -- Not a rename: it says which schema of the target the source's database stands for.
    ALTER SCHEMA 'mm' RENAME TO 'public'

    -- pgloader ends with status 0 whatever happened. Where nothing at all arrived, this changes that.
    AFTER LOAD DO
      $$
      DO $check$
      BEGIN
        IF NOT EXISTS (SELECT FROM "public".systems) THEN
          RAISE EXCEPTION 'no row was loaded; the reason stands further up';
        END IF;
      END
      $check$
      $$
    ;
    "##);
}

#[test]
fn rows_of_an_earlier_run_can_be_deleted() {
    let password = Secret::default();
    let models = Models {
        source: &ddl::read(MySql, SOURCE).expect("DDL"),
        target: &ddl::read(Postgres, TARGET).expect("DDL"),
    };
    let options = Options { existing_rows: ExistingRows::Deleted, ..options(&password) };
    let configuration = core(&options, models, &[]).expect("a configuration");
    let text = part(configuration.text.expose(), "BEFORE LOAD DO", "$empty$\n  $$");
    insta::assert_snapshot!(text, @r##"
    BEFORE LOAD DO
      -- Delete what an earlier run has loaded.
      $$
      DO $empty$
      DECLARE
        present text;
      BEGIN
        SELECT string_agg(format('%I.%I', schemaname, tablename), ', ') INTO present
        FROM pg_tables
        WHERE schemaname = 'public' AND tablename IN (
          'policies', 'policiesteams');
        EXECUTE 'TRUNCATE ' || present;
      END
      $empty$
      $$
    "##);
}

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
            RAISE WARNING 'nothing was read from the source; the reason stands further up';
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
