//! Quarantine files that someone else wrote, cut or took from another database.

use migration_assist::progress::Silent;
use migration_assist::repair::{Error, UndoOptions, UndoReport, undo};

use crate::support::mysql::{Source, on_both_flavours, run, spelled_as_in, stored_name};

on_both_flavours![
    only_definitions_are_taken_from_a_file,
    records_of_another_database_need_a_flag,
    an_incomplete_last_line_needs_a_flag,
];

/// Writes a quarantine with one run and these records, each as its own batch, and undoes it.
async fn undo_file(
    source: &Source,
    database: &str,
    records: &[&str],
    end: &str,
    options: UndoOptions,
) -> Result<UndoReport, Error> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("quarantine.jsonl");
    let mut text = format!(
        "{{\"migration-assist-quarantine\":{{\"format\":1}}}}\n{{\"run\":{{\"id\":\"aa\",\"time\":\
         \"2026-11-26T02:05:58Z\",\"purpose\":\"fix\",\"database\":\"{database}\",\"version\":\
         \"0.1.0\"}}}}\n"
    );
    for (place, record) in records.iter().enumerate() {
        let batch = place + 1;
        let record = format!(
            "{{\"record\":{{\"run\":\"aa\",\"batch\":{batch},\"number\":0,\"time\":\
             \"2026-11-26T02:05:59Z\",\"key\":{{}},\"reasons\":[\"x\"],{record}}}}}\n"
        );
        text.push_str(&record);
    }
    text.push_str(end);
    std::fs::write(&path, text).expect("a file");
    let mut connection = source.connect().await;
    undo(&mut connection, &path, options, &Silent).await
}

async fn tables(source: &Source) -> Vec<String> {
    let mut connection = source.connect().await;
    let tables: Vec<String> = connection.query("SHOW TABLES").await.expect("tables");
    let mut tables: Vec<_> =
        tables.iter().map(|it| spelled_as_in("CREATE TABLE Users", it)).collect();
    tables.sort();
    tables
}

/// A dropped column with an index, by their definitions.
fn column(definition: &str, index: &str) -> String {
    let users = stored_name("Users");
    format!(
        r#""table":"{users}","action":"dropped-column","column":"dd","definition":"{definition}","after":null,"indexes":[{{"name":"i","definition":"{index}"}}],"nullable":true"#
    )
}

fn table(definition: &str) -> String {
    format!(r#""table":"schema_migrations","action":"dropped-table","definition":"{definition}""#)
}

async fn only_definitions_are_taken_from_a_file(source: Source) {
    let mut connection = source.connect().await;
    run(
        &mut connection,
        "CREATE TABLE victim (a int); CREATE TABLE Users (Id varchar(26) PRIMARY KEY)",
    )
    .await;
    let definition = "CREATE TABLE `schema_migrations` (a int)";
    for record in [
        table(&format!("{definition}; DROP TABLE victim; -- ")),
        table(&format!("{definition} AS SELECT Id FROM Users")),
        table("CREATE TABLE `schema_migrations` LIKE `victim`"),
        table(&format!("{definition} ENGINE=InnoDB DATA DIRECTORY='/tmp'")),
        column("varchar(9); DROP TABLE victim; -- ", "KEY `i` (`dd`)"),
        column("varchar(9), RENAME TO `gone`", "KEY `i` (`dd`)"),
        column("varchar(9)", "KEY `i` (`dd`); DROP TABLE victim; -- "),
        column("varchar(9)", "KEY `i` (`dd`), DROP COLUMN `Id`"),
    ] {
        let undone =
            undo_file(&source, source.name(), &[&record], "", UndoOptions::default()).await;
        let undone = undone.unwrap_or_else(|error| panic!("{error:?}: {record}"));
        assert_eq!(undone.restored, 0, "{record}");
        assert_eq!(undone.conflicts.len(), 1, "{record}");
        assert_eq!(undone.conflicts[0].reason, "its definition in the file cannot be read");
        assert_eq!(tables(&source).await, ["Users", "victim"], "{record}");
    }
    // The same without the additions is restored.
    let records = [table(definition), column("varchar(9)", "KEY `i` (`dd`)")];
    let records: Vec<&str> = records.iter().map(String::as_str).collect();
    let undone = undo_file(&source, source.name(), &records, "", UndoOptions::default()).await;
    assert_eq!(undone.expect("undone").restored, 2);
    assert_eq!(tables(&source).await, ["Users", "schema_migrations", "victim"]);
}

async fn records_of_another_database_need_a_flag(source: Source) {
    let records = [table("CREATE TABLE `schema_migrations` (a int)")];
    let records: Vec<&str> = records.iter().map(String::as_str).collect();
    let refused = undo_file(&source, "und", &records, "", UndoOptions::default()).await;
    let error = refused.expect_err("another database");
    assert!(
        matches!(&error, Error::OtherDatabase { recorded, .. } if recorded == "und"),
        "{error}"
    );
    assert!(error.hint().expect("a hint").contains("`--undo-other-database`"));
    assert_eq!(tables(&source).await, [""; 0]);
    let accepted = UndoOptions { other_database: true, ..UndoOptions::default() };
    let undone = undo_file(&source, "und", &records, "", accepted).await.expect("undone");
    assert_eq!(undone.restored, 1);
}

async fn an_incomplete_last_line_needs_a_flag(source: Source) {
    let records = [table("CREATE TABLE `schema_migrations` (a int)")];
    let records: Vec<&str> = records.iter().map(String::as_str).collect();
    let (end, strict) = ("{\"record\":{\"run\":\"aa\",\"ba", UndoOptions::default());
    let error = undo_file(&source, source.name(), &records, end, strict).await.expect_err("cut");
    assert!(matches!(error, Error::Incomplete { line: 4, .. }), "{error}");
    assert!(error.hint().expect("a hint").contains("`--undo-incomplete`"));
    assert_eq!(tables(&source).await, [""; 0]);
    let accepted = UndoOptions { incomplete_file: true, ..strict };
    let undone = undo_file(&source, source.name(), &records, end, accepted).await.expect("undone");
    assert_eq!(undone.restored, 1);
}
