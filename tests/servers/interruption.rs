//! Signals: the status says which, and no statement outlives the process on a server.

use std::io::Write as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use migration_assist::postgres::Connection as Target;

use crate::support::mysql::{Source, on_both_flavours, run as run_sql, sessions};
use crate::support::postgres::Database;
use crate::support::program::{Watchdog, command, run};
use crate::support::waiting::{DEADLINE, wait_until};
use crate::workspace::{build, newest};

on_both_flavours!(no_statement_outlives_an_interrupted_repair);

/// Starts the binary with its standard error in a pipe.
fn start(arguments: &[&str], input: Stdio) -> Child {
    let mut command = command(arguments);
    command.stdin(input).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().expect("the binary runs")
}

/// Whether the process has installed a handler for SIGINT, by its mask of caught signals.
fn catches_interrupts(process: u32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|it| it & 2 != 0)
}

/// Sends a signal, as soon as the process listens, and returns the exit status and what was printed.
fn end(child: Child, signal: &str) -> (Option<i32>, String) {
    let _watchdog = Watchdog::over(child.id());
    let since = Instant::now();
    while !catches_interrupts(child.id()) {
        assert!(since.elapsed() < DEADLINE, "it never listens for signals");
        std::thread::sleep(Duration::from_millis(5));
    }
    let process = child.id().to_string();
    let sent = Command::new("kill").args([signal, &process]).status().expect("kill runs");
    assert!(sent.success());
    let output = child.wait_with_output().expect("the binary ends");
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

async fn count(connection: &Target, query: &str) -> i64 {
    connection.query_one(query, &[]).await.expect("a count").get(0)
}

#[tokio::test]
async fn no_statement_outlives_an_interrupted_index_build() {
    for (signal, status) in [("-INT", 130), ("-TERM", 143), ("-HUP", 129)] {
        let database = Database::create().await;
        let dsn = database.dsn.render();
        run(["postgres", &dsn, "--run-migrations", "--mattermost-version=10.11"]).expect(0);
        database.load_a_row("public").await;
        let mut holder = database.connect().await;
        holder.batch_execute("DROP INDEX public.idx_posts_message_txt").await.expect("an index");
        let lock = holder.transaction().await.expect("a transaction");
        lock.batch_execute("LOCK TABLE public.posts IN ROW EXCLUSIVE MODE").await.expect("a lock");
        let watcher = database.connect().await;
        let child = start(&["post-migrate", &dsn], Stdio::null());
        let waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
            AND wait_event_type = 'Lock' AND query LIKE '%idx_posts_message_txt%'";
        wait_until("it waits for the lock", async || count(&watcher, waiting).await > 0).await;
        let (code, printed) = end(child, signal);
        assert_eq!(code, Some(status), "{printed}");
        let last = printed.trim_end().lines().last().unwrap_or_default();
        assert!(last.contains("run the same command again to resume"), "{printed}");
        // Before the lock is released: whatever still waited would build the index then.
        wait_until("the statement ends", async || count(&watcher, waiting).await == 0).await;
        lock.rollback().await.expect("the lock is released");
        run(["post-migrate", &dsn]).expect(0);
    }
}

async fn no_statement_outlives_an_interrupted_repair(source: Source) {
    build(&source, &newest()).await;
    let mut holder = source.connect().await;
    run_sql(&mut holder, "CREATE TABLE schema_migrations (version bigint PRIMARY KEY)").await;
    run_sql(&mut holder, "LOCK TABLES schema_migrations READ").await;
    let folder = tempfile::tempdir().expect("a folder");
    let quarantine = folder.path().join("quarantine.jsonl").display().to_string();
    let document = folder.path().join("mysql.output").display().to_string();
    let dsn = source.dsn.render().expose().to_owned();
    let arguments =
        ["mysql", &dsn, "--fix-artifacts", "--quarantine", &quarantine, "--output", &document];
    let child = start(&arguments, Stdio::null());
    let mut watcher = source.connect().await;
    let name = source.name().to_owned();
    let mut waits = async || {
        let all = sessions(&mut watcher).await;
        let of_the_tool = |statement: &str| statement.contains("schema_migrations");
        all.iter().any(|it| {
            it.database.as_deref() == Some(&name)
                && it.statement.as_deref().is_some_and(of_the_tool)
        })
    };
    wait_until("it waits for the lock", &mut waits).await;
    let (code, printed) = end(child, "-INT");
    assert_eq!(code, Some(130), "{printed}");
    wait_until("the statement ends", async || !waits().await).await;
}

#[test]
fn a_blocked_read_does_not_keep_the_program() {
    // A pipe that stays open and silent.
    let mut child = start(&["mysql", "--dump", "-"], Stdio::piped());
    let mut pipe = child.stdin.take().expect("a pipe");
    pipe.write_all(b"-- MySQL dump 10.13\n").expect("it reads");
    let (code, printed) = end(child, "-INT");
    assert_eq!(code, Some(130), "{printed}");
    drop(pipe);
}
