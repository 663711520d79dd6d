//! The schema that the migrations build, against the facts, and the ways of building it.

use std::collections::BTreeMap;

use migration_assist::ddl;
use migration_assist::migrations::{self, Applied, Directory, run, run_directory};
use migration_assist::postgres::{Connection, applied_migrations, read_catalog, read_constraints};
use migration_assist::progress::Silent;
use migration_assist::release::{MigrationSet, newest, releases};
use migration_assist::sql::Dialect;
use serde_json::{Value, json};

use crate::facts::{self, Facts};
use crate::support::postgres::Database;

/// How many databases are built at a time.
const AT_A_TIME: usize = 4;

fn distinct_sets() -> Vec<MigrationSet> {
    let mut sets: Vec<MigrationSet> =
        releases().iter().map(|release| release.migrations.clone()).collect();
    sets.sort_by_key(ToString::to_string);
    sets.dedup();
    sets
}

async fn rows(connection: &Connection, query: &str) -> Vec<String> {
    let rows = connection.query(query, &[]).await.expect("an answer");
    rows.iter().map(|row| row.get(0)).collect()
}

/// Everything that the facts say about a schema, as the server says it.
async fn assert_catalog(connection: &Connection, schema: &str, fact: &Value, what: &str) {
    let live = read_catalog(connection, schema).await.expect("a catalog");
    let tables = facts::columns(fact);
    for (name, table) in live.tables.iter().filter(|(name, _)| *name != "db_migrations") {
        let lines: Vec<String> = table
            .columns
            .iter()
            .map(|column| {
                let kind = column.data_type.as_str();
                let default = column.default.as_deref();
                facts::column_line(&column.name, kind, column.not_null, default)
            })
            .collect();
        assert_eq!(Some(&lines), tables.get(name), "table {name} of {what}");
        assert_eq!(json!(table.options), fact["tables"][name]["options"], "{name} of {what}");
    }
    assert_eq!(live.tables.len() - 1, tables.len(), "tables of {what}");
    let definitions: BTreeMap<&String, &str> = live
        .indexes()
        .filter(|index| index.table != "db_migrations")
        .map(|index| (&index.name, index.definition.as_deref().expect("a definition")))
        .collect();
    assert_eq!(json!(definitions), fact["indexes"], "indexes of {what}");
    let mut constraints = read_constraints(connection, schema).await.expect("constraints");
    constraints.retain(|name, _| !name.starts_with("db_migrations."));
    assert_eq!(json!(constraints), fact["constraints"], "constraints of {what}");
    assert_eq!(json!(live.enums), fact["enums"], "enums of {what}");
    assert_eq!(views(connection, schema).await, fact["views"], "views of {what}");
}

/// The views in the form of the facts.
async fn views(connection: &Connection, schema: &str) -> Value {
    let query = "SELECT coalesce(json_object_agg(relname, shape), '{}')::text FROM (
        SELECT c.relname, json_build_object('kind', 'materialized view', 'columns',
            json_agg(json_build_array(a.attname, format_type(a.atttypid, a.atttypmod))
                     ORDER BY a.attnum)) AS shape
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
        WHERE c.relkind = 'm' AND c.relnamespace = $1::text::regnamespace GROUP BY c.relname) AS v";
    let quoted = Dialect::Postgres.identifier(schema);
    let row = connection.query_one(query, &[&quoted]).await.expect("an answer");
    serde_json::from_str(row.get(0)).expect("JSON")
}

async fn build(
    connection: &mut Connection,
    schema: &str,
    set: &MigrationSet,
) -> migrations::RunReport {
    run(connection, schema, set, &Silent).await.expect("the migrations run")
}

