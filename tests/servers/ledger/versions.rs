//! Tables of older versions are upgraded with what they record; those of a newer version are errors.

use migration_assist::ledger::{
    self, ColumnZones, CopyCounts, CopySource, Error, FrozenSettings, PartBounds, VERSION,
};
use migration_assist::postgres::Connection;
use migration_assist::source_identity::{SourceIdentity, SourceKind};

use super::following::begin_following;
use super::{DIAGNOSTIC_ID, identity, proof, source};
use crate::support::postgres::Database;

/// The tables as version 1 made them, with a finished copy and a proof of 8 seconds.
const VERSION_1: &str = include_str!("version_1.sql");

/// The tables as version 2 made them, with a finished copy.
const VERSION_2: &str = include_str!("version_2.sql");

/// The tables as version 3 made them, with a finished copy and a proof.
const VERSION_3: &str = include_str!("version_3.sql");

async fn version(connection: &Connection) -> i32 {
    let statement = "SELECT version FROM migration_assist.ledger";
    connection.query_one(statement, &[]).await.expect("a version").get(0)
}

#[tokio::test]
async fn version_1_is_upgraded_with_what_it_records() {
    let database = Database::create().await;
    let connection = database.connect().await;
    connection.batch_execute("CREATE TABLE public.posts (id text)").await.expect("a table");
    connection.batch_execute(VERSION_1).await.expect("the tables of version 1");
    let proof = ledger::latest_proof(&connection, "public").await.unwrap().expect("a proof");
    assert!(!proof.is_outdated, "the copy was finished before");
    assert_eq!(version(&connection).await, VERSION);
    let copy = ledger::read_copy(&connection, "public").await.expect("a record");
    let unknown =
        SourceIdentity { kind: SourceKind::default(), address: String::new(), ..identity() };
    assert_eq!(copy.source.expect("a source").identity, unknown);
    assert_eq!(proof.source, unknown);
    let table = &copy.tables["posts"];
    assert!(table.is_complete() && !table.replaced);
    assert_eq!(table.counts().rows_quarantined, 1);
    assert_eq!(copy.removed.len(), 1);
    let frozen = ledger::read_freeze(&connection, "tcp(db:3306)").await.expect("a record");
    assert_eq!(frozen, Some(FrozenSettings { read_only: false, super_read_only: false }));
    let kept = ledger::take_switch(&connection, "public").await.expect("a record");
    assert_eq!(kept.as_deref(), Some("old"));
    assert_own_rows_are_recognised_after_another_copy(&connection).await;
}

#[tokio::test]
async fn version_2_is_upgraded_with_what_it_records() {
    let database = Database::create().await;
    let connection = database.connect().await;
    connection.batch_execute("CREATE TABLE public.posts (id text)").await.expect("a table");
    connection.batch_execute(VERSION_2).await.expect("the tables of version 2");
    let copy = ledger::read_copy(&connection, "public").await.expect("a record");
    assert_eq!(version(&connection).await, VERSION);
    assert!(copy.tables["posts"].is_complete() && !copy.tables["posts"].replaced);
    assert_eq!(ledger::phase_times(&connection, "public").await.unwrap().proof, Some(8.0));
    assert!(ledger::source_sums(&connection, "public").await.unwrap().is_empty());
    assert_own_rows_are_recognised_after_another_copy(&connection).await;
}

