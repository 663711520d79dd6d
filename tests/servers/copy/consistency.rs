//! All rows come from one snapshot, whatever other sessions write meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use migration_assist::copy::{ALL_TABLES, Consistency, CopyOptions, Start};
use migration_assist::mysql::{Access, Connection, Dsn, Flavour};
use migration_assist::progress::{Progress, Silent, TaskSize};
use migration_assist::secret::Secret;

use super::workspace::{Pair, options};
use crate::support::mysql::{Source, on_both_flavours};

on_both_flavours!(a_writer_is_seen_whole_or_not_at_all, a_change_is_reported, no_lock_is_needed);

const TABLES: &str = "CREATE TABLE debit (id int PRIMARY KEY, amount int, filler varchar(100));
    CREATE TABLE credit (id int PRIMARY KEY, amount int, filler varchar(100));
    CREATE TABLE more (id int PRIMARY KEY, amount int, filler varchar(100));";

async fn pair_with_books(source: Source) -> Pair {
    let pair = Pair::empty(source).await;
    pair.sql(TABLES).await;
    pair.target_sql(&format!("SET search_path = public; {TABLES}")).await;
    pair
}

fn books() -> CopyOptions {
    CopyOptions {
        tables: ["debit", "credit", "more"].map(str::to_owned).to_vec(),
        jobs: 4,
        ..options()
    }
}

async fn a_writer_is_seen_whole_or_not_at_all(source: Source) {
    let pair = pair_with_books(source).await;
    let stop = Arc::new(AtomicBool::new(false));
    let written = Arc::new(AtomicU32::new(0));
    let mut connection = pair.source.connect().await;
    let writer = {
        let (stop, written) = (Arc::clone(&stop), Arc::clone(&written));
        tokio::spawn(async move {
            while !stop.load(Ordering::Relaxed) {
                let id = written.load(Ordering::Relaxed);
                let sql = format!(
                    "START TRANSACTION; INSERT INTO debit VALUES ({id}, 1, REPEAT('x', 99));
                     INSERT INTO credit VALUES ({id}, 1, ''); INSERT INTO more VALUES ({id}, 1, '');
                     COMMIT"
                );
                match connection.execute(&sql).await {
                    Ok(_) => written.fetch_add(1, Ordering::Relaxed),
                    // A deadlock, which rolls the transaction back.
                    Err(migration_assist::mysql::Error::Server { code: 1213, .. }) => continue,
                    Err(error) => panic!("a transfer: {error}"),
                };
            }
        })
    };
    while written.load(Ordering::Relaxed) < 50 {
        tokio::task::yield_now().await;
    }
    let mut report = pair.copy(&books()).await.expect("a copy");
    // On a busy machine a lock can take longer than the copy may wait for it.
    for _ in 0..20 {
        if report.consistency != Consistency::Nothing {
            break;
        }
        let again = CopyOptions { start: Start::Restart, ..books() };
        report = pair.copy(&again).await.expect("a copy");
    }
    stop.store(true, Ordering::Relaxed);
    writer.await.expect("the writer ends");
    match pair.source.flavour {
        Flavour::MySql => assert_eq!(report.consistency, Consistency::Lock),
        // Whichever comes first: the writer leaves the readers alone for long enough, or the lock.
        Flavour::MariaDb => {
            assert!(matches!(report.consistency, Consistency::Position | Consistency::Lock));
        }
    }
    // A write in the second in which the copy began cannot be distinguished from an earlier one.
    assert_ne!(report.source_changed, Some(false));
    assert!(report.total.rows_written >= 150);
    let sum = "SELECT (SELECT count(*) FROM debit) - (SELECT count(*) FROM credit)
        + (SELECT count(*) FROM debit) - (SELECT count(*) FROM more)";
    let sum = sum.replace("FROM ", "FROM public.");
    assert_eq!(pair.count(&sum).await, 0);
}

/// Writes to the source as soon as the readers have begun.
struct Intruder(Dsn);

impl Progress for Intruder {
    fn begin(&self, what: &str, _size: TaskSize) {
        if what != ALL_TABLES {
            return;
        }
        let dsn = self.0.clone();
        let write = async move {
            let mut connection = Connection::connect(&dsn, Access::Writing).await?;
            // A write in the second in which the copy began cannot be distinguished from an earlier one.
            let second = "SELECT CAST(NOW() AS CHAR)";
            let began: Option<String> = connection.query_optional(second).await?;
            while connection.query_optional::<String>(second).await? == began {}
            connection.execute("INSERT INTO debit VALUES (1, 1, '')").await
        };
        let written = std::thread::spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(write).expect("a row");
        });
        written.join().expect("it is written");
    }

    fn advance(&self, _what: &str, _units: u64) {}

    fn finish(&self, _what: &str) {}
}

async fn a_change_is_reported(source: Source) {
    let pair = pair_with_books(source).await;
    let intruder = Arc::new(Intruder(pair.source.dsn.clone()));
    let report = pair.copy_from(&pair.source.dsn, &books(), intruder).await.expect("a copy");
    // A server with many tables, as that of the tests, may have forgotten when this one was written.
    assert_ne!(report.source_changed, Some(false));
    assert_eq!(report.total.rows_written, 0);
}

async fn no_lock_is_needed(mut source: Source) {
    let account = source.account("SELECT", "BY 'secret'").await;
    let dsn = Dsn { password: Secret::new("secret"), ..account };
    let pair = pair_with_books(source).await;
    pair.sql("INSERT INTO debit VALUES (1, 1, '')").await;
    let report = pair.copy_from(&dsn, &books(), Arc::new(Silent)).await.expect("a copy");
    match pair.source.flavour {
        // A position that is read without a lock is no evidence.
        Flavour::MySql => assert_eq!(report.consistency, Consistency::Nothing),
        // The account may not see what the log leaves out. Other tests write to the same server: its log may move
        // all the time, but never unseen.
        Flavour::MariaDb => assert!(matches!(
            report.consistency,
            Consistency::PositionIfUnfiltered | Consistency::Nothing
        )),
    }
    // Nor is their writing taken for a change of this database.
    assert_ne!(report.source_changed, Some(true));
    assert_eq!(report.total.rows_written, 1);
}
