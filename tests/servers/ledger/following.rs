//! The records of `follow`: the applied position, touched and rejected rows, and what is left for later.

use migration_assist::ledger::{
    self, Advance, AppliedLog, CopySource, CopyStart, FollowedTable, FollowingCounts, KeyHash,
    NewFollowing, NewProof, TouchedKeys, TouchedRow,
};
use migration_assist::mysql::binlog::Position;
use migration_assist::postgres::Connection;

use super::{proof, source};
use crate::support::postgres::Database;

fn position(offset: u64) -> Position {
    Position { file: "binlog.000001".to_owned(), offset }
}

/// Records a copy with a start at 100 whose readers saw changes up to 200, and follows from there.
pub(super) async fn begin_following(connection: &Connection) {
    let (from, visible) = (position(100), position(200));
    let start = CopyStart {
        position: from.clone(),
        visible: visible.clone(),
        gtid: Some("3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5".parse().expect("a set")),
    };
    let source = CopySource { start: Some(start.clone()), ..source() };
    ledger::begin_copy(connection, "public", &source).await.expect("a record");
    let copy = ledger::read_copy(connection, "public").await.expect("a record");
    assert_eq!(copy.source, Some(source));
    let new = NewFollowing {
        server: "a server",
        replica_id: 1 << 31,
        position: &from,
        visible: &visible,
        gtid: start.gtid.as_ref(),
    };
    let table = FollowedTable {
        fingerprint: "f".to_owned(),
        copy_whole: false,
        prove_whole: false,
        replaced: false,
    };
    let tables = [("posts", table.clone())];
    ledger::begin_following(connection, "public", &new, tables).await.expect("a record");
    let tables = ledger::followed_tables(connection, "public").await.expect("a record");
    assert_eq!(tables, [("posts".to_owned(), table)].into());
}

#[tokio::test]
async fn following_advances_only_from_the_position_on_record() {
    let database = Database::create().await;
    let connection = database.connect().await;
    connection.batch_execute("CREATE TABLE public.posts (id text)").await.expect("a table");
    ledger::create(&connection).await.expect("a ledger");
    begin_following(&connection).await;
    let record = async || {
        let record = ledger::read_following(&connection, "public").await.expect("a record");
        record.expect("a following")
    };
    let begun = record().await;
    assert_eq!((begun.position, begun.overlap), (position(100), Some(position(200))));
    assert_eq!((begun.replica_id, begun.generation, begun.log_created), (1 << 31, 1, None));
    assert!(begun.gtid.is_some());
    let counts = FollowingCounts { transactions: 1, changes: 3, net_changes: 2 };
    let (from, to) = (position(100), position(150));
    let advance = Advance {
        from: &from,
        to: &to,
        source_time: Some(1000),
        counts,
        ends_overlap: false,
        log_created: Some(900),
    };
    let advanced = ledger::advance_following(&connection, "public", &advance).await;
    assert_eq!(advanced.expect("a record"), Some(false));
    let repeated = ledger::advance_following(&connection, "public", &advance).await;
    assert_eq!(repeated.expect("a record"), None, "the position is another one");
    assert!(ledger::request_handover(&connection, "public", true).await.expect("a record"));
    assert!(!ledger::request_handover(&connection, "other", true).await.expect("a record"));
    let end = position(200);
    let last = Advance {
        from: &to,
        to: &end,
        source_time: None,
        ends_overlap: true,
        log_created: None,
        ..advance.clone()
    };
    let advanced = ledger::advance_following(&connection, "public", &last).await;
    assert_eq!(advanced.expect("a record"), Some(true), "another command asks for it");
    let now = record().await;
    assert_eq!((now.position, now.overlap, now.source_time), (position(200), None, Some(1000)));
    assert_eq!((now.log_created, now.gtid), (Some(900), None));
    assert_eq!(now.counts, FollowingCounts { transactions: 2, changes: 6, net_changes: 4 });
    ledger::record_stop(&connection, "public", "ALTER TABLE `Posts`").await.expect("a record");
    assert_eq!(record().await.stopped_by.as_deref(), Some("ALTER TABLE `Posts`"));
    ledger::resume_copy(&connection, "public", None).await.expect("a record");
    assert_eq!(ledger::read_following(&connection, "public").await.unwrap(), None);
}

#[tokio::test]
async fn rows_that_following_wrote_are_known_as_such() {
    let database = Database::create().await;
    let connection = database.connect().await;
    connection.batch_execute("CREATE TABLE public.posts (id text)").await.expect("a table");
    ledger::create(&connection).await.expect("a ledger");
    begin_following(&connection).await;
    for round in ["a", "b", "c"] {
        for number in 0..3 {
            let row =
                format!("BEGIN; INSERT INTO public.posts VALUES ('followed {round}{number}')");
            connection.batch_execute(&row).await.expect("a row");
            ledger::record_transaction(&connection, "public").await.expect("a record");
            // Twice is once.
            ledger::record_transaction(&connection, "public").await.expect("a record");
            connection.batch_execute("COMMIT").await.expect("a commit");
        }
        let row = format!("INSERT INTO public.posts VALUES ('foreign {round}')");
        connection.batch_execute(&row).await.expect("a row");
    }
    let found = ledger::find_foreign_rows(&connection, "public", "posts", &["id".to_owned()]).await;
    let found = found.expect("rows").expect("foreign rows");
    assert_eq!((found.rows, found.keys.join(" ")), (3, "foreign a foreign b foreign c".to_owned()));
    begin_following(&connection).await;
    let found = ledger::find_foreign_rows(&connection, "public", "posts", &[]).await;
    assert_eq!(found.expect("rows").expect("foreign rows").rows, 12, "another copy is followed");
}

