//! A wait for a lock, or for a server from which nothing arrives, is reported with what is waited for.

use std::process::Command;

use migration_assist::mysql::{Address, Dsn, TlsMode, TlsSettings};

use crate::copy::workspace::Pair;
use crate::sample::Sample;
use crate::support::mysql::{Source, on_both_flavours, run};
use crate::support::program::command;
use crate::support::running::Running;
use crate::support::tcp_proxy::Line;
use crate::workspace::load;

on_both_flavours!(
    a_locked_table_of_the_target_is_named_with_the_session_that_holds_it,
    a_repair_that_waits_names_the_session_that_holds_its_table,
    a_server_from_which_nothing_arrives_is_named,
);

fn with_sides(pair: &Pair, source: &Dsn, arguments: &[&str]) -> Command {
    let mut command = command(arguments);
    command.arg("--quarantine").arg(pair.quarantine());
    command.env("MIGRATION_ASSIST_MYSQL_DSN", source.render().expose());
    command.env("MIGRATION_ASSIST_POSTGRES_DSN", pair.target.dsn.render());
    command
}

async fn a_locked_table_of_the_target_is_named_with_the_session_that_holds_it(source: Source) {
    let pair = Pair::filled(source).await;
    let mut holder = pair.target.connect().await;
    let id: i32 = holder.query_one("SELECT pg_backend_pid()", &[]).await.expect("a number").get(0);
    let lock = holder.transaction().await.expect("a transaction");
    lock.batch_execute("LOCK TABLE public.posts IN SHARE MODE").await.expect("a lock");
    let running = Running::start(with_sides(&pair, &pair.source.dsn, &["copy", "--no-check"]));
    running.until_prints("waits for table `public.posts`, which another session holds").await;
    running.until_prints(&format!("session {id} (user ")).await;
    running.until_prints("statement: ").await;
    lock.rollback().await.expect("the lock is released");
    // It may end before the watcher looks again.
    running.end().await.expect(0);
}

async fn a_repair_that_waits_names_the_session_that_holds_its_table(source: Source) {
    load(&source, Sample { posts: 60, awkward: false }).await;
    let mut holder = source.connect().await;
    run(&mut holder, "CREATE TABLE schema_migrations (version bigint PRIMARY KEY)").await;
    run(&mut holder, "START TRANSACTION; INSERT INTO schema_migrations VALUES (1)").await;
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = command(["mysql", "--fix-artifacts"]);
    command.current_dir(folder.path());
    command.env("MIGRATION_ASSIST_MYSQL_DSN", source.dsn.render().expose());
    let running = Running::start(command);
    running.until_prints("waits for a table metadata lock").await;
    running.until_prints("schema_migrations").await;
    running.until_prints(&format!("session {} of ", holder.id())).await;
    running.until_prints(&format!("KILL {};", holder.id())).await;
    run(&mut holder, "ROLLBACK").await;
    // It may end before the watcher looks again.
    running.end().await.says("schema_migrations [leftover-table]: 1 dropped");
}

async fn a_server_from_which_nothing_arrives_is_named(source: Source) {
    let pair = Pair::filled(source).await;
    let Address::Tcp { port, .. } = pair.source.dsn.address else { panic!("no TCP") };
    let line = Line::stalling(port, 300_000);
    let address = Address::Tcp { host: "127.0.0.1".into(), port: line.port };
    let tls = TlsSettings { mode: TlsMode::Disabled, ca: None };
    let dsn = Dsn { address, tls, ..pair.source.dsn.clone() };
    let running = Running::start(with_sides(&pair, &dsn, &["copy", "--no-check"]));
    let silent = format!("nothing arrives from the MySQL server at `127.0.0.1:{}`", line.port);
    running.until_prints(&silent).await;
    running.until_prints("statement: ").await;
    running.signal("-INT");
    running.end().await.expect(130);
}
