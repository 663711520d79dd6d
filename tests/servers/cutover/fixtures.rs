//! A target as `copy` and `verify` leave it.

use std::fs;
use std::path::PathBuf;

use migration_assist::ledger::{self, CopySource, Covers, NewProof, Phase};
use migration_assist::mattermost::Product;
use migration_assist::migrations::{product_sql, product_sql_at, product_versions, run};
use migration_assist::postgres::{Connection, Dsn};
use migration_assist::progress::Silent;
use migration_assist::source_identity::SourceIdentity;
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
    let row = "INSERT INTO public.systems (name, value) VALUES ('DiagnosticId', 'd');
        INSERT INTO public.users (id) VALUES ('u')";
    connection.batch_execute(row).await.expect("a row");
    database
}

/// Records that both sides were compared, as `verify` does.
pub async fn record_proof(connection: &Connection, proof: bool, differences: u64) {
    let proof = NewProof {
        schema: "public",
        source: &SourceIdentity {
            database: "mattermost".to_owned(),
            diagnostic_id: Some("d".to_owned()),
            address: "tcp(localhost:3306)".to_owned(),
            ..SourceIdentity::default()
        },
        doubts: &[],
        position: None,
        proof,
        sample: None,
        tables: 1,
        rows: 1,
        differences,
        left_out: 0,
        seconds: 8.0,
        applied: None,
        covers: Covers::All,
    };
    ledger::record_proof(connection, &proof).await.expect("a record");
}

/// Records a copy that took two minutes and changed rows until a time given as SQL.
pub async fn record_copy(connection: &Connection, until: &str, position: Option<&str>) {
    ledger::create(connection).await.expect("a ledger");
    let position = position.map(str::to_owned);
    let source = CopySource { position, ..CopySource::default() };
    ledger::begin_copy(connection, "public", &source).await.expect("a record");
    ledger::finish_copy(connection, "public").await.expect("a record");
    ledger::record_phase(connection, "public", Phase::Copy, 120.0).await.expect("a record");
    let earlier = format!("UPDATE migration_assist.copies SET changed_at = {until}");
    connection.batch_execute(&earlier).await.expect("a copy of that time");
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
    // The statements of the newest version come first, then those that the oldest lacks.
    let newest = product_sql(Dialect::Postgres, Product::Mattermost).len();
    for sql in &statements.expect("a known version")[newest..] {
        connection.batch_execute(sql).await.expect("columns taken away");
    }
}

/// A configuration in a folder of its own, which goes with it. In the folder's `root` is a unit that starts
/// Mattermost and does not name MySQL.
pub fn file(text: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let units = folder.path().join("root/lib/systemd/system");
    fs::create_dir_all(&units).expect("a folder");
    let unit = "[Service]\nExecStart=/opt/mattermost/bin/mattermost\n";
    fs::write(units.join("mattermost.service"), unit).expect("a unit");
    let path = folder.path().join("config.json");
    fs::write(&path, text).expect("a file");
    (folder, path)
}

/// Arguments for a configuration in a file, looking for units in its `root`.
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
