//! Builds of full-text indexes that are killed, and the same command again.

use std::process::{Child, Stdio};

use migration_assist::postgres::{Connection, Dsn, explain_search};
use migration_assist::schema::PHRASE_INDEX;

use crate::support::postgres::{Database, reads_every_row};
use crate::support::program::{command, run};
use crate::support::waiting::wait_until;

const REBUILD: [&str; 3] = ["--text-search=accent-insensitive", "--rebuild-full-text", "--jobs=3"];
const CONFIGURATION: &str = "public.accent_insensitive_english";

/// A target with so many posts that an index of their messages takes a while.
async fn target_with_posts() -> Database {
    let database = Database::create().await;
    let dsn = database.dsn.render();
    run(["postgres", &dsn, "--run-migrations", "--mattermost-version=10.11"]).expect(0);
    let posts = "INSERT INTO posts (id, message)
        SELECT number, (
            SELECT string_agg('café' || md5(concat(number, word)), ' ') FROM generate_series(1, 20) AS word
        )
        FROM generate_series(1, 10000) AS number";
    database
        .connect()
        .await
        .batch_execute(&format!("SET search_path = public; {posts}"))
        .await
        .expect("posts");
    database
}

fn start(dsn: &Dsn, arguments: &[&str]) -> Child {
    let dsn = dsn.render();
    let mut command = command(["post-migrate", dsn.as_str()].iter().chain(arguments));
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().expect("the binary runs")
}

async fn count(connection: &Connection, statement: &str) -> i64 {
    connection.query_one(statement, &[]).await.expect("a count").get(0)
}

async fn wait_for_row(watcher: &Connection, what: &str, rows: &str) {
    wait_until(what, async || count(watcher, rows).await > 0).await;
}

/// Sessions of this database whose statement is like that.
fn sessions_with(statement: &str, and: &str) -> String {
    format!(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
            AND pid <> pg_backend_pid() AND query LIKE '{statement}' AND {and}"
    )
}

fn kill(mut child: Child) {
    child.kill().expect("it can be killed");
    child.wait().expect("it ends");
}

async fn uses_an_index(connection: &Connection, configuration: &str) -> bool {
    !reads_every_row(&explain_search(connection, "public", configuration).await.expect("a plan"))
}

/// Each full-text index once, valid, under its name, with the configuration.
async fn assert_all_are_replaced(connection: &Connection) {
    let of_indexes = |condition: &str| {
        format!(
            "SELECT count(*) FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
            WHERE pg_get_indexdef(indexrelid) LIKE '%to_tsvector%' AND {condition}"
        )
    };
    assert_eq!(count(connection, &of_indexes("relname LIKE '%_rebuild'")).await, 0);
    assert_eq!(count(connection, &of_indexes("NOT (indisvalid AND indisready)")).await, 0);
    let with = format!("pg_get_indexdef(indexrelid) LIKE '%''{CONFIGURATION}''%'");
    let all = count(connection, &of_indexes("true")).await;
    assert!(all >= 10, "{all}");
    assert_eq!(count(connection, &of_indexes(&with)).await, all);
    assert!(uses_an_index(connection, CONFIGURATION).await);
}

