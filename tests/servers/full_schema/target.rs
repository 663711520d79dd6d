//! The target compared with the schema of its own migrations.

use migration_assist::compare::{Place, PrintedViews, compare_target};
use migration_assist::mattermost::Product;
use migration_assist::migrations::{product_sql, run};
use migration_assist::postgres::{Connection, Dsn, read_catalog};
use migration_assist::progress::Silent;
use migration_assist::release::newest;
use migration_assist::sql::Dialect;
use serde_json::{Value, json};

use super::{Everything, kinds};
use crate::support::postgres::{Database, Role};
use crate::support::program::{Run, command, finish, run as program};

/// Each with the kinds of difference that it makes, and whether any of them matters.
const PLANTED: [(&str, &[&str], bool); 20] = [
    ("DROP TABLE channelbookmarks", &["missing-table"], true),
    ("CREATE TABLE mine (id int PRIMARY KEY)", &["extra-table"], false),
    ("ALTER TABLE posts DROP COLUMN remoteid", &["missing-column"], true),
    ("ALTER TABLE bots ADD COLUMN mine int", &["extra-column"], false),
    ("ALTER TABLE bots ADD COLUMN mine int NOT NULL", &["extra-column"], true),
    ("ALTER TABLE users ALTER nickname TYPE varchar(32)", &["column-differs"], true),
    (
        "ALTER TABLE channels ALTER type DROP DEFAULT, ALTER type TYPE text",
        &["column-differs"],
        true,
    ),
    ("ALTER TABLE propertygroups ALTER name DROP NOT NULL", &["column-differs"], true),
    ("ALTER TABLE posts ALTER message SET NOT NULL", &["column-differs"], true),
    ("ALTER TABLE channelbookmarks ALTER displayname DROP DEFAULT", &["column-differs"], true),
    ("DROP INDEX idx_posts_message_txt", &["missing-index"], true),
    ("CREATE UNIQUE INDEX mine ON teams (email)", &["extra-index"], true),
    ("CREATE INDEX mine ON teams (email)", &["extra-index"], false),
    (
        "DROP INDEX idx_posts_message_txt;
         CREATE INDEX idx_posts_message_txt ON posts USING gin (to_tsvector('english', hashtags))",
        &["index-differs"],
        true,
    ),
    ("ALTER INDEX idx_teams_create_at RENAME TO other", &["index-differs"], false),
    ("ALTER TABLE systems DROP CONSTRAINT systems_pkey", &["missing-index"], true),
    (
        "ALTER TABLE retentionpoliciesteams DROP CONSTRAINT fk_retentionpoliciesteams_retentionpolicies",
        &["missing-foreign-key"],
        true,
    ),
    ("ALTER TABLE posts RESET (autovacuum_vacuum_scale_factor)", &["options-differ"], false),
    ("DROP MATERIALIZED VIEW poststats", &["missing-view"], true),
    ("ALTER TABLE focalboard_blocks ALTER insert_at DROP DEFAULT", &["column-differs"], true),
];

fn check(database: &Database, schema: &str, arguments: &[&str]) -> Run {
    let dsn = database.dsn.render();
    let words =
        ["postgres", &dsn, "--schema", schema, "--full-schema-check", "--check-tables-empty=false"];
    program(words.iter().chain(arguments))
}

fn differences(run: &Run) -> Vec<Value> {
    let report = run.json();
    let of_schema = &report["report"]["full_schema_check"];
    of_schema["differences"].as_array().expect("differences").clone()
}

async fn build(database: &Database, schema: &str) -> Connection {
    let mut connection = database.connect().await;
    let quoted = Dialect::Postgres.identifier(schema);
    let path = format!("CREATE SCHEMA IF NOT EXISTS {quoted}; SET search_path TO {quoted}");
    connection.batch_execute(&path).await.expect("a schema");
    run(&mut connection, schema, &newest().migrations, &Silent).await.expect("the migrations run");
    for sql in Product::ALL.iter().flat_map(|&it| product_sql(Dialect::Postgres, it)) {
        connection.batch_execute(sql).await.expect("the plugin's tables");
    }
    connection
}

