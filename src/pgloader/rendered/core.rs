//! The configuration for Mattermost's own tables.

use super::super::{ExistingRows, Models, Options, core};
use super::{options, part, unversioned};
use crate::ddl;
use crate::secret::Secret;
use crate::sql::Dialect::{MySql, Postgres};

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
    -- Mattermost's own tables. The target's schema has to exist already and hold no rows:
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
          RAISE EXCEPTION 'no row was loaded; the reason is further up';
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