#[tokio::test]
async fn a_proof_is_outdated_by_changes_that_are_applied_later() {
    let database = Database::create().await;
    let connection = database.connect().await;
    connection.batch_execute("CREATE TABLE public.posts (id text)").await.expect("a table");
    ledger::create(&connection).await.expect("a ledger");
    begin_following(&connection).await;
    ledger::finish_copy(&connection, "public").await.expect("a record");
    let is_outdated = async || {
        let proof = ledger::latest_proof(&connection, "public").await.expect("a record");
        proof.expect("a proof").is_outdated
    };
    ledger::record_proof(&connection, &proof()).await.expect("a record");
    assert!(is_outdated().await, "it does not say what was applied");
    let applied = AppliedLog { position: position(100), changes: 0 };
    let proof = NewProof { applied: Some(&applied), ..proof() };
    ledger::record_proof(&connection, &proof).await.expect("a record");
    assert!(!is_outdated().await);
    let (from, to, end) = (position(100), position(150), position(160));
    let counts = FollowingCounts { transactions: 1, ..FollowingCounts::default() };
    let empty = Advance {
        from: &from,
        to: &to,
        source_time: None,
        counts,
        ends_overlap: false,
        log_created: None,
    };
    ledger::advance_following(&connection, "public", &empty).await.expect("a record");
    assert!(!is_outdated().await, "no row was changed");
    let counts = FollowingCounts { net_changes: 1, ..counts };
    let change = Advance { from: &to, to: &end, counts, ..empty };
    ledger::advance_following(&connection, "public", &change).await.expect("a record");
    assert!(is_outdated().await);
}

#[tokio::test]
async fn touched_and_rejected_rows_are_counted_once_for_each_key() {
    let database = Database::create().await;
    let connection = database.connect().await;
    ledger::create(&connection).await.expect("a ledger");
    let mut keys = TouchedKeys::default();
    for (table, target_key, source_key) in
        [("posts", "a", "61"), ("posts", "b", "62"), ("users", "a", "61")]
    {
        let hash = KeyHash::of(target_key.as_bytes());
        let (target_key, source_key) = (target_key.to_owned(), source_key.to_owned());
        keys.add(table, TouchedRow { hash, target_key, source_key });
    }
    for _ in 0..2 {
        ledger::record_touched_keys(&connection, "public", 1, &keys).await.unwrap();
    }
    let touched = ledger::touched_tables(&connection, "public").await.expect("counts");
    assert_eq!(touched, [("posts".to_owned(), 2), ("users".to_owned(), 1)].into());
    let read = ledger::read_touched_keys(&connection, "public", "users", None, 9).await;
    let read = read.expect("keys");
    assert_eq!((read.len(), &*read[0].target_key, &*read[0].source_key), (1, "a", "61"));
    let row = |reason| (KeyHash::of(b"a"), "61".to_owned(), reason);
    for reason in ["too-long", "nul-byte"] {
        let rows = [row(reason)];
        ledger::record_rejected_rows(&connection, "public", "posts", &rows).await.unwrap();
    }
    let rejected = ledger::rejected_rows(&connection, "public").await.expect("counts");
    assert_eq!(rejected, [("posts".to_owned(), 1)].into());
    ledger::forget_rejected_rows(&connection, "public", "posts", &[KeyHash::of(b"a")])
        .await
        .unwrap();
    assert!(ledger::rejected_rows(&connection, "public").await.unwrap().is_empty());
}

#[tokio::test]
async fn what_following_leaves_for_later_is_on_record() {
    let database = Database::create().await;
    let connection = database.connect().await;
    connection.batch_execute("CREATE TABLE public.posts (id text)").await.expect("a table");
    ledger::create(&connection).await.expect("a ledger");
    begin_following(&connection).await;
    ledger::mark_copied_whole(&connection, "public", "posts").await.expect("a record");
    ledger::mark_proven_whole(&connection, "public", "posts").await.expect("a record");
    let tables = ledger::followed_tables(&connection, "public").await.expect("a record");
    assert!(tables["posts"].copy_whole && tables["posts"].prove_whole);
    for table in ["B", "A", "A"] {
        ledger::record_appeared_table(&connection, "public", table).await.expect("a record");
    }
    ledger::forget_appeared_tables(&connection, "public", &["B".to_owned()].into())
        .await
        .expect("a record");
    assert_eq!(ledger::appeared_tables(&connection, "public").await.expect("a record"), ["A"]);
    let keys = ["a", "b"].map(|key| (KeyHash::of(key.as_bytes()), hex::encode(key)));
    let record = ledger::record_refetch_keys(&connection, "public", "posts", &keys);
    record.await.expect("a record");
    let first = [keys[0].0];
    let forget = ledger::forget_refetch_keys(&connection, "public", "posts", &first);
    forget.await.expect("a record");
    let left = ledger::refetch_keys(&connection, "public").await.expect("a record");
    assert_eq!(left, [("posts".to_owned(), vec![keys[1].clone()])].into());
    ledger::forget_following(&connection, "public").await.expect("a record");
    assert!(ledger::refetch_keys(&connection, "public").await.expect("a record").is_empty());
    assert!(ledger::appeared_tables(&connection, "public").await.expect("a record").is_empty());
}
