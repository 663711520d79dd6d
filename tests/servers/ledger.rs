//! The ledger: what one command writes, another reads, and older versions are upgraded.

mod following;
mod versions;

use std::sync::LazyLock;

use migration_assist::convert::{AmbiguousTimes, ColumnZone, LocalTimes, TimeZones};
use migration_assist::ledger::{
    self, ColumnZones, CopyCounts, CopySource, Covers, DecisionRecord, Definition, FrozenSettings,
    NewProof, PartBounds, Phase, PhaseTimes, Stage,
};
use migration_assist::source_identity::{SourceIdentity, SourceKind};

use crate::support::postgres::{Database, Role};
/// The id of the workspace in the tables of older versions.
const DIAGNOSTIC_ID: &str = "abcdefghijklmnopqrstuvwxy1";

fn identity() -> SourceIdentity {
    SourceIdentity {
        kind: SourceKind::Server { server: Some("uuid".to_owned()) },
        database: "mattermost".to_owned(),
        diagnostic_id: Some(DIAGNOSTIC_ID.to_owned()),
        address: "tcp(db:3306)".to_owned(),
    }
}

fn source() -> CopySource {
    CopySource {
        identity: identity(),
        position: Some("binlog.000001:157".to_owned()),
        time: Some("2026-01-31 12:00:00".to_owned()),
        last_write: None,
        start: None,
    }
}

fn proof() -> NewProof<'static> {
    static IDENTITY: LazyLock<SourceIdentity> = LazyLock::new(identity);
    NewProof {
        schema: "public",
        source: &IDENTITY,
        doubts: &[],
        position: Some("binlog.000001:157"),
        proof: true,
        sample: None,
        tables: 2,
        rows: 7,
        differences: 0,
        left_out: 3,
        seconds: 0.0,
        applied: None,
        covers: Covers::All,
    }
}

/// Zones with each choice for ambiguous times.
fn column_zones() -> ColumnZones {
    let times = |zone: &str, ambiguous, by_row| LocalTimes {
        zone: zone.parse().expect("a time zone"),
        ambiguous,
        by_row,
    };
    [
        ("Seen", times("Europe/Berlin", AmbiguousTimes::Later, false)),
        ("Sent", times("+09:00", AmbiguousTimes::Fail, true)),
        ("Read", times("UTC", AmbiguousTimes::Earlier, false)),
    ]
    .map(|(column, times)| (column.to_owned(), times))
    .into()
}

#[tokio::test]
async fn a_target_without_a_ledger_has_nothing_on_record() {
    let database = Database::create().await;
    let connection = database.connect().await;
    assert_eq!(
        ledger::read_copy(&connection, "public").await.unwrap(),
        ledger::CopyRecord::default()
    );
    assert_eq!(ledger::latest_proof(&connection, "public").await.unwrap(), None);
    assert_eq!(ledger::read_freeze(&connection, "tcp(db:3306)").await.unwrap(), None);
    assert_eq!(ledger::take_switch(&connection, "public").await.unwrap(), None);
    assert_eq!(ledger::phase_times(&connection, "public").await.unwrap(), PhaseTimes::default());
    assert!(!ledger::exists(&connection).await.unwrap(), "reading must not create it");
}