/// Older versions do not record which transactions wrote the rows.
async fn assert_own_rows_are_recognised_after_another_copy(connection: &Connection) {
    let foreign = async || {
        let key = ["id".to_owned()];
        let found = ledger::find_foreign_rows(connection, "public", "posts", &key).await;
        found.expect("rows").map(|it| (it.rows, it.keys))
    };
    assert_eq!(foreign().await, None);
    connection.batch_execute("INSERT INTO public.posts VALUES ('old')").await.expect("a row");
    assert_eq!(foreign().await, Some((1, vec!["old".to_owned()])));
    connection.batch_execute("BEGIN; DELETE FROM public.posts").await.expect("an empty table");
    ledger::forget_tables(connection, "public", &["posts"]).await.expect("no record");
    let part = (0, PartBounds { lower: None, upper: None });
    ledger::enter_tables(connection, "public", [("posts", vec![part])]).await.expect("a record");
    connection.batch_execute("INSERT INTO public.posts VALUES ('new')").await.expect("a row");
    let counts = CopyCounts { rows_written: 1, ..CopyCounts::default() };
    ledger::finish_part(connection, "public", "posts", 0, &counts).await.expect("a record");
    connection.batch_execute("COMMIT").await.expect("a commit");
    assert_eq!(foreign().await, None, "a copy wrote it");
    connection.batch_execute("INSERT INTO public.posts VALUES ('live')").await.expect("a row");
    assert_eq!(foreign().await, Some((1, vec!["live".to_owned()])));
}

#[tokio::test]
async fn a_version_1_of_one_command_is_upgraded() {
    let database = Database::create().await;
    let connection = database.connect().await;
    let statements = "CREATE SCHEMA migration_assist;
        CREATE TABLE migration_assist.proofs (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            verified_at timestamptz NOT NULL DEFAULT now(), target_schema text NOT NULL,
            source text NOT NULL, source_position text, proof boolean NOT NULL,
            sample double precision, tables bigint NOT NULL, source_rows bigint NOT NULL,
            differences bigint NOT NULL, tool_version text NOT NULL)";
    connection.batch_execute(statements).await.expect("one table of version 1");
    ledger::record_proof(&connection, &proof()).await.expect("a record");
    assert!(ledger::latest_proof(&connection, "public").await.unwrap().is_some());
}

#[tokio::test]
async fn sums_of_another_form_are_not_kept() {
    let database = Database::create().await;
    let connection = database.connect().await;
    ledger::record_source_sums(&connection, "public", [("Posts", 1, 2)]).await.expect("sums");
    let sums = async || ledger::source_sums(&connection, "public").await.expect("sums");
    assert_eq!(sums().await.len(), 1);
    let older = "UPDATE migration_assist.ledger SET version = 6";
    connection.batch_execute(older).await.expect("an older version");
    assert!(sums().await.is_empty());
    assert_eq!(version(&connection).await, VERSION);
}

#[tokio::test]
async fn version_2_is_upgraded() {
    let database = Database::create().await;
    let connection = database.connect().await;
    connection.batch_execute("CREATE TABLE public.posts (id text)").await.expect("a table");
    ledger::create(&connection).await.expect("a ledger");
    ledger::begin_copy(&connection, "public", &source()).await.expect("a record");
    let part = (0, PartBounds { lower: None, upper: None });
    ledger::enter_tables(&connection, "public", [("posts", vec![part])]).await.expect("a record");
    let older = "DROP TABLE migration_assist.copied_time_zones;
        ALTER TABLE migration_assist.copies ADD COLUMN source text;
        UPDATE migration_assist.copies SET source = 'mattermost';
        ALTER TABLE migration_assist.copies DROP COLUMN source_kind, DROP COLUMN source_server,
            DROP COLUMN source_content, DROP COLUMN source_database,
            DROP COLUMN source_diagnostic_id, DROP COLUMN source_address;
        UPDATE migration_assist.ledger SET version = 2";
    connection.batch_execute(older).await.expect("the tables of version 2");
    let copy = ledger::read_copy(&connection, "public").await.expect("a record");
    assert_eq!(version(&connection).await, VERSION);
    let database =
        SourceIdentity { database: "mattermost".to_owned(), ..SourceIdentity::default() };
    assert_eq!(copy.source, Some(CopySource { identity: database, ..source() }));
    assert_eq!(copy.tables["posts"].time_zones, ColumnZones::new());
}

