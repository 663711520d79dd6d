//! The source compared with the schema of its own migrations.

use migration_assist::compare::{Place, compare_source};
use migration_assist::mattermost::Product;
use migration_assist::migrations::product_sql;
use migration_assist::models::Models;
use migration_assist::mysql::{Connection, Flavour, read_catalog};
use migration_assist::release::{Document, MigrationSet, newest};
use migration_assist::sql::Dialect;
use serde_json::Value;

use super::{Everything, kinds};
use crate::sample::build_schema;
use crate::support::mysql::{Source, on_both_flavours, run as execute, spelled_as_in, stored_name};
use crate::support::program::{Run, command, finish};

/// Each with the kinds of difference that it makes, and whether any of them matters.
const PLANTED: [(&str, &[&str], bool); 15] = [
    ("DROP TABLE ChannelBookmarks", &["missing-table"], true),
    ("CREATE TABLE mine (id int PRIMARY KEY, t text)", &["extra-table"], true),
    ("ALTER TABLE Posts DROP COLUMN RemoteId", &["missing-column"], true),
    ("ALTER TABLE Bots ADD COLUMN Mine varchar(7) DEFAULT 'it''s'", &["extra-column"], true),
    ("ALTER TABLE Users MODIFY Nickname varchar(32)", &["column-differs"], true),
    ("ALTER TABLE PropertyGroups MODIFY Name varchar(64) NULL", &["column-differs"], true),
    ("ALTER TABLE Teams MODIFY Description varchar(255) DEFAULT 'x'", &["column-differs"], false),
    (
        "ALTER TABLE Emoji MODIFY CreatorId varchar(26) CHARACTER SET latin1",
        &["column-differs"],
        false,
    ),
    ("ALTER TABLE Teams DROP INDEX idx_teams_scheme_id", &["missing-index"], false),
    ("CREATE INDEX mine ON Teams (Email)", &["extra-index"], false),
    (
        "ALTER TABLE Teams DROP INDEX Name, ADD UNIQUE KEY Name (Name, Email)",
        &["index-differs"],
        true,
    ),
    ("ALTER TABLE Users DROP INDEX Email, ADD UNIQUE KEY other (Email)", &["index-differs"], false),
    ("ALTER TABLE Systems DROP PRIMARY KEY", &["missing-index"], true),
    ("DROP VIEW IF EXISTS AttributeView", &["missing-view"], false),
    (
        "ALTER TABLE focalboard_blocks MODIFY insert_at datetime(6) NOT NULL",
        &["column-differs"],
        false,
    ),
];

fn check(source: &Source, arguments: &[&str], folder: &tempfile::TempDir) -> Run {
    let rendered = source.dsn.render();
    let words = ["mysql", rendered.expose(), "--full-schema-check", "--force"];
    let mut command = command(words.iter().chain(arguments));
    command.current_dir(folder.path());
    finish(command)
}

fn differences(run: &Run) -> Vec<Value> {
    let report = run.json();
    report["report"]["schema"]["differences"].as_array().expect("differences").clone()
}

/// Everything that the newest release and its plugins keep.
async fn build_all(connection: &mut Connection) {
    build_schema(connection, &newest().migrations).await.expect("a schema");
    for sql in Product::ALL.iter().flat_map(|&it| product_sql(Dialect::MySql, it)) {
        execute(connection, sql).await;
    }
}

/// The differences of a newest schema that nothing was changed in: a server without `JSON_TABLE` does not have the
/// view that needs it.
fn differences_of_the_server(connection: &Connection) -> &'static [&'static str] {
    if connection.server().has_json_table() { &[] } else { &["missing-view"] }
}

async fn a_schema_of_an_older_release_is_as_expected(source: Source) {
    let mut connection = source.connect().await;
    let set: MigrationSet = "1-101,105,107,113".parse().expect("a set");
    build_schema(&mut connection, &set).await.expect("a schema");
    let folder = tempfile::tempdir().expect("a folder");
    let run = check(&source, &["--save-diff", "diff"], &folder).expect(0);
    run.says("compared with the schema of Mattermost 7.8.11 to 7.8.15")
        .says("The schema is as expected.");
    assert!(!folder.path().join("diff").exists());
}

async fn the_first_release_is_as_expected(source: Source) {
    let mut connection = source.connect().await;
    build_schema(&mut connection, &"1-75".parse().expect("a set")).await.expect("a schema");
    let folder = tempfile::tempdir().expect("a folder");
    assert_eq!(differences(&check(&source, &["--format=json"], &folder)), Vec::<Value>::new());
}

