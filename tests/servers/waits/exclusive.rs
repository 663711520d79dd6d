//! One command at a time fills a schema or builds in it.

use migration_assist::migrations;
use migration_assist::postgres::{Connection, Dsn, release_exclusive, take_exclusive};
use migration_assist::progress::Silent;

use crate::sample::Sample;
use crate::support::mysql::{Source, on_both_flavours};
use crate::support::postgres::Database;
use crate::support::program::{command, command_in, finish, run};
use crate::support::running::Running;
use crate::workspace::{load, newest};

on_both_flavours!(a_second_command_is_refused_and_the_first_one_is_named);

/// A session that holds the lock as a command does, and its number.
async fn hold(target: &Database) -> (Connection, i32) {
    let application = Some("the other one".to_owned());
    let dsn = Dsn { application_name: application, ..target.dsn.clone() };
    let holder = Connection::connect(&dsn).await.expect("a session");
    take_exclusive(&holder, "public").await.expect("the lock");
    let id = holder.query_one("SELECT pg_backend_pid()", &[]).await.expect("a number").get(0);
    (holder, id)
}

async fn a_second_command_is_refused_and_the_first_one_is_named(source: Source) {
    load(&source, Sample { posts: 60, awkward: false }).await;
    let target = Database::create().await;
    let folder = tempfile::tempdir().expect("a folder");
    let sides = (&source.dsn, &target.dsn);
    let run = |arguments: &[&str]| finish(command_in(folder.path(), sides, arguments));
    let mut builder = target.connect().await;
    let built = migrations::run(&mut builder, "public", &newest(), &Silent).await;
    built.expect("a schema");
    let (holder, id) = hold(&target).await;
    let commands: [&[&str]; 4] = [
        &["copy", "--no-check"],
        &["migrate"],
        &["postgres", "--run-migrations", "--mattermost-version=10.12"],
        &["follow", "--until-caught-up"],
    ];
    for arguments in commands {
        let named = format!("another command works in schema `public`: session {id} (user ");
        run(arguments)
            .expect(2)
            .says(&named)
            .says("application the other one")
            .says(&format!("`SELECT pg_terminate_backend({id});`"));
    }
    let copied = "SELECT to_regclass('migration_assist.copies') IS NOT NULL";
    let changed: bool = holder.query_one(copied, &[]).await.expect("an answer").get(0);
    assert!(!changed, "nothing is written by a command that is refused");
    release_exclusive(&holder, "public").await.expect("the lock is released");
    run(&["copy", "--no-check"]).expect(0);
}

#[tokio::test]
async fn post_migrate_waits_for_another_command_and_says_for_which() {
    let target = Database::create().await;
    let dsn = target.dsn.render();
    run(["postgres", &dsn, "--run-migrations", "--mattermost-version=10.11"]).expect(0);
    let (holder, id) = hold(&target).await;
    let row = "INSERT INTO public.systems VALUES ('DiagnosticId', '1')";
    holder.batch_execute(row).await.expect("a row, without which a load is missed");
    holder.batch_execute("DROP INDEX public.idx_posts_message_txt").await.expect("an index");
    let running = Running::start(command(["post-migrate", &dsn]));
    running.until_prints(&format!("session {id} (user ")).await;
    running.until_prints("application the other one").await;
    running.until_prints("waiting until it has ended").await;
    release_exclusive(&holder, "public").await.expect("the lock is released");
    running.end().await.expect(0).says("indexes: 1 built");
}