#[tokio::test]
async fn what_is_planted_is_found_and_what_is_printed_corrects_it() {
    let database = Database::create().await;
    let schema = "Mattermost data";
    let connection = build(&database, schema).await;
    let run = check(&database, schema, &["--format=json"]).expect(0);
    assert_eq!(differences(&run), Vec::<Value>::new(), "before anything is planted");
    let everything = Everything::new();
    let place = Place { server: "the test's", name: schema };
    for (planted, expected, matters) in PLANTED {
        let outcome = connection.batch_execute(planted).await;
        outcome.unwrap_or_else(|error| panic!("{planted}: {error}"));
        for corrected in [false, true] {
            let found = read_catalog(&connection, schema).await.expect("a catalog");
            let report = everything.with(|models| {
                let printed = PrintedViews::new();
                compare_target(&place, &found, models, &printed)
            });
            if corrected {
                assert_eq!(report.differences, [], "corrected after {planted}");
                continue;
            }
            let expected = expected.iter().map(ToString::to_string).collect();
            assert_eq!(kinds(&report), (expected, matters), "{planted}: {report}");
            // A session of its own, which knows only what was printed.
            let mender = database.connect().await;
            let printed = report.differences.iter().flat_map(|it| &it.statements);
            for statement in report.first.iter().chain(printed) {
                let outcome = mender.batch_execute(statement).await;
                outcome.unwrap_or_else(|error| panic!("{error}: {statement}"));
            }
        }
    }
}

#[tokio::test]
async fn every_table_that_differs_has_a_file() {
    let database = Database::create().await;
    let connection = build(&database, "public").await;
    connection.batch_execute("DROP INDEX idx_posts_message_txt").await.expect("dropped");
    let folder = tempfile::tempdir().expect("a folder");
    let dsn = database.dsn.render();
    let mut command = command([
        "postgres",
        &dsn,
        "--full-schema-check",
        "--check-tables-empty=false",
        "--save-diff",
        "d",
    ]);
    command.current_dir(folder.path());
    finish(command).expect(1).says("[missing-index] posts.idx_posts_message_txt");
    let text = std::fs::read_to_string(folder.path().join("d/posts.sql")).expect("a file");
    connection.batch_execute(&text).await.expect("what the file says can be run");
    check(&database, "public", &[]).expect(0).says("The schema is as expected.");
}

#[tokio::test]
async fn a_schema_without_migrations_has_nothing_to_be_compared_with() {
    let database = Database::create().await;
    check(&database, "public", &[]).expect(2).says("holds no Mattermost").says("--run-migrations");
}

#[tokio::test]
async fn definitions_of_views_are_compared_as_the_server_prints_them() {
    let reader = Role::create().await;
    let database = Database::create().await;
    let connection = build(&database, "public").await;
    let report = |run: Run| run.json()["report"]["full_schema_check"].clone();
    let whole = report(check(&database, "public", &["--format=json"]).expect(0));
    assert_eq!((&whole["differences"], &whole["not_compared"]), (&json!([]), &json!([])));
    connection
        .batch_execute(
            "DROP MATERIALIZED VIEW file_stats; CREATE MATERIALIZED VIEW file_stats AS
                 SELECT count(*) AS num, sum(size) AS usage FROM fileinfo",
        )
        .await
        .expect("another view");
    let other = report(check(&database, "public", &["--format=json"]).expect(0));
    let kinds: Vec<&Value> = other["differences"]
        .as_array()
        .expect("differences")
        .iter()
        .map(|it| &it["kind"])
        .collect();
    assert_eq!(kinds, ["view-differs"]);
    assert_eq!(other["differences"][0]["statements"], json!([]));
    let name = Dialect::Postgres.identifier(&database.dsn.database);
    let user = Dialect::Postgres.identifier(&reader.name);
    let statements = format!(
        "REVOKE TEMPORARY ON DATABASE {name} FROM PUBLIC; GRANT USAGE ON SCHEMA public TO {user};
         GRANT SELECT ON ALL TABLES IN SCHEMA public TO {user}"
    );
    connection.batch_execute(&statements).await.expect("an account that only reads");
    let dsn = Dsn { database: database.dsn.database.clone(), ..reader.dsn() }.render();
    let words = ["--full-schema-check", "--check-tables-empty=false", "--check-schema-owner=false"];
    let run = program(["postgres", &dsn].iter().chain(&words));
    run.expect(0).says("Not compared: 5").says("the query of view `poststats`");
}