async fn what_is_planted_is_found_and_what_is_printed_corrects_it(source: Source) {
    let mut connection = source.connect().await;
    build_all(&mut connection).await;
    let folder = tempfile::tempdir().expect("a folder");
    let run = check(&source, &["--format=json"], &folder);
    let of_the_server = differences_of_the_server(&connection);
    let found: Vec<_> = differences(&run).iter().map(|it| it["kind"].clone()).collect();
    assert_eq!(found, of_the_server, "before anything is planted");
    let written = std::fs::read_to_string(folder.path().join("mysql.output")).expect("a document");
    let document = Document::parse(&written).expect("our own document");
    let products: Vec<&String> = document.products.keys().collect();
    assert_eq!(products, ["boards", "calls", "mattermost", "playbooks", "user-survey"]);
    assert_eq!(document.products["boards"], "40");
    assert_eq!(document.release.as_deref(), Some("10.10.0 to 10.11.5, 10.12.0"));
    let everything = Everything::new();
    let place = Place { server: "the test's", name: source.name() };
    let server = connection.server().clone();
    for (planted, expected, matters) in PLANTED {
        if expected == of_the_server {
            // The view is missing already.
            continue;
        }
        execute(&mut connection, planted).await;
        for corrected in [false, true] {
            let found = read_catalog(&mut connection).await.expect("a catalog");
            let compare = |models: &Models<'_>| compare_source(&place, &server, &found, models);
            let report = everything.with(compare);
            let (mut found, found_to_matter) = kinds(&report);
            if corrected {
                assert_eq!(found, of_the_server, "corrected after {planted}");
                continue;
            }
            let mut expected = [expected, of_the_server].concat();
            expected.sort_unstable();
            found.sort();
            assert_eq!(found, expected, "{planted}: {report}");
            assert_eq!(found_to_matter, matters, "{planted}: {report}");
            for statement in report.differences.iter().flat_map(|it| &it.statements) {
                execute(&mut connection, statement).await;
            }
        }
    }
}

async fn every_table_that_differs_has_a_file(source: Source) {
    let mut connection = source.connect().await;
    build_schema(&mut connection, &newest().migrations).await.expect("a schema");
    execute(&mut connection, "ALTER TABLE Posts MODIFY Hashtags varchar(9), ADD COLUMN Mine int")
        .await;
    execute(&mut connection, "ALTER TABLE Users DROP INDEX Username").await;
    let folder = tempfile::tempdir().expect("a folder");
    check(&source, &["--save-diff"], &folder).expect(1).says("written to `schema-diff`");
    let read = |table: &str| {
        let name = format!("schema-diff/{}.sql", stored_name(table));
        let text = std::fs::read_to_string(folder.path().join(name)).expect("a file for the table");
        spelled_as_in(&format!("TABLE {table}"), &text)
    };
    let posts = read("Posts");
    assert!(posts.contains("\nALTER TABLE `Posts` MODIFY COLUMN `Hashtags` text"), "{posts}");
    assert!(posts.contains("\n-- ALTER TABLE `Posts` DROP COLUMN `Mine`;\n"), "{posts}");
    let users = read("Users");
    assert!(
        users.contains("\nALTER TABLE `Users` ADD UNIQUE KEY `Username` (`Username`);\n"),
        "{users}"
    );
    execute(&mut connection, "ALTER TABLE Posts MODIFY Hashtags varchar(8)").await;
    let rendered = source.dsn.render();
    let words = ["mysql", rendered.expose(), "--full-schema-check", "--save-diff", "schema-diff"];
    let mut again = command(words);
    again.current_dir(folder.path());
    finish(again).expect(1);
    assert_ne!(read("Posts"), posts);
    let file = format!("schema-diff/{}.sql", stored_name("Posts"));
    std::fs::write(folder.path().join(&file), "mine").expect("written");
    let mut again = command(words);
    again.current_dir(folder.path());
    let said = format!("`{file}` exists, and this tool did not write it");
    finish(again).expect(2).says(&said);
    assert_eq!(read("Posts"), "mine");
    // A DSN behind the flag is no folder, as in the Go tool, whose flag takes no value.
    let unreachable = ["mysql", "--save-diff", "u:s3cret@tcp(127.0.0.1:1)/d"];
    finish(command(unreachable)).expect(2).says("cannot reach").never_shows("s3cret");
}

on_both_flavours![
    a_schema_of_an_older_release_is_as_expected,
    the_first_release_is_as_expected,
    what_is_planted_is_found_and_what_is_printed_corrects_it,
    every_table_that_differs_has_a_file,
];

/// `MariaDB` before 10.4.3 does not distinguish JSON from text.
#[tokio::test]
async fn text_where_json_is_expected_is_no_difference_on_mariadb_alone() {
    for (flavour, expected) in [(Flavour::MariaDb, 0), (Flavour::MySql, 1)] {
        let source = Source::create(flavour).await;
        let mut connection = source.connect().await;
        build_schema(&mut connection, &newest().migrations).await.expect("a schema");
        execute(&mut connection, "ALTER TABLE Posts MODIFY Props longtext").await;
        let folder = tempfile::tempdir().expect("a folder");
        let run = check(&source, &["--format=json"], &folder);
        let of_the_server = differences_of_the_server(&connection).len();
        assert_eq!(differences(&run).len(), expected + of_the_server);
    }
}
