//! `mysql` as a user types it.

use migration_assist::migrations;
use migration_assist::mysql::{Address, Dsn};
use migration_assist::release::{Document, MigrationSet};
use migration_assist::secret::Secret;

use crate::sample::Sample;
use crate::support::mysql::{
    Source, administrator, on_both_flavours, run as execute, with_database,
};
use crate::support::program::{Run, command, finish, run};
use crate::workspace::{build, load};

fn mysql(dsn: &Dsn, arguments: &[&str], folder: &tempfile::TempDir) -> Run {
    let rendered = dsn.render();
    let mut command = command(["mysql", rendered.expose()].iter().chain(arguments));
    command.current_dir(folder.path());
    finish(command)
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

/// What an account that may only SELECT sees of an untroubled workspace of an older release.
async fn writes_down_the_migrations_of_a_clean_source(mut source: Source) {
    let set: MigrationSet = "1-101,105,107,113".parse().expect("a set");
    build(&source, &set).await;
    let reader = source.account("SELECT", "BY 'secret-w0rd'").await;
    let reader = Dsn { password: Secret::new("secret-w0rd"), ..reader };
    let folder = folder();
    mysql(&reader, &[], &folder)
        .expect(0)
        .says("Mattermost 7.8.11 to 7.8.15:")
        .never_shows("secret-w0rd");
    let written = std::fs::read_to_string(folder.path().join("mysql.output")).expect("a document");
    let document = Document::parse(&written).expect("our own document");
    assert_eq!(document.applied_migrations, set);
    assert_eq!(document.release.as_deref(), Some("7.8.11 to 7.8.15"));
    // An older document is replaced; any other file is not.
    let other: MigrationSet = "1-104".parse().expect("a set");
    std::fs::write(folder.path().join("mysql.output"), Document::new(other).render())
        .expect("written");
    mysql(&reader, &[], &folder).expect(0);
    std::fs::write(folder.path().join("mysql.output"), "notes").expect("written");
    mysql(&reader, &[], &folder).expect(2).says("`mysql.output` exists, and this tool did not");
    mysql(&reader, &["--force"], &folder).expect(0);
    let again = std::fs::read_to_string(folder.path().join("mysql.output")).expect("a document");
    assert_eq!(again, written);
}

async fn a_redirected_standard_output_takes_the_document(source: Source) {
    let set: MigrationSet = "1-109,111-119".parse().expect("a set");
    build(&source, &set).await;
    let folder = folder();
    let path = folder.path().join("redirected");
    let mut command = command(["mysql", source.dsn.render().expose()]);
    command.current_dir(folder.path());
    command.stdout(std::fs::File::create(&path).expect("a file"));
    let status = command.stderr(std::process::Stdio::null()).status().expect("the binary runs");
    assert_eq!(status.code(), Some(0));
    let document = Document::parse(&std::fs::read_to_string(&path).expect("a document"));
    assert_eq!(document.expect("our own document").applied_migrations, set);
    let kept = std::fs::read_to_string(folder.path().join("mysql.output")).expect("a document");
    assert!(Document::parse(&kept).is_ok(), "it is written wherever standard output goes");
}

async fn is_content_with_the_sessions_that_the_server_grants(mut source: Source) {
    let set: MigrationSet = "1-109,111-119".parse().expect("a set");
    build(&source, &set).await;
    let account = source.account("ALL", "BY 'secret-w0rd'").await;
    let account = Dsn { password: Secret::new("secret-w0rd"), ..account };
    let limit = format!("ALTER USER {}@'%' WITH MAX_USER_CONNECTIONS 2", account.user);
    execute(&mut source.connect().await, &limit).await;
    let folder = folder();
    mysql(&account, &[], &folder).expect(0).says("applied migrations: written");
    mysql(&account, &["--fix", "all"], &folder).expect(0);
}

async fn finds_every_problem_of_the_awkward_workspace(source: Source) {
    load(&source, Sample { posts: 1200, awkward: true }).await;
    let report = mysql(&source.dsn, &["--format=json"], &folder()).expect(1).json();
    let findings = report["report"]["findings"].as_array().expect("findings");
    let of = |id: &str| -> (usize, u64) {
        let found = findings.iter().filter(|finding| finding["id"] == id);
        let rows = found.clone().map(|finding| finding["count"].as_u64().expect("a count")).sum();
        (found.count(), rows)
    };
    // The figures are in testdata/workspace/README.md: columns, then rows.
    assert_eq!(of("leftover-table"), (1, 1));
    assert_eq!(of("leftover-column").0, 5);
    assert_eq!(of("nul-escape"), (18, 22));
    assert_eq!(of("nul-byte"), (6, 7));
    assert_eq!(of("too-long"), (28, 29));
    // Looking has changed nothing.
    let mut connection = source.connect().await;
    let tables: Vec<String> =
        connection.query("SHOW TABLES LIKE 'schema_migrations'").await.expect("one");
    assert_eq!(tables, ["schema_migrations"]);
}

async fn wrong_input_is_named_with_the_next_step(source: Source) {
    let folder = folder();
    let secret = "s3cret-p@ss";
    let with = |change: &dyn Fn(&mut Dsn)| {
        let mut dsn = source.dsn.clone();
        dsn.password = Secret::new(secret);
        change(&mut dsn);
        mysql(&dsn, &[], &folder).expect(2).says("hint:").never_shows(secret)
    };
    with(&|_| ()).says("does not let `root` in");
    with(&|dsn| dsn.address = Address::Tcp { host: "127.0.0.1".to_owned(), port: 1 })
        .says("127.0.0.1:1");
    let right = administrator(source.flavour);
    mysql(&with_database(&right, "nope"), &[], &folder).expect(2).says("`nope`");
    mysql(&source.dsn, &[], &folder).expect(2).says("holds no Mattermost");
    mysql(&right, &[], &folder).expect(2).says("database");
    let mut connection = source.connect().await;
    execute(&mut connection, "CREATE TABLE db_migrations (Version bigint, Name varchar(64))").await;
    let future = format!("INSERT INTO db_migrations VALUES {}, (9999, 'from_the_future')", rows());
    execute(&mut connection, &future).await;
    mysql(&source.dsn, &[], &folder).says("9999");
}

fn rows() -> String {
    let rows = migrations::source().iter().map(|it| format!("({}, '{}')", it.number, it.name));
    rows.collect::<Vec<_>>().join(", ")
}

#[test]
fn a_malformed_dsn_is_refused_without_showing_it() {
    for dsn in ["mmuser:s3cret@tcp(localhost:3306", "s3cret", "postgres://u:s3cret@host/db"] {
        run(["mysql", dsn]).expect(2).says("hint:").never_shows("s3cret");
    }
    run(["mysql"]).expect(2).says("no MySQL DSN was given").says("MIGRATION_ASSIST_MYSQL_DSN");
    run(["mysql", "--config", "/nonexistent"]).expect(2).says("cannot read `/nonexistent`");
}

/// A decision is one command; what would have no effect is refused before anything is written.
async fn decisions_are_whole_commands(source: Source) {
    let set: MigrationSet = "1-109,111-144,195".parse().expect("a set");
    build(&source, &set).await;
    let list = format!("CONCAT('[', REPEAT('\"{}\",', 12), '\"last\"]')", "f".repeat(26));
    let sql = format!(
        "SET SESSION sql_mode = '', foreign_key_checks = 0;
         INSERT INTO Posts (Id, FileIds, Filenames, Props, Message) VALUES ('p', {list}, '[]', '{{}}', ''),
            ('cut', '[\"a\",\"b', '[]', '{{}}', '');
         INSERT INTO ChannelBookmarks (Id, SortOrder) VALUES ('b', 3000000000)"
    );
    execute(&mut source.connect().await, &sql).await;
    let folder = folder();
    let refused = |flags: &[&str], message: &str, hint: &str| {
        mysql(&source.dsn, flags, &folder).expect(2).says(message).says(hint);
    };
    let decided = ["--fix-varchar", "--on-overflow", "Posts.FileId=null"];
    refused(
        &decided,
        "the source has no column `Posts.FileId`",
        "`--on-overflow Posts.FileIds=null`",
    );
    let decided = ["--fix-varchar", "--on-overflow", "Posts.Id=null"];
    refused(&decided, "no text is too long for column `Posts.Id`", "nearest column");
    let decided = ["--fix-varchar", "--on-overflow", "posts.fileids=delete"];
    refused(&decided, "not allowed for column `Posts.FileIds`", "truncate, null, keep");
    refused(
        &["--on-overflow", "Posts.FileIds=null"],
        "without `--fix-varchar`",
        "add `--fix-varchar`, or `--fix decided` to change that column alone",
    );
    refused(
        &["--fix-json", "--on-overflow", "Posts.FileIds=null"],
        "no effect",
        "add `--fix-varchar`",
    );
    refused(&["--dry-run"], "`--dry-run` has no effect without a repair flag", "add `--fix all`");
    assert!(!folder.path().join("quarantine.jsonl").exists());

    let first = mysql(&source.dsn, &["--format=json"], &folder).expect(1);
    let report = first.json();
    let findings = report["report"]["findings"].as_array().expect("findings");
    let of = |id: &str| findings.iter().find(|it| it["id"] == id).expect("a finding");
    assert!(of("too-long")["fix"].is_null());
    assert_eq!(
        of("out-of-range")["statement"],
        "UPDATE `ChannelBookmarks` SET `SortOrder` = 0 /* allowed: -2147483648 to 2147483647 */ \
         WHERE `Id` = 'b';"
    );
    first
        .says("stops the copy: 2 findings (one command repairs: 0; need a decision: 2)")
        .says("hint: choose one:")
        .says("\n    migration-assist mysql --fix decided --on-invalid ChannelBookmarks.SortOrder=nearest \
               --on-overflow Posts.FileIds=truncate\n");
    // The first choice, as a shell reads it.
    let command = of("too-long")["choices"][0]["command"].as_str().expect("a command");
    let words: Vec<&str> = command.split(' ').skip(2).collect();
    assert_eq!(words, ["--fix", "decided", "--on-overflow", "Posts.FileIds=truncate"]);
    mysql(&source.dsn, &[&words[..], &["--dry-run"]].concat(), &folder)
        .expect(1)
        .says("1 to alter");
    mysql(&source.dsn, &words, &folder).expect(1).says("1 altered");
    let mut connection = source.connect().await;
    let list: Option<String> = connection
        .query_optional("SELECT FileIds FROM Posts WHERE Id = 'p'")
        .await
        .expect("a list");
    let list: Vec<String> = serde_json::from_str(&list.expect("a list")).expect("JSON");
    assert_eq!(list, vec!["f".repeat(26); 10], "as many whole elements as fit");
    mysql(&source.dsn, &["--fix-json"], &folder).expect(1).says("not-json-list");
    let statement = of("out-of-range")["statement"].as_str().expect("a statement");
    execute(&mut connection, statement).await;
    let repaired = mysql(&source.dsn, &[], &folder).says("hint: run `migration-assist migrate`");
    for id in ["too-long", "not-json-list", "out-of-range"] {
        assert!(!repaired.stderr.contains(id), "{id}: {}", repaired.stderr);
    }
    mysql(&source.dsn, &["--undo", "quarantine.jsonl"], &folder).expect(0);
    mysql(&source.dsn, &[], &folder)
        .expect(1)
        .says("[too-long] Posts.FileIds")
        .says("not-json-list");
}

on_both_flavours![
    decisions_are_whole_commands,
    writes_down_the_migrations_of_a_clean_source,
    a_redirected_standard_output_takes_the_document,
    is_content_with_the_sessions_that_the_server_grants,
    finds_every_problem_of_the_awkward_workspace,
    wrong_input_is_named_with_the_next_step,
];
