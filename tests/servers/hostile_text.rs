//! Names and keys with control characters: nothing that is printed steers a terminal or forges a line.

use std::fs;

use migration_assist::mysql::{Access, Flavour};

use crate::sample::Sample;
use crate::support::mysql::{Source, open, run};
use crate::support::postgres::Database;
use crate::support::program::{command, finish};
use crate::workspace::load;

/// What a line must not begin with: it is in a table's name and in a key.
const FORGED: &str = "ok: forged";

/// Fails on a character that steers a terminal, and on a forged line.
fn assert_harmless(text: &str, origin: &str) {
    let is_hidden =
        |it: char| it != '\n' && (it.is_control() || matches!(it, '\u{202a}'..='\u{202e}'));
    assert!(!text.contains(is_hidden), "{origin}: {text:?}");
    let is_forged = |line: &str| line.starts_with(FORGED) || line.ends_with("Z ok: forged");
    assert!(!text.lines().any(is_forged), "{origin}: {text}");
}

#[tokio::test]
async fn hostile_names_and_keys_are_spelled_out_on_the_terminal_in_the_log_and_in_json() {
    for flavour in [Flavour::MySql, Flavour::MariaDb] {
        let source = Source::create(flavour).await;
        load(&source, Sample { posts: 50, awkward: false }).await;
        let mut connection = open(&source.dsn, Access::Writing).await;
        // ESC, BEL, a line break, RIGHT-TO-LEFT OVERRIDE; the NUL makes the row a finding.
        run(&mut connection, "CREATE TABLE `a\u{1b}[31m\n ok: forged\nok: forged\u{202e}` (Id varchar(26) PRIMARY KEY)").await;
        run(
            &mut connection,
            "INSERT INTO Preferences (UserId, Category, Name, Value) VALUES \
             ('u', 'c', _utf8mb4 X'1B5D303B78071B5B33316D0A6F6B3A20666F72676564E280AE', _utf8mb4 X'6100')",
        )
        .await;
        let target = Database::create().await;
        let folder = tempfile::tempdir().expect("a folder");
        let log = folder.path().join("log");
        let (mysql, postgres) = (source.dsn.render(), target.dsn.render());

        let mut check = command(["mysql", mysql.expose(), "--force"]);
        check.current_dir(folder.path());
        let checked = finish(check);
        assert!(
            checked.stderr.contains("\\u{1b}]0;x\\u{7}\\u{1b}[31m\\nok: forged\\u{202e}"),
            "{}",
            checked.stderr
        );
        assert!(
            checked.stderr.contains("a\\u{1b}[31m\\n ok: forged\\nok: forged\\u{202e}"),
            "{}",
            checked.stderr
        );
        assert_harmless(&checked.stderr, "the check");

        let sides = [
            "--mysql",
            mysql.expose(),
            "--postgres",
            &postgres,
            "--log",
            log.to_str().expect("UTF-8"),
        ];
        let flags = ["--fix-in-flight", "--copy-unknown", "--format", "json"];
        let mut migrate = command([&["migrate"][..], &sides, &flags].concat());
        migrate.current_dir(folder.path());
        let migrated = finish(migrate);
        assert!(migrated.stderr.contains("\\nok: forged"), "{}", migrated.stderr);
        assert_harmless(&migrated.stderr, "the migration");
        assert_harmless(&migrated.stdout, "the report");
        assert_harmless(&fs::read_to_string(&log).expect("a log"), "the log");
        let report: serde_json::Value = serde_json::from_str(&migrated.stdout).expect("JSON");
        let tables = report["report"]["checks"]["tables"].as_array().expect("tables");
        assert!(
            tables.iter().any(|it| it["table"].as_str().is_some_and(|it| it.contains('\u{1b}'))),
            "JSON keeps the name"
        );
    }
}
