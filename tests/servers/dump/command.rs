//! `mysql --dump` as a user runs it.

use std::fs;

use migration_assist::release::Document;

use super::program::{compressed, dump};
use crate::support::mysql::{Source, on_both_flavours, run, stored_name};
use crate::support::program;
use crate::workspace::{build, newest};

on_both_flavours!(a_dump_is_checked_in_every_packing, a_report_is_given_away_without_values);

const AWKWARD: &str = include_str!("../../../testdata/workspace/awkward.sql");

async fn a_dump_is_checked_in_every_packing(source: Source) {
    build(&source, &newest()).await;
    run(&mut source.connect().await, AWKWARD).await;
    let plain = dump(&source, &[]);
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str| folder.path().join(name);
    fs::write(file("plain.sql"), &plain).expect("written");
    fs::write(file("compressed.sql.gz"), compressed("gzip", &plain)).expect("written");
    fs::write(file("compressed.sql.zst"), compressed("zstd", &plain)).expect("written");
    let mut reports = Vec::new();
    for name in ["plain.sql", "compressed.sql.gz", "compressed.sql.zst", "-"] {
        let path = if name == "-" { "-".into() } else { file(name) };
        let named = format!("--dump {}", path.display());
        let mut command = program::command(["mysql", "--format", "json", "--dump"]);
        command.arg(path).current_dir(folder.path());
        if name == "-" {
            command.stdin(fs::File::open(file("compressed.sql.gz")).expect("a file"));
        }
        let run = program::finish(command).expect(1);
        // The commands that the report offers name the file.
        let report = run.json()["report"].to_string().replace(&named, "--dump FILE");
        reports.push(serde_json::from_str::<serde_json::Value>(&report).expect("JSON"));
    }
    assert!(reports[0]["findings"].as_array().is_some_and(|findings| findings.len() > 20));
    for report in &reports {
        assert_eq!(*report, reports[0]);
    }
    let document = fs::read_to_string(file("mysql.output")).expect("the document");
    let document = Document::parse(&document).expect("a document");
    assert_eq!(document.applied_migrations.to_string(), "1-109, 111-144, 195");
    assert_eq!(reports[0]["server"].as_str(), document.server.as_deref());
}

async fn a_report_is_given_away_without_values(source: Source) {
    build(&source, &newest()).await;
    let sql = "INSERT INTO Posts (Id, Message, Props) VALUES ('secretid', 'secretmessage', 'null');
               INSERT INTO Preferences VALUES ('secretuser', 'c', 'secretname', 'secret\\0value');";
    run(&mut source.connect().await, sql).await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str| folder.path().join(name);
    for (name, flags) in [("full", &[][..]), ("bare", &["--no-data"])] {
        fs::write(file(name), dump(&source, flags)).expect("written");
        let mut command =
            program::command(["mysql", "--dump", name, "--schema-report", "report", "--force"]);
        command.current_dir(folder.path());
        let run = program::finish(command);
        let text = fs::read_to_string(file("report")).expect("a report");
        assert!(!text.contains("secret"), "{text}");
        let report: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(report["kind"], "schema-report");
        // Without rows of `db_migrations`, the oldest releases that the schema fits.
        let release = if name == "full" { "10.11.21" } else { "10.11.16 to 10.11.17" };
        assert_eq!(report["release"], release);
        assert_eq!(report["schema"][stored_name("Posts")]["columns"][0]["name"], "Id");
        let said = if name == "full" { "nul-byte" } else { "definitions and no rows" };
        run.says(said).expect(i32::from(name == "full"));
        assert!(file("mysql.output").exists(), "the first run wrote it");
    }
}
