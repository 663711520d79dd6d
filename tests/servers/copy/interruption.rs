//! A killed copy resumes where it was, however often and at whatever time it is killed.
#![allow(clippy::print_stdout, reason = "a separate process prints its steps")]

use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use migration_assist::copy::{CopyOptions, Error, FullText, Start, copy};
use migration_assist::mysql;
use migration_assist::postgres::{Defaults, Dsn};
use migration_assist::progress::{Progress, TaskSize};
use migration_assist::quarantine::{Purpose, Quarantine};

use super::compare::{assert_equal, structure};
use super::random::Random;
use super::workspace::{Pair, options};
use crate::support::mysql::{Source, on_both_flavours};
use crate::support::program::kill_after;

on_both_flavours!(
    every_kill_leaves_no_trace,
    kills_of_resumed_copies_leave_no_trace,
    a_restart_begins_from_the_start,
    what_is_not_ours_is_not_taken_for_ours,
    parts_can_be_redone
);

/// How often a copy is begun, killed and carried to its end.
const ROUNDS: u64 = 8;
/// How often one and the same copy is killed before it may end.
const KILLS: u64 = 12;
/// The steps of a whole copy, so that kills fall anywhere in it, its start included.
const STEPS: u64 = 400;

fn wanted() -> CopyOptions {
    CopyOptions { full_text: FullText::Build, ..options() }
}

async fn every_kill_leaves_no_trace(source: Source) {
    let pair = Pair::filled(source).await;
    let before = structure(&pair).await;
    let mut random = Random::new("kills");
    for _ in 0..ROUNDS {
        pair.clean().await;
        run_and_kill(&pair, random.below(STEPS));
        pair.assert_ledger_is_sound().await;
        let report = pair.copy(&wanted()).await.expect("a copy");
        assert_eq!(report.total.rows_written, assert_equal(&pair).await as u64);
        assert!(structure(&pair).await == before, "the target's indexes are not what they were");
    }
}

async fn kills_of_resumed_copies_leave_no_trace(source: Source) {
    let pair = Pair::filled(source).await;
    let before = structure(&pair).await;
    let mut random = Random::new("kills in a row");
    for _ in 0..KILLS {
        run_and_kill(&pair, random.below(STEPS));
        pair.assert_ledger_is_sound().await;
    }
    let report = pair.copy(&wanted()).await.expect("a copy");
    let rows = assert_equal(&pair).await;
    assert_eq!(report.total.rows_written, rows as u64);
    assert!(report.source_changed_between_runs.is_some());
    assert!(structure(&pair).await == before, "the target's indexes are not what they were");
    let left = "SELECT count(*) FROM migration_assist.removed_definitions";
    assert_eq!(pair.count(left).await, 0);
}

/// Copies in a process of its own, which is killed after so many steps.
fn run_and_kill(pair: &Pair, steps: u64) {
    let mut victim = Command::new(std::env::current_exe().expect("this binary"))
        .args(["copy::interruption::victim", "--exact", "--ignored", "--nocapture"])
        .env("MIGRATION_ASSIST_TEST_VICTIM_SOURCE", pair.source.dsn.render().expose())
        .env("MIGRATION_ASSIST_TEST_VICTIM_TARGET", pair.target.dsn.render())
        .env("MIGRATION_ASSIST_TEST_VICTIM_QUARANTINE", pair.quarantine())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("a process");
    let output = victim.stdout.take().expect("its output");
    kill_after(victim, output, |line| line == "step", steps);
}

/// Prints every step on standard output.
struct Steps;

impl Progress for Steps {
    fn begin(&self, _what: &str, _size: TaskSize) {
        println!("step");
    }

    fn advance(&self, _what: &str, _units: u64) {
        println!("step");
    }

    fn finish(&self, _what: &str) {
        println!("step");
    }
}

/// What is killed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "it is no test, but what one starts"]
async fn victim() {
    let variable = |name: &str| {
        std::env::var(format!("MIGRATION_ASSIST_TEST_VICTIM_{name}")).expect("given by the test")
    };
    let source: mysql::Dsn = variable("SOURCE").parse().expect("a DSN");
    let target = Dsn::parse(&variable("TARGET"), &Defaults::default()).expect("a DSN");
    let path = variable("QUARANTINE");
    let quarantine = Quarantine::open(path.as_ref(), Purpose::Copy, "").expect("a quarantine");
    let quarantine = Arc::new(Mutex::new(quarantine));
    println!("\nstep");
    copy(&source, &target, &wanted(), quarantine, Arc::new(Steps)).await.expect("a copy");
}

async fn a_restart_begins_from_the_start(source: Source) {
    let pair = Pair::filled(source).await;
    let before = structure(&pair).await;
    run_and_kill(&pair, 120);
    pair.sql("UPDATE Posts SET Message = CONCAT(Message, '!'); DELETE FROM Preferences").await;
    let report =
        pair.copy(&CopyOptions { start: Start::Restart, ..wanted() }).await.expect("a copy");
    let rows = assert_equal(&pair).await;
    assert_eq!(report.total.rows_written, rows as u64);
    assert_eq!(report.source_changed_between_runs, None);
    assert!(structure(&pair).await == before, "the target's indexes are not what they were");
}

async fn what_is_not_ours_is_not_taken_for_ours(source: Source) {
    let pair = Pair::filled(source).await;
    pair.copy(&wanted()).await.expect("a copy");
    // A table that was made again, and one that was emptied, are no longer as the ledger records.
    pair.target_sql(
        "CREATE TABLE public.new (LIKE public.tokens INCLUDING ALL); DROP TABLE public.tokens;
         ALTER TABLE public.new RENAME TO tokens; TRUNCATE public.posts",
    )
    .await;
    pair.copy(&wanted()).await.expect("a copy");
    assert_equal(&pair).await;
    // Another workspace does not go where this one went.
    pair.sql("UPDATE Systems SET Value = 'another' WHERE Name = 'DiagnosticId'").await;
    match pair.copy(&wanted()).await {
        Err(Error::Refused(refusals)) => {
            assert!(refusals[0].to_string().contains("another source"), "{refusals:?}");
        }
        other => panic!("not refused: {other:?}"),
    }
}

async fn parts_can_be_redone(source: Source) {
    let pair = Pair::filled(source).await;
    let some = CopyOptions { exclude: vec!["POSTS".into(), "tokens".into()], ..wanted() };
    pair.copy(&some).await.expect("a copy");
    assert_eq!(pair.count("SELECT count(*) FROM public.posts").await, 0);
    pair.copy(&CopyOptions { tables: vec!["Posts".into()], ..wanted() }).await.expect("a copy");
    let report = pair.copy(&wanted()).await.expect("a copy");
    assert_equal(&pair).await;
    assert_eq!(report.tables.iter().filter(|table| !table.resumed).count(), 1);
    pair.sql("DELETE FROM RetentionPoliciesTeams").await;
    let again = CopyOptions {
        start: Start::Restart,
        tables: vec!["RetentionPolicies".into(), "RetentionPoliciesTeams".into()],
        ..wanted()
    };
    pair.copy(&again).await.expect("a copy");
    assert_equal(&pair).await;
}