#[tokio::test]
async fn every_released_set_is_built_exactly_as_the_facts_give_it() {
    let facts = Facts::read("postgres");
    let names: BTreeMap<u32, &str> = facts.names();
    let database = Database::create().await;
    let sets = distinct_sets();
    assert_eq!(sets.len(), 46);
    let check = async |schema: String, set: &MigrationSet| {
        let mut connection = database.connect().await;
        let quoted = Dialect::Postgres.identifier(&schema);
        let create = format!("CREATE SCHEMA {quoted}");
        connection.batch_execute(&create).await.expect("a schema");
        build(&mut connection, &schema, set).await;
        assert_catalog(&connection, &schema, &facts.catalog(set), &format!("set {set}")).await;
        let mut live = read_catalog(&connection, &schema).await.expect("a catalog");
        live.tables.remove("db_migrations");
        let model = migrations::target_model(set).expect("a known set");
        assert_eq!(ddl::compare(Dialect::Postgres, &live, &model), [], "set {set}");
        let applied = applied_migrations(&connection, &schema).await.expect("an answer");
        let expected: Vec<(u32, String)> =
            set.iter().map(|number| (number, names[&number].to_owned())).collect();
        assert_eq!(applied, Some(expected), "db_migrations of set {set}");
        let seeds = format!("SELECT name || '=' || value FROM {quoted}.systems ORDER BY name");
        assert_eq!(
            rows(&connection, &seeds).await,
            [
                "CRTChannelMembershipCountsMigrationComplete=true",
                "CRTThreadCountsAndUnreadsMigrationComplete=true"
            ]
        );
    };
    for group in sets.chunks(AT_A_TIME) {
        let work = group.iter().map(|set| check(format!("Set {set}"), set));
        futures_util::future::join_all(work).await;
    }
}

#[tokio::test]
async fn a_second_run_changes_nothing_and_an_older_set_is_brought_up() {
    let database = Database::create().await;
    let mut connection = database.connect().await;
    let old: MigrationSet = "1-89,95".parse().expect("a set");
    let new = &newest().migrations;
    assert_eq!(build(&mut connection, "public", &old).await.applied, old);
    let report = build(&mut connection, "public", new).await;
    assert_eq!(report.applied, new.without(&old));
    let facts = Facts::read("postgres");
    assert_catalog(&connection, "public", &facts.catalog(new), "the set brought up").await;
    let again = build(&mut connection, "public", new).await;
    assert!(again.applied.is_empty());
    assert_eq!(again.present, new.len());
}

#[tokio::test]
async fn a_failure_leaves_the_database_as_it_was() {
    let database = Database::create().await;
    let mut connection = database.connect().await;
    // Makes migration 101 fail.
    connection
        .batch_execute("CREATE TABLE public.trueupreviewhistory (x int)")
        .await
        .expect("made");
    let wanted: MigrationSet = "1-109".parse().expect("a set");
    let error = run(&mut connection, "public", &wanted, &Silent).await.expect_err("in the way");
    assert_eq!(error.to_string(), "migration 101 `create_true_up_review_history` failed");
    let live = read_catalog(&connection, "public").await.expect("a catalog");
    assert_eq!(live.tables.keys().collect::<Vec<_>>(), ["trueupreviewhistory"]);
    assert!(live.enums.is_empty());
}

#[tokio::test]
async fn rows_that_a_migration_would_have_to_change_are_not_left_behind() {
    let database = Database::create().await;
    let mut connection = database.connect().await;
    let old: MigrationSet = "1-104".parse().expect("a set");
    build(&mut connection, "public", &old).await;
    connection
        .batch_execute(
            "INSERT INTO public.tokens (token, createat, type, extra) VALUES ('t',0,'','')",
        )
        .await
        .expect("a row");
    let wanted: MigrationSet = "1-105".parse().expect("a set");
    let error = run(&mut connection, "public", &wanted, &Silent).await.expect_err("rows");
    assert!(matches!(
        error,
        migrations::Error::RowsWouldBeLeftBehind { numbers, table }
            if numbers.to_string() == "105" && table == "tokens"
    ));
    let present = applied_migrations(&connection, "public").await.expect("an answer");
    assert_eq!(present.expect("a table").len(), 104);
}

#[tokio::test]
async fn a_directory_of_mattermost_s_own_files_is_run_with_its_marker_honoured() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, sql: &str| {
        std::fs::write(folder.path().join(name), sql).expect("a file");
    };
    write("000001_create_t.up.sql", "CREATE TABLE t (c int);");
    write(
        "000002_index_t_v1.0.up.sql",
        "-- morph:nontransactional\nCREATE INDEX CONCURRENTLY i ON t (c);",
    );
    write("000003_more.up.sql", "ALTER TABLE t ADD COLUMN d int;");
    write("000003_more.down.sql", "ALTER TABLE t DROP COLUMN d;");
    let directory = Directory::read(folder.path()).expect("three migrations");
    let database = Database::create().await;
    let mut connection = database.connect().await;
    let report = run_directory(&mut connection, "public", &directory, &Silent).await.expect("run");
    assert_eq!(report.applied.to_string(), "1-3");
    let names = rows(&connection, "SELECT name FROM public.db_migrations ORDER BY version").await;
    assert_eq!(names, ["create_t", "index_t_v1.0", "more"]);
    let again = run_directory(&mut connection, "public", &directory, &Silent).await.expect("run");
    assert!(again.applied.is_empty());
    write("000004_broken.up.sql", "ALTER TABLE nothing ADD COLUMN d int;");
    let directory = Directory::read(folder.path()).expect("four migrations");
    let error = run_directory(&mut connection, "public", &directory, &Silent).await;
    assert_eq!(error.expect_err("broken").to_string(), "migration 4 `broken` failed");
}

