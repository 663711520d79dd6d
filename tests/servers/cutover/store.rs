//! The configuration in the database.

use migration_assist::postgres::Connection;

use super::fixtures::{SECRET, mysql_config, record_proof, store, store_without_sums, workspace};
use crate::support::program::{Run, run};

fn cutover(dsn: &str, more: &[&str]) -> Run {
    let accept = "--accept-unreachable";
    let variables = tempfile::NamedTempFile::new().expect("a file of variables");
    let variables = variables.path().to_string_lossy();
    let root = ["cutover", "--config-in-database", "--root", "/nowhere", accept, "--postgres", dsn];
    run(root.iter().chain(&["--env-file", &variables]).chain(more)).never_shows(SECRET)
}

/// Id, text and SHA of the active row, and how many rows there are.
async fn rows(connection: &Connection) -> (String, String, bool, i64) {
    let statement =
        "SELECT id::text, value, sha = encode(sha256(convert_to(value, 'UTF8')), 'hex'),
            (SELECT count(*) FROM public.configurations)
        FROM public.configurations WHERE active";
    let row = connection.query_one(statement, &[]).await.expect("one active row");
    (row.get(0), row.get(1), row.get(2), row.get(3))
}

#[tokio::test]
async fn a_new_row_becomes_active_and_the_old_one_again() {
    let database = workspace("10.11.0").await;
    let connection = database.connect().await;
    store(&connection, &mysql_config()).await;
    record_proof(&connection, true, 0).await;
    let dsn = database.dsn.render();
    cutover(&dsn, &[]).expect(1).says("nothing was changed");
    cutover(&dsn, &["--yes"]).expect(0).says("row oldoldoldoldoldoldoldoldol is kept");
    let (id, text, sha_is_right, count) = rows(&connection).await;
    assert!(id.len() == 26 && !id.starts_with("old") && sha_is_right && count == 2);
    assert!(text.contains("\"DriverName\": \"postgres\"") && !text.contains("mysql"), "{text}");
    cutover(&dsn, &["--yes"]).expect(0).says("already names this database");
    assert_eq!(rows(&connection).await.0, id);
    cutover(&dsn, &["--undo", "--yes"]).expect(1);
    let (id, text, ..) = rows(&connection).await;
    assert_eq!((id.as_str(), text), ("oldoldoldoldoldoldoldoldol", mysql_config()));
    cutover(&dsn, &["--undo", "--yes"]).expect(2).says("no cutover of");
}

#[tokio::test]
async fn a_store_without_sums_is_switched_and_back() {
    let database = workspace("7.8.15").await;
    let connection = database.connect().await;
    store_without_sums(&connection, &mysql_config()).await;
    connection.query_one("SELECT sha FROM configurations", &[]).await.expect_err("no sums");
    record_proof(&connection, true, 0).await;
    let dsn = database.dsn.render();
    let active = async || {
        let statement = "SELECT value FROM public.configurations WHERE active";
        connection.query_one(statement, &[]).await.expect("one active row").get::<_, String>(0)
    };
    cutover(&dsn, &["--yes"]).expect(0);
    assert!(active().await.contains("\"DriverName\": \"postgres\""));
    cutover(&dsn, &["--undo", "--yes"]).expect(1);
    assert_eq!(active().await, mysql_config());
}

#[tokio::test]
async fn a_target_without_a_configuration_gets_the_next_step() {
    let database = workspace("10.11.0").await;
    let dsn = database.dsn.render();
    let hint = "copy the table `Configurations`";
    cutover(&dsn, &["--yes", "--unproven"]).expect(2).says(hint);
}
