//! A lock on the source keeps no writer waiting for longer than two seconds, whatever it waits for.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use migration_assist::mysql::{Access, LockAttempt, hold_still, release_lock};

use crate::support::mysql::{Source, on_both_flavours, open, run as execute, sessions};

on_both_flavours!(
    a_lock_is_held_until_it_is_released,
    a_transaction_that_stays_open_makes_the_lock_give_up,
    a_long_query_keeps_no_writer_waiting,
);

/// The limit for other users of the source.
const BOUND: Duration = Duration::from_secs(2);

/// Writes to a table, each statement within the bound, until it is stopped.
struct Writer {
    stop: Arc<AtomicBool>,
    written: Arc<AtomicU32>,
    task: tokio::task::JoinHandle<()>,
}

impl Writer {
    async fn start(source: &Source, table: &'static str) -> Self {
        let (stop, written) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU32::new(0)));
        let mut connection = source.connect().await;
        let task = tokio::spawn({
            let (stop, written) = (Arc::clone(&stop), Arc::clone(&written));
            async move {
                let insert = format!("INSERT INTO {table} (n) VALUES (1)");
                while !stop.load(Ordering::Relaxed) {
                    let outcome = tokio::time::timeout(BOUND, connection.execute(&insert)).await;
                    outcome.expect("a writer that waits for two seconds at most").expect("a row");
                    written.fetch_add(1, Ordering::Relaxed);
                }
            }
        });
        let writer = Self { stop, written, task };
        writer.writes_again().await;
        writer
    }

    /// Waits until something was written that was not written before.
    async fn writes_again(&self) {
        let before = self.written.load(Ordering::Relaxed);
        while self.written.load(Ordering::Relaxed) <= before + 1 && !self.task.is_finished() {
            tokio::task::yield_now().await;
        }
    }

    async fn end(self) {
        self.writes_again().await;
        self.stop.store(true, Ordering::Relaxed);
        self.task.await.expect("every statement was in time");
    }
}

const TABLES: &str = "CREATE TABLE held (id int PRIMARY KEY AUTO_INCREMENT, n int) ENGINE=InnoDB;
    CREATE TABLE other LIKE held; INSERT INTO held (n) VALUES (1), (2)";

async fn a_lock_is_held_until_it_is_released(source: Source) {
    let mut control = source.connect().await;
    execute(&mut control, TABLES).await;
    let mut watchdog = open(&source.dsn, Access::ReadOnly).await;
    let attempt = hold_still(&mut control, &mut watchdog, &["held"]).await.expect("an answer");
    assert!(matches!(attempt, LockAttempt::Held(_)));
    let mut writer = source.connect().await;
    execute(&mut writer, "SET SESSION lock_wait_timeout = 1").await;
    let refused =
        writer.execute("INSERT INTO held (n) VALUES (3)").await.expect_err("it is locked");
    assert_eq!(refused.code(), Some(1205), "{refused}");
    release_lock(&mut control).await.expect("released");
    execute(&mut writer, "INSERT INTO held (n) VALUES (3)").await;
}

async fn a_transaction_that_stays_open_makes_the_lock_give_up(source: Source) {
    let mut control = source.connect().await;
    execute(&mut control, TABLES).await;
    let mut holder = source.connect().await;
    execute(&mut holder, "START TRANSACTION; INSERT INTO held (n) VALUES (1)").await;
    let (held, other) =
        (Writer::start(&source, "held").await, Writer::start(&source, "other").await);
    let mut watchdog = open(&source.dsn, Access::ReadOnly).await;
    let attempt = hold_still(&mut control, &mut watchdog, &["other", "held"]).await;
    assert_eq!(attempt.expect("an answer"), LockAttempt::GivenUp);
    execute(&mut holder, "ROLLBACK").await;
    held.end().await;
    other.end().await;
    execute(&mut control, "SELECT 1").await;
}

async fn a_long_query_keeps_no_writer_waiting(source: Source) {
    let mut control = source.connect().await;
    execute(&mut control, TABLES).await;
    let mut reader = source.connect().await;
    let id = reader.id();
    let long = tokio::spawn(async move {
        reader.query::<Option<i64>>("SELECT SLEEP(600) FROM held").await.map(drop)
    });
    while !sessions(&mut control).await.iter().any(|it| it.id == id && it.statement.is_some()) {}
    let (held, other) =
        (Writer::start(&source, "held").await, Writer::start(&source, "other").await);
    let mut watchdog = open(&source.dsn, Access::ReadOnly).await;
    for _ in 0..3 {
        let attempt = hold_still(&mut control, &mut watchdog, &["held", "other"]).await;
        if let LockAttempt::Held(_) = attempt.expect("an answer") {
            release_lock(&mut control).await.expect("released");
        }
        held.writes_again().await;
        other.writes_again().await;
    }
    held.end().await;
    other.end().await;
    execute(&mut control, &format!("KILL {id}")).await;
    long.await.expect("no panic").expect_err("it was killed");
}
