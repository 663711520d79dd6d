//! Every statement of the documents is one that its server understands; nothing is run.

use std::fs;
use std::path::Path;

use migration_assist::mysql::Flavour;
use migration_assist::sql::Dialect::MySql;

use crate::support::mysql::{Source, on_both_flavours};
use crate::support::postgres::Database;

on_both_flavours!(the_source_understands_the_statements_of_the_documents);

/// What no server understands: PostgreSQL reads all statements of a message before it runs the first.
const NO_STATEMENT: &str = "NO_STATEMENT_BUT_THE_END";

/// The statements in blocks of SQL, each with its document.
fn statements() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pages = fs::read_dir(root.join("docs")).expect("a folder");
    let mut paths: Vec<_> = pages.map(|page| page.expect("a page").path()).collect();
    paths.push(root.join("README.md"));
    let mut found = Vec::new();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|it| it == "md")) {
        let text = fs::read_to_string(path).expect("a page");
        for block in text.split("```sql\n").skip(1) {
            let block = block.split("```").next().unwrap_or_default();
            let code: Vec<&str> = block.lines().filter(|line| !line.starts_with("--")).collect();
            for statement in code.join("\n").split(';').map(str::trim).filter(|it| !it.is_empty()) {
                found.push((path.display().to_string(), statement.to_owned()));
            }
        }
    }
    found
}

/// Whether a statement is for the source: accounts of MySQL have a host.
fn is_for_source(statement: &str) -> bool {
    statement.contains("'@'")
}

#[tokio::test]
async fn the_target_understands_the_statements_of_the_documents() {
    let database = Database::create().await;
    let connection = database.connect().await;
    let mut checked = 0;
    for (page, statement) in statements().iter().filter(|(_, it)| !is_for_source(it)) {
        let sent = format!("{statement};\n{NO_STATEMENT}");
        let error = connection.batch_execute(&sent).await.expect_err("it ends with no statement");
        let error = error.to_string();
        assert!(error.contains(NO_STATEMENT), "{page}: {error}: {statement}");
        checked += 1;
    }
    assert!(checked >= 8, "{checked}");
}

async fn the_source_understands_the_statements_of_the_documents(source: Source) {
    let mut connection = source.connect().await;
    let mut checked = 0;
    for (page, statement) in statements().iter().filter(|(_, it)| is_for_source(it)) {
        // A privilege that only MariaDB has.
        if source.flavour == Flavour::MySql && statement.contains("BINLOG MONITOR") {
            continue;
        }
        let text = MySql.literal(statement);
        let prepare = format!("SET @statement = {text}; PREPARE checked FROM @statement");
        let prepared = connection.execute(&prepare).await;
        assert!(prepared.is_ok(), "{page}: {prepared:?}: {statement}");
        checked += 1;
    }
    assert!(checked >= 5, "{checked}");
}