#[tokio::test]
async fn a_copy_is_read_as_it_was_written() {
    let database = Database::create().await;
    let mut connection = database.connect().await;
    connection.batch_execute("CREATE TABLE public.posts (id text)").await.expect("a table");
    ledger::create(&connection).await.expect("a ledger");
    let definition = |stage, name: &str| Definition {
        table: "posts".to_owned(),
        name: name.to_owned(),
        stage,
        statement: format!("CREATE INDEX {name} ON posts (id)"),
    };
    let definitions = [Stage::Key, Stage::Index, Stage::FullText, Stage::ForeignKey]
        .map(|stage| definition(stage, &format!("{stage:?}").to_lowercase()));
    let bounds = |lower: Option<&str>, upper: Option<&str>| PartBounds {
        lower: lower.map(str::to_owned),
        upper: upper.map(str::to_owned),
    };
    let parts = vec![(0, bounds(None, Some("6d"))), (1, bounds(Some("6d"), None))];
    let transaction = connection.transaction().await.expect("a transaction");
    ledger::begin_copy(&transaction, "public", &source()).await.expect("a record");
    ledger::record_definitions(&transaction, "public", &definitions).await.expect("a record");
    ledger::enter_tables(&transaction, "public", [("posts", parts)]).await.expect("a record");
    let zones = column_zones();
    ledger::record_time_zones(&transaction, "public", "posts", &zones).await.expect("a record");
    transaction.commit().await.expect("a commit");

    assert!(ledger::claim_part(&connection, "public", "posts", 1).await.unwrap());
    let counts = CopyCounts {
        rows_read: 5,
        rows_written: 3,
        rows_quarantined: 2,
        rows_left_out: 0,
        bytes: 99,
        seconds: 0.5,
        changes: [("Message".to_owned(), [("nul-removed".to_owned(), 1)].into())].into(),
    };
    ledger::finish_part(&connection, "public", "posts", 1, &counts).await.expect("a record");
    assert!(!ledger::claim_part(&connection, "public", "posts", 1).await.unwrap(), "copied");
    assert!(!ledger::claim_part(&connection, "public", "posts", 2).await.unwrap(), "no such part");
    ledger::record_failure(&connection, "public", "posts", "why").await.expect("a record");
    ledger::record_work(&connection, "public", 2.5).await.expect("a record");
    assert!(ledger::forget_definition(&connection, "public", &definitions[1]).await.unwrap());
    assert!(!ledger::forget_definition(&connection, "public", &definitions[1]).await.unwrap());

    let copy = ledger::read_copy(&connection, "public").await.expect("a record");
    assert_eq!(copy.source, Some(source()));
    assert!(copy.started_at.is_some() && copy.finished_at.is_none());
    assert!((copy.worked_seconds - 2.5).abs() < 1e-9, "{}", copy.worked_seconds);
    let table = &copy.tables["posts"];
    assert_eq!((table.replaced, table.failure.as_deref()), (false, Some("why")));
    assert!(!table.is_complete());
    assert_eq!(table.counts(), counts);
    assert_eq!(table.time_zones, zones);
    let known = copy.time_zones();
    let seen = ColumnZone::Known(zones["Seen"].clone());
    assert_eq!(known.of("Posts", "Seen"), Some(&seen));
    assert_eq!(table.parts[0].bounds, bounds(None, Some("6d")));
    let mut removed: Vec<_> = copy.removed.iter().map(|it| (it.stage, it.name.as_str())).collect();
    removed.sort_unstable();
    let kept =
        [(Stage::Key, "key"), (Stage::FullText, "fulltext"), (Stage::ForeignKey, "foreignkey")];
    assert_eq!(removed, kept);

    ledger::finish_copy(&connection, "public").await.expect("a record");
    let recreated = "DROP TABLE public.posts; CREATE TABLE public.posts (id text)";
    connection.batch_execute(recreated).await.expect("another table of that name");
    let copy = ledger::read_copy(&connection, "public").await.expect("a record");
    assert!(copy.finished_at.is_some() && copy.tables["posts"].replaced);
    assert_eq!(copy.time_zones(), TimeZones::default(), "another table has the name");
    ledger::forget_tables(&connection, "public", &["posts"]).await.expect("no record");
    let copy = ledger::read_copy(&connection, "public").await.expect("a record");
    assert!(copy.tables.is_empty() && copy.removed.is_empty(), "{copy:?}");
    let statement = "SELECT FROM migration_assist.copied_time_zones";
    assert!(connection.query(statement, &[]).await.expect("rows").is_empty());
    let other = ledger::read_copy(&connection, "other").await.expect("a record");
    assert_eq!(other, ledger::CopyRecord::default());
}

#[tokio::test]
async fn a_copy_that_changes_rows_outdates_the_proof_and_no_other_does() {
    let database = Database::create().await;
    let connection = database.connect().await;
    ledger::create(&connection).await.expect("a ledger");
    ledger::begin_copy(&connection, "public", &source()).await.expect("a record");
    ledger::finish_copy(&connection, "public").await.expect("a record");
    ledger::record_proof(&connection, &proof()).await.expect("a record");
    let is_outdated = async || {
        let proof = ledger::latest_proof(&connection, "public").await.expect("a record");
        proof.expect("a proof").is_outdated
    };
    let latest = ledger::latest_proof(&connection, "public").await.unwrap().expect("a proof");
    assert_eq!((latest.source, latest.doubts), (identity(), Vec::<String>::new()));
    assert_eq!(latest.position.as_deref(), Some("binlog.000001:157"));
    assert_eq!(latest.left_out, 3);
    assert!(latest.proof && !latest.has_differences && !latest.is_outdated);
    ledger::confirm_copy(&connection, "public").await.expect("a record");
    assert!(!is_outdated().await, "no row was copied");
    ledger::resume_copy(&connection, "public", None).await.expect("a record");
    assert!(is_outdated().await, "a copy has begun");
    ledger::finish_copy(&connection, "public").await.expect("a record");
    assert!(is_outdated().await, "rows were copied");
    // A copy that changed rows while they were compared.
    ledger::record_proof(&connection, &NewProof { seconds: 60.0, ..proof() }).await.unwrap();
    assert!(is_outdated().await, "the comparison began before");
    ledger::record_proof(&connection, &proof()).await.expect("a record");
    assert!(!is_outdated().await);
}