#[tokio::test]
async fn a_rebuild_that_is_killed_while_it_waits_or_builds_resumes() {
    let database = target_with_posts().await;
    let (mut holder, watcher) = (database.connect().await, database.connect().await);
    let building = "CREATE INDEX idx_posts_message_txt_rebuild%";

    // Before the build: it waits for a transaction that writes.
    let lock = holder.transaction().await.expect("a transaction");
    lock.batch_execute("LOCK TABLE public.posts IN ROW EXCLUSIVE MODE").await.expect("a lock");
    let child = start(&database.dsn, &REBUILD);
    let waits = sessions_with(building, "wait_event_type = 'Lock'");
    wait_for_row(&watcher, "it waits for the lock", &waits).await;
    kill(child);
    assert!(uses_an_index(&watcher, "english").await, "the old index is used");
    lock.rollback().await.expect("released");

    // During the build, which the server continues without its client.
    let child = start(&database.dsn, &REBUILD);
    let builds = sessions_with(building, "state = 'active'");
    wait_for_row(&watcher, "it builds", &builds).await;
    kill(child);
    assert!(uses_an_index(&watcher, "english").await, "the old index is used");

    // Between the builds and their exchange: it waits for a transaction that reads.
    let lock = holder.transaction().await.expect("a transaction");
    lock.batch_execute("LOCK TABLE public.posts IN ACCESS SHARE MODE").await.expect("a lock");
    let child = start(&database.dsn, &REBUILD);
    let waits = sessions_with("%DROP INDEX \"idx_posts_message_txt\"%", "wait_event_type = 'Lock'");
    wait_for_row(&watcher, "it waits to exchange the indexes", &waits).await;
    kill(child);
    wait_for_row(
        &watcher,
        "the statement gives up",
        &waits.replace("count(*)", "(count(*) = 0)::int::bigint"),
    )
    .await;
    assert!(uses_an_index(&watcher, "english").await, "the old index is used");
    lock.rollback().await.expect("released");

    run(["post-migrate", &database.dsn.render()].iter().chain(&REBUILD)).expect(0);
    assert_all_are_replaced(&watcher).await;
    run(["post-migrate", &database.dsn.render()].iter().chain(&REBUILD)).expect(0).says("0 built");
}

#[tokio::test]
async fn a_rebuild_that_is_killed_between_two_exchanges_resumes() {
    let database = target_with_posts().await;
    let (mut holder, watcher) = (database.connect().await, database.connect().await);
    let lock = holder.transaction().await.expect("a transaction");
    // Posts come first.
    lock.batch_execute("LOCK TABLE public.users IN ACCESS SHARE MODE").await.expect("a lock");
    let child = start(&database.dsn, &REBUILD);
    let waits = sessions_with("%DROP INDEX \"idx_users%", "wait_event_type = 'Lock'");
    wait_for_row(&watcher, "it waits to exchange the indexes", &waits).await;
    kill(child);
    assert!(uses_an_index(&watcher, CONFIGURATION).await, "the indexes of posts are exchanged");
    lock.rollback().await.expect("released");
    run(["post-migrate", &database.dsn.render()].iter().chain(&REBUILD)).expect(0);
    assert_all_are_replaced(&watcher).await;
}

#[tokio::test]
async fn a_phrase_index_whose_build_is_killed_is_built_once() {
    let database = target_with_posts().await;
    let watcher = database.connect().await;
    let child = start(&database.dsn, &["--phrase-index"]);
    let builds = sessions_with(&format!("CREATE INDEX {PHRASE_INDEX}%"), "state = 'active'");
    wait_for_row(&watcher, "it builds", &builds).await;
    kill(child);
    // The server may still be building: the same command waits for that, and uses the result.
    run(["post-migrate", &database.dsn.render(), "--phrase-index"]).expect(0);
    assert!(uses_an_index(&watcher, "simple").await);
    let valid = format!(
        "SELECT count(*) FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
         WHERE relname LIKE '{PHRASE_INDEX}%' AND indisvalid AND indisready"
    );
    assert_eq!(count(&watcher, &valid).await, 1);
}

#[tokio::test]
async fn indexes_are_built_by_all_jobs_at_once() {
    let database = target_with_posts().await;
    let (mut holder, watcher) = (database.connect().await, database.connect().await);
    let lock = holder.transaction().await.expect("a transaction");
    lock.batch_execute(
        "LOCK TABLE public.posts, public.channels, public.users IN ROW EXCLUSIVE MODE",
    )
    .await
    .expect("a lock");
    let child = start(&database.dsn, &REBUILD);
    let waiting = sessions_with("CREATE INDEX %_rebuild%", "wait_event_type = 'Lock'");
    wait_for_row(
        &watcher,
        "three builds wait",
        &waiting.replace("count(*)", "(count(*) = 3)::int::bigint"),
    )
    .await;
    lock.rollback().await.expect("released");
    let status = child.wait_with_output().expect("it ends").status;
    assert!(status.success(), "{status}");
    assert_all_are_replaced(&watcher).await;
}
