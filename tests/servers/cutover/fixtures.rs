//! A target as `copy` and `verify` leave it.

use std::fs;
use std::path::PathBuf;

use migration_assist::migrations::{product_sql, product_sql_at, product_versions, run};
use migration_assist::postgres::{Connection, Dsn};
use migration_assist::progress::Silent;
use migration_assist::schema::Product;
use migration_assist::sql::Dialect;
use tempfile::TempDir;

use crate::support::postgres::Database;

/// The password in the source's DSN.
pub const SECRET: &str = "hunter2";

/// A configuration as Mattermost writes it, which names MySQL.
pub fn config(source: &str) -> String {
    format!(
        "{{\r\n    \"ServiceSettings\": {{\"SiteURL\": \"https://chat\"}},\r\n    \
         \"SqlSettings\": {{\r\n        \"DriverName\": \"mysql\",\r\n        \
         \"DataSource\": \"{source}\",\r\n        \"DataSourceReplicas\": [\"{source}\"],\r\n        \
         \"AtRestEncryptKey\": \"k\"\r\n    }}\r\n}}\r\n"
    )
}

/// The same with the MySQL DSN of the examples.
pub fn mysql_config() -> String {
    config(&format!("mmuser:{SECRET}@tcp(localhost:3306)/mattermost?charset=utf8mb4\\u0026x=y"))
}

/// The schema of a release with the rows that make it a workspace; nothing is proved yet.
pub async fn workspace(version: &str) -> Database {
    let database = Database::create().await;
    let mut connection = database.connect().await;
    let release = migration_assist::release::resolve(version).expect("a release").release;
    run(&mut connection, "public", &release.migrations, &Silent).await.expect("a schema");
    let row = "INSERT INTO public.systems (name, value) VALUES ('DiagnosticId', 'd')";
    connection.batch_execute(row).await.expect("a row");
    database
}

/// Records that both sides were compared, as `verify` does.
pub async fn record_proof(connection: &Connection, proof: bool, differences: i64) {
    let statements = format!(
        "CREATE SCHEMA IF NOT EXISTS migration_assist;
         CREATE TABLE IF NOT EXISTS migration_assist.proofs (
             id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
             verified_at timestamptz NOT NULL DEFAULT now(),
             target_schema text NOT NULL,
             source text NOT NULL,
             source_position text,
             proof boolean NOT NULL,
             sample double precision,
             tables bigint NOT NULL,
             source_rows bigint NOT NULL,
             differences bigint NOT NULL,
             tool_version text NOT NULL
         );
         INSERT INTO migration_assist.proofs
             (target_schema, source, proof, tables, source_rows, differences, tool_version)
         VALUES ('public', 'mattermost d', {proof}, 1, 1, {differences}, '0')"
    );
    connection.batch_execute(&statements).await.expect("a record");
}

/// Records a copy that was finished a while ago, or is finished just now.
pub async fn record_copy(connection: &Connection, finished: &str, position: Option<&str>) {
    let statements = "CREATE SCHEMA IF NOT EXISTS migration_assist;
         CREATE TABLE IF NOT EXISTS migration_assist.copies (
             target_schema text PRIMARY KEY,
             source text NOT NULL,
             source_position text,
             started_at timestamptz NOT NULL DEFAULT now(),
             finished_at timestamptz
         )";
    connection.batch_execute(statements).await.expect("a table");
    let statement = format!(
        "INSERT INTO migration_assist.copies VALUES
             ('public', 'db', $1, {finished} - interval '2 min', {finished})"
    );
    connection.execute(&statement, &[&position]).await.expect("a row");
}

/// Puts the tables of a configuration in the database there, and one active row.
pub async fn store(connection: &Connection, text: &str) {
    connection.use_schema("public").await.expect("a schema");
    for sql in product_sql(Dialect::Postgres, Product::Mattermost) {
        connection.batch_execute(sql).await.expect("tables");
    }
    let row = "INSERT INTO configurations (id, value, createat, active, sha)
        VALUES ('oldoldoldoldoldoldoldoldol', $1, 1, true, encode(sha256($2), 'hex'))";
    connection.execute(row, &[&text, &text.as_bytes()]).await.expect("a row");
}

/// The same as releases store it that keep no sums.
pub async fn store_without_sums(connection: &Connection, text: &str) {
    store(connection, text).await;
    let oldest = *product_versions(Product::Mattermost).last().expect("versions");
    let statements = product_sql_at(Dialect::Postgres, Product::Mattermost, oldest);
    // Behind what makes the newest version stands what the oldest lacks.
    let newest = product_sql(Dialect::Postgres, Product::Mattermost).len();
    for sql in &statements.expect("a known version")[newest..] {
        connection.batch_execute(sql).await.expect("columns taken away");
    }
}

/// A configuration in a folder of its own, which goes with it.
pub fn file(text: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("config.json");
    fs::write(&path, text).expect("a file");
    (folder, path)
}

/// Arguments for a configuration in a file, looking for units in an empty place.
pub fn arguments(path: &std::path::Path, dsn: &Dsn, more: &[&str]) -> Vec<String> {
    let root = path.parent().expect("a folder").join("root");
    let mut arguments: Vec<String> = ["cutover", "--config", &path.to_string_lossy()]
        .into_iter()
        .chain(["--postgres", &dsn.render(), "--root", &root.to_string_lossy()])
        .map(str::to_owned)
        .collect();
    arguments.extend(more.iter().map(|&argument| argument.to_owned()));
    arguments
}