#[tokio::test]
async fn freezes_switches_and_times_are_read_as_they_were_written() {
    let database = Database::create().await;
    let connection = database.connect().await;
    let before = FrozenSettings { read_only: true, super_read_only: false };
    let after = FrozenSettings { read_only: true, super_read_only: true };
    assert!(ledger::record_freeze(&connection, "tcp(db:3306)", before).await.unwrap());
    assert!(!ledger::record_freeze(&connection, "tcp(db:3306)", after).await.unwrap());
    let frozen = async |source| ledger::read_freeze(&connection, source).await.expect("a record");
    assert_eq!(frozen("tcp(db:3306)").await, Some(before));
    assert_eq!(frozen("tcp(other:3306)").await, None);
    ledger::forget_freeze(&connection, "tcp(db:3306)").await.expect("no record");
    assert_eq!(frozen("tcp(db:3306)").await, None);

    ledger::record_switch(&connection, "public", "first", "second").await.expect("a record");
    ledger::record_switch(&connection, "public", "second", "third").await.expect("a record");
    let mut kept = Vec::new();
    while let Some(row) = ledger::take_switch(&connection, "public").await.expect("a record") {
        kept.push(row);
    }
    assert_eq!(kept, ["second", "first"]);

    let phases = [
        (Phase::Freeze, 0.5),
        (Phase::Check, 1.0),
        (Phase::Copy, 2.0),
        (Phase::Indexes, 3.0),
        (Phase::Proof, 4.0),
        (Phase::Switch, 5.0),
        (Phase::Copy, 6.0),
    ];
    for (phase, seconds) in phases {
        ledger::record_phase(&connection, "public", phase, seconds).await.expect("a record");
    }
    let times = PhaseTimes {
        freeze: Some(0.5),
        check: Some(1.0),
        copy: Some(6.0),
        indexes: Some(3.0),
        proof: Some(4.0),
        switch: Some(5.0),
    };
    assert_eq!(ledger::phase_times(&connection, "public").await.unwrap(), times);
}

#[tokio::test]
async fn an_account_that_may_only_read_is_recognised_and_other_errors_are_not_taken_for_it() {
    let role = Role::create().await;
    let database = Database::create().await;
    let connection = database.connect().await;
    let reader = database.connect_as(&role).await;
    let error = ledger::record_proof(&reader, &proof()).await.expect_err("no right");
    assert!(error.is_read_only(), "{error}");
    ledger::create(&connection).await.expect("a ledger");
    let error = ledger::record_proof(&reader, &proof()).await.expect_err("no right");
    assert!(error.is_read_only(), "{error}");
    connection.batch_execute("SET default_transaction_read_only = on").await.expect("a setting");
    let error = ledger::record_proof(&connection, &proof()).await.expect_err("reads only");
    assert!(error.is_read_only(), "{error}");
    let writing = "SET default_transaction_read_only = off";
    connection.batch_execute(writing).await.expect("a setting");
    let broken = "ALTER TABLE migration_assist.proofs DROP COLUMN tables";
    connection.batch_execute(broken).await.expect("a table of another form");
    let error = ledger::record_proof(&connection, &proof()).await.expect_err("no such column");
    assert!(!error.is_read_only(), "{error}");
}

#[tokio::test]
async fn decisions_are_read_as_they_were_recorded() {
    let database = Database::create().await;
    let connection = database.connect().await;
    assert_eq!(ledger::read_decisions(&connection, "public").await.unwrap(), []);
    ledger::create(&connection).await.expect("a ledger");
    let decision = |kind: &str, place: &str, action: &str| DecisionRecord {
        kind: kind.to_owned(),
        place: place.to_owned(),
        action: action.to_owned(),
    };
    let first =
        [decision("fix-in-flight", "", ""), decision("on-overflow", "Users.Roles", "empty")];
    let later =
        [decision("leave-out", "too-long:T.C", ""), decision("on-overflow", "Users.Roles", "null")];
    for decisions in [&first, &later, &later] {
        ledger::record_decisions(&connection, "public", decisions).await.expect("a record");
        assert_eq!(&ledger::read_decisions(&connection, "public").await.unwrap(), decisions);
    }
    assert_eq!(ledger::read_decisions(&connection, "other").await.unwrap(), []);
    ledger::record_decisions(&connection, "public", &[]).await.expect("a record");
    assert_eq!(ledger::read_decisions(&connection, "public").await.unwrap(), []);
}
