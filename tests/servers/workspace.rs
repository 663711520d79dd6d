//! Mattermost's schema and the sample workspace on a source, soon built: the migrations run once for
//! each set, and from then on the statements in which the server prints what they made.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};

use migration_assist::migrations;
use migration_assist::mysql::{Connection, Flavour, Row};
use migration_assist::release::MigrationSet;
use migration_assist::sql::Dialect::MySql;
use tokio::sync::OnceCell;

use crate::sample::{Sample, build_schema, fill};
use crate::support::mysql::Source;

type Printed = Arc<OnceCell<String>>;

/// The numbers of all migrations.
pub fn newest() -> MigrationSet {
    migrations::source().iter().map(|migration| migration.number).collect()
}

/// Builds the schema of a set, its bookkeeping included, in an empty database.
pub async fn build(source: &Source, set: &MigrationSet) {
    static PRINTED: LazyLock<Mutex<HashMap<(Flavour, MigrationSet), Printed>>> =
        LazyLock::new(Mutex::default);
    let printed = {
        let mut printed = PRINTED.lock().expect("no test panics with it in hand");
        Arc::clone(printed.entry((source.flavour, set.clone())).or_default())
    };
    let statements = printed.get_or_init(async || print(source.flavour, set).await).await;
    let mut connection = source.connect().await;
    connection.execute(statements).await.expect("what the server printed");
}

/// Builds the newest schema and fills it with the sample workspace.
pub async fn load(source: &Source, sample: Sample) {
    build(source, &newest()).await;
    fill(&mut source.connect().await, sample).await.expect("a workspace");
}

/// Lets the migrations run in a database of their own, and the server print what became of it.
async fn print(flavour: Flavour, set: &MigrationSet) -> String {
    let source = Source::create(flavour).await;
    let mut connection = source.connect().await;
    build_schema(&mut connection, set).await.expect("a schema");
    let mut statements = vec!["SET foreign_key_checks = 0".to_owned()];
    for kind in ["TABLE", "VIEW"] {
        let of_kind = format!("SHOW FULL TABLES WHERE Table_type LIKE '%{kind}'");
        for (name, _) in connection.query::<(String, String)>(&of_kind).await.expect("names") {
            statements.push(shown(&mut connection, kind, &name).await);
        }
    }
    for table in ["db_migrations", "Systems"] {
        let select = format!("SELECT * FROM {table}");
        let rows: Vec<(String, String)> = connection.query(&select).await.expect("its rows");
        let literal = |text: &String| MySql.literal(text);
        statements.extend(rows.iter().map(|(name, value)| {
            format!("INSERT INTO {table} VALUES ({}, {})", literal(name), literal(value))
        }));
    }
    statements.push("SET foreign_key_checks = 1".to_owned());
    // MariaDB names the database in what it prints of a view.
    let its_own = format!("{}.", MySql.identifier(source.name()));
    statements.join(";\n").replace(&its_own, "")
}

async fn shown(connection: &mut Connection, kind: &str, name: &str) -> String {
    let show = format!("SHOW CREATE {kind} {}", MySql.identifier(name));
    let row: Option<Row> = connection.query_optional(&show).await.expect("a definition");
    row.and_then(|row| row.get(1)).expect("a statement")
}