#[tokio::test]
async fn mattermost_s_own_rule_finds_nothing_pending() {
    // Its migrator takes a file for pending when its name is not in db_migrations, and then inserts by
    // number: so every name must be PostgreSQL's, and no number may be taken by another name.
    let database = Database::create().await;
    let mut connection = database.connect().await;
    build(&mut connection, "public", &newest().migrations).await;
    let rows = applied_migrations(&connection, "public").await.expect("an answer").expect("rows");
    let applied: Vec<Applied> =
        rows.into_iter().map(|(number, name)| Applied { number, name }).collect();
    for migration in migrations::target() {
        let by_name = applied.iter().any(|row| row.name == migration.name);
        let by_number = applied.iter().any(|row| row.number == migration.number);
        assert_eq!(by_name, by_number, "migration {}", migration.number);
        assert_eq!(by_name, newest().migrations.contains(migration.number));
    }
}

/// Every row of every materialized view, as the facts spell them.
const CONTENTS: &str = "
    SELECT concat_ws(E'\t', $1::text, 'poststats', to_jsonb(v)) FROM poststats AS v
    UNION ALL SELECT concat_ws(E'\t', $1, 'posts_by_team_day', to_jsonb(v)) FROM posts_by_team_day AS v
    UNION ALL SELECT concat_ws(E'\t', $1, 'bot_posts_by_team_day', to_jsonb(v))
        FROM bot_posts_by_team_day AS v
    UNION ALL SELECT concat_ws(E'\t', $1, 'file_stats', to_jsonb(v)) FROM file_stats AS v
    UNION ALL SELECT concat_ws(E'\t', $1, 'attributeview', to_jsonb(v)) FROM attributeview AS v";

#[tokio::test]
async fn the_views_hold_what_a_real_server_s_hold_in_each_time_zone() {
    let set: MigrationSet = "1-109,111-141".parse().expect("a set");
    let input = include_str!("../../testdata/facts/postgres/views-input.sql");
    let expected = include_str!("../../testdata/facts/postgres/views-expected.tsv");
    let model = migrations::target_model(&set).expect("a known set");
    let mut zones: Vec<&str> =
        expected.lines().filter_map(|line| line.split('\t').next()).collect();
    zones.dedup();
    assert_eq!(zones.len(), 3);
    for zone in zones {
        let database = Database::create().await;
        let mut connection = database.connect().await;
        build(&mut connection, "public", &set).await;
        connection.use_schema("public").await.expect("a schema");
        connection.batch_execute(input).await.expect("rows");
        let name = Dialect::Postgres.identifier(&database.dsn.database);
        let zone_of_database = format!("ALTER DATABASE {name} SET TimeZone TO '{zone}'");
        connection.batch_execute(&zone_of_database).await.expect("a setting");
        let connection = database.connect().await;
        let report = migration_assist::indexes::refresh(&connection, "public", &model, &Silent);
        let report = report.await.expect("refreshed");
        assert_eq!((report.refreshed.len(), report.failed.len()), (5, 0));
        assert_eq!(report.time_zone, zone);
        connection.use_schema("public").await.expect("a schema");
        let found = connection.query(CONTENTS, &[&zone]).await.expect("rows");
        let mut found: Vec<String> = found.iter().map(|row| row.get(0)).collect();
        let of_zone = expected.lines().filter(|line| line.split('\t').next() == Some(zone));
        let mut expected: Vec<String> = of_zone.map(str::to_owned).collect();
        found.sort();
        expected.sort();
        assert_eq!(found, expected, "time zone {zone}");
    }
}