#[tokio::test]
async fn the_source_of_version_3_is_taken_apart_once() {
    let database = Database::create().await;
    let connection = database.connect().await;
    let dumped = format!("mm old {DIAGNOSTIC_ID} (dump of 7 bytes, 0f)");
    let statements = format!(
        "{VERSION_2}
         UPDATE migration_assist.ledger SET version = 3;
         UPDATE migration_assist.copies SET source = '{dumped}';
         INSERT INTO migration_assist.proofs (target_schema, source, source_address, proof, tables,
             source_rows, differences, tool_version)
         VALUES ('public', 'mm old {DIAGNOSTIC_ID}', 'dump(a b.sql, 7 bytes, 0f, accepted: x)', true,
             1, 1, 0, '0'), ('server', 'mm old', 'tcp(db:3306)', true, 1, 1, 0, '0')"
    );
    connection.batch_execute("CREATE TABLE public.posts (id text)").await.expect("a table");
    connection.batch_execute(&statements).await.expect("the tables of version 3");
    let expected = SourceIdentity {
        kind: SourceKind::Dump { content: "7 bytes, 0f".to_owned() },
        database: "mm old".to_owned(),
        diagnostic_id: Some(DIAGNOSTIC_ID.to_owned()),
        address: String::new(),
    };
    let copy = ledger::read_copy(&connection, "public").await.expect("a record");
    assert_eq!(copy.source.expect("a source").identity, expected);
    let proof = async |schema| {
        let proof = ledger::latest_proof(&connection, schema).await.expect("a record");
        proof.expect("a proof").source
    };
    let file = SourceIdentity { address: "a b.sql".to_owned(), ..expected };
    assert_eq!(proof("public").await, file);
    let server = SourceIdentity {
        database: "mm old".to_owned(),
        address: "tcp(db:3306)".to_owned(),
        ..SourceIdentity::default()
    };
    assert_eq!(proof("server").await, server);
}

#[tokio::test]
async fn version_3_is_upgraded_with_what_it_records() {
    let database = Database::create().await;
    let connection = database.connect().await;
    connection.batch_execute("CREATE TABLE public.posts (id text)").await.expect("a table");
    connection.batch_execute(VERSION_3).await.expect("the tables of version 3");
    let proof = ledger::latest_proof(&connection, "public").await.unwrap().expect("a proof");
    assert!(!proof.is_outdated, "nothing follows into the target");
    assert_eq!(version(&connection).await, VERSION);
    let copy = ledger::read_copy(&connection, "public").await.expect("a record");
    assert_eq!(copy.source.expect("a source").start, None);
    assert!(copy.tables["posts"].is_complete() && !copy.tables["posts"].replaced);
    assert_eq!(ledger::read_following(&connection, "public").await.unwrap(), None);
    begin_following(&connection).await;
}

#[tokio::test]
async fn several_sessions_may_create_or_upgrade_it_at_once() {
    for start in ["SELECT", VERSION_1, VERSION_2, VERSION_3] {
        let database = Database::create().await;
        let connection = database.connect().await;
        connection.batch_execute("CREATE TABLE public.posts (id text)").await.expect("a table");
        connection.batch_execute(start).await.expect("the start");
        let sessions = futures_util::future::join_all((0..4).map(|_| database.connect())).await;
        let all = sessions.iter().map(ledger::create);
        for outcome in futures_util::future::join_all(all).await {
            outcome.expect("a ledger");
        }
        assert_eq!(version(&connection).await, VERSION);
    }
}

#[tokio::test]
async fn a_newer_version_is_an_error_that_names_both() {
    let database = Database::create().await;
    let connection = database.connect().await;
    ledger::create(&connection).await.expect("a ledger");
    let newer = "UPDATE migration_assist.ledger SET version = 99";
    connection.batch_execute(newer).await.expect("another version");
    let error = ledger::read_copy(&connection, "public").await.expect_err("not understood");
    assert!(matches!(error, Error::Newer { found: 99, supported: VERSION }), "{error}");
    assert_eq!(
        error.to_string(),
        "the target's schema `migration_assist` has version 99; this program supports versions up to 7"
    );
    assert!(ledger::record_proof(&connection, &proof()).await.is_err());
    assert_eq!(version(&connection).await, 99);
}
