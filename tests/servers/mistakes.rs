//! The guide of the Go tool, typed with its mistakes: the first command that can notice one names it.

use std::process::Command;

use crate::sample::Sample;
use crate::support::mysql::{Source, on_both_flavours, run as run_sql};
use crate::support::postgres::Database;
use crate::support::program::{Run, command, finish};
use crate::workspace::load;

on_both_flavours!(
    a_schema_for_another_version_is_noticed_when_it_is_built,
    a_dry_run_shows_keys_and_lengths_and_values_only_if_asked,
);

fn run_in(folder: &tempfile::TempDir, arguments: &[&str]) -> Run {
    let mut command = command(arguments);
    command.current_dir(folder.path());
    finish(command)
}

async fn a_schema_for_another_version_is_noticed_when_it_is_built(source: Source) {
    load(&source, Sample { posts: 200, awkward: false }).await;
    let (folder, target) = (tempfile::tempdir().expect("a folder"), Database::create().await);
    let (source, target) = (source.dsn.render().expose().to_owned(), target.dsn.render());
    drop(run_in(&folder, &["mysql", &source]));
    assert!(folder.path().join("mysql.output").exists());
    let build = ["postgres", &target, "--run-migrations", "--mattermost-version=10.5.4"];
    let done = run_in(&folder, &build).expect(0);
    let hint = "migration-assist postgres --run-migrations --applied-migrations mysql.output";
    drop(
        done.says("`mysql.output` in this folder is of a source with other migrations").says(hint),
    );
    // Nothing was loaded.
    let finished = run_in(&folder, &["post-migrate", &target, "--format=json"]).expect(1);
    let finished = finished.says("has rows: nothing was loaded").says("migration-assist copy");
    assert_eq!(finished.json()["report"]["next"][0]["command"], "migration-assist copy");
    let missing =
        run_in(&folder, &["postgres", &target, "--applied-migrations", "nofile"]).expect(2);
    drop(missing.says("migration-assist mysql --output nofile"));
}

/// The command in the hint of a failure.
fn hinted(run: &Run) -> &str {
    let hint = run.stderr.split_once("\nhint: ").map_or("", |(_, hint)| hint);
    hint.split('`').nth(1).unwrap_or_else(|| panic!("no command in the hint: {}", run.stderr))
}

#[test]
fn a_file_that_cannot_be_read_comes_with_a_command_that_works() {
    const SOURCE: &str = "mm:secret@tcp(127.0.0.1:1)/mm";
    const TARGET: &str = "postgres://mm:secret@127.0.0.1:1/mm";
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("a folder")).expect("a folder");
    for file in ["nothing", "no folder/nothing", "a folder"] {
        let source_with_ca = format!("{SOURCE}?tls=true&tls-ca={file}");
        let target_with_ca = format!("{TARGET}?sslmode=verify-full&sslrootcert={file}");
        for arguments in [
            &["mysql", "--dump", file][..],
            &["migrate", "--dump", file, TARGET],
            &["copy", "--dump", file, TARGET],
            &["verify", "--dump", file, TARGET],
            &["mysql", "--config", file],
            &["mysql", "--mysql-dsn-file", file],
            &["postgres", "--postgres-dsn-file", file],
            &["follow", "--mysql-dsn-file", file],
            &["pgloader", "--config", file],
            &["postgres", TARGET, "--run-migrations", "--applied-migrations", file],
            &["postgres", TARGET, "--run-migrations", "--migrations-dir", file],
            &["mysql", SOURCE, "--undo", file],
            &["mysql", &source_with_ca],
            &["postgres", &target_with_ca],
            &["cutover", TARGET, "--config", file],
            &["explain", file],
            &["report", "--html", "page.html", file],
        ] {
            let run = run_in(&folder, arguments).expect(2).never_shows("secret");
            let command = hinted(&run);
            if command.starts_with("migration-assist") {
                continue;
            }
            let ran = Command::new("sh").args(["-c", command]).current_dir(&folder).output();
            assert!(ran.expect("a shell").status.success(), "{arguments:?}: {command}");
        }
    }
}

#[test]
fn a_file_that_cannot_be_written_is_named_before_the_work() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("report.json"), r#"{"version": 1, "command": "version"}"#)
        .expect("a file");
    let dsn = "mm:secret@tcp(127.0.0.1:1)/mm";
    for arguments in [
        &["mysql", dsn, "--output", "no folder/file"][..],
        &["mysql", dsn, "--schema-report", "no folder/file"],
        &["version", "--log", "no folder/file"],
        &["version", "--progress-file", "no folder/file"],
    ] {
        let run = run_in(&folder, arguments).expect(2);
        assert_eq!(hinted(&run), "mkdir -p 'no folder'", "{arguments:?}");
    }
}

#[test]
fn an_empty_dsn_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, variable) in
        [("mysql", "MIGRATION_ASSIST_MYSQL_DSN"), ("postgres", "MIGRATION_ASSIST_POSTGRES_DSN")]
    {
        let run = run_in(&folder, &[name, ""]).expect(2).says("DSN is empty");
        assert!(hinted(&run).starts_with(&format!("export {variable}=")), "{}", run.stderr);
    }
}

#[test]
fn a_dsn_of_the_other_database_is_named_as_such() {
    let folder = tempfile::tempdir().expect("a folder");
    let source = "mm:planted@tcp(127.0.0.1:1)/mm";
    let target = "postgres://mm:planted@127.0.0.1:1/mm";
    let as_source = run_in(&folder, &["mysql", target]).expect(2).never_shows("planted");
    drop(
        as_source
            .says("a PostgreSQL DSN was given for the source")
            .says("migration-assist postgres"),
    );
    let as_target = run_in(&folder, &["postgres", source]).expect(2).never_shows("planted");
    drop(as_target.says("a MySQL DSN was given for the target").says("migration-assist mysql"));
    drop(run_in(&folder, &["mysql", ""]).expect(2).says("DSN is empty"));
    drop(run_in(&folder, &["postgres", ""]).expect(2).says("DSN is empty"));
    let twice = ["migrate", "--mysql", target, "--postgres", source];
    drop(
        run_in(&folder, &twice).expect(2).never_shows("planted").says("a PostgreSQL DSN was given"),
    );
}

async fn a_dry_run_shows_keys_and_lengths_and_values_only_if_asked(source: Source) {
    load(&source, Sample { posts: 200, awkward: false }).await;
    let mut connection = source.connect().await;
    let plant = "UPDATE Posts SET Message = CONCAT('planted', CHAR(0), 'text') ORDER BY Id LIMIT 1";
    run_sql(&mut connection, plant).await;
    let first = "SELECT Id FROM Posts ORDER BY Id LIMIT 1";
    let id: String = connection.query_one(first).await.expect("a post");
    let folder = tempfile::tempdir().expect("a folder");
    let dsn = source.dsn.render().expose().to_owned();
    let repair = ["mysql", &dsn, "--fix-unicode", "--dry-run"];
    let lengths = format!("{id}: 12 characters, then 11 characters");
    drop(run_in(&folder, &repair).never_shows("planted").says(&lengths));
    let shown = run_in(&folder, &[&repair[..], &["--show-values"]].concat());
    drop(shown.says(&lengths).says("new: plantedtext"));
}
