//! Sessions that wait survive a proxy that cuts off idle connections.

use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use migration_assist::mysql::{Access, Address, Dsn};
use migration_assist::postgres::{self, Connection, Host};
use migration_assist::progress::{Progress, TaskSize};
use migration_assist::verify::{ALL_TABLES, VerifyOptions, verify};

use crate::support::mysql::{Source, on_both_flavours, open, run as execute};
use crate::support::postgres::Database;
use crate::support::tcp_proxy::{Line, until_idle_connections_are_cut};

on_both_flavours!(a_session_that_waits_is_kept, a_reader_is_kept_while_the_other_side_waits);

/// Longer than a loaded machine needs for what is done between two waits.
const LIMIT: Duration = Duration::from_secs(5);
const KEEP_ALIVE: Duration = Duration::from_millis(500);

/// The source by way of such a proxy.
fn cut_source(source: &Source) -> (Line, Dsn) {
    let Address::Tcp { port, .. } = source.dsn.address else { panic!("no TCP") };
    let line = Line::with_idle_limit(port, LIMIT);
    let address = Address::Tcp { host: "127.0.0.1".to_owned(), port: line.port };
    let dsn = Dsn { address, keep_alive: KEEP_ALIVE, ..source.dsn.clone() };
    (line, dsn)
}

fn cut_target(database: &Database) -> (Line, postgres::Dsn) {
    let line = Line::with_idle_limit(database.dsn.port, LIMIT);
    let host = Host::Tcp("127.0.0.1".to_owned());
    let dsn =
        postgres::Dsn { host, port: line.port, keep_alive: KEEP_ALIVE, ..database.dsn.clone() };
    (line, dsn)
}

async fn a_session_that_waits_is_kept(source: Source) {
    let (line, dsn) = cut_source(&source);
    let mut waiting = open(&dsn, Access::ReadOnly).await;
    let mut idle = open(&dsn, Access::ReadOnly).await;
    let cut = until_idle_connections_are_cut(line.port);
    waiting.wait_for(cut).await.expect("it is kept");
    execute(&mut waiting, "SELECT 1").await;
    idle.execute("SELECT 1").await.expect_err("without a wait it is cut off");
}

#[tokio::test]
async fn every_session_with_the_target_is_kept() {
    let database = Database::create().await;
    let (line, dsn) = cut_target(&database);
    let mut connection = Connection::connect(&dsn).await.expect("a session");
    let transaction = connection.transaction().await.expect("a transaction");
    transaction.batch_execute("SELECT 1/0").await.expect_err("it fails");
    until_idle_connections_are_cut(line.port).await;
    transaction.rollback().await.expect("the session is there");
    let without = postgres::Dsn { keep_alive: Duration::from_mins(10), ..dsn };
    let connection = Connection::connect(&without).await.expect("a session");
    until_idle_connections_are_cut(line.port).await;
    connection.batch_execute("SELECT 1").await.expect_err("without queries it is cut off");
}

/// Locks a table of the target as soon as the readers have begun, until both proxies have cut off what was
/// idle since.
struct Intruder {
    database: Database,
    proxies: [u16; 2],
    at_work: Mutex<Option<std::thread::JoinHandle<()>>>,
}

impl Intruder {
    async fn hold_up(dsn: &postgres::Dsn, proxies: [u16; 2], locked: &Sender<()>) {
        let connection = Connection::connect(dsn).await.expect("a session");
        let lock = "BEGIN; LOCK TABLE public.posts IN ACCESS EXCLUSIVE MODE";
        connection.batch_execute(lock).await.expect("a lock");
        locked.send(()).expect("a listener");
        let waits = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))";
        while !connection.query_one(waits, &[]).await.expect("locks").get::<_, bool>(0) {}
        for proxy in proxies {
            until_idle_connections_are_cut(proxy).await;
        }
        connection.batch_execute("ROLLBACK").await.expect("released");
    }
}

impl Progress for Intruder {
    fn begin(&self, what: &str, _size: TaskSize) {
        if what != ALL_TABLES {
            return;
        }
        let (locked, is_locked) = channel();
        let (dsn, proxies) = (self.database.dsn.clone(), self.proxies);
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(Self::hold_up(&dsn, proxies, &locked));
        });
        is_locked.recv().expect("a lock");
        *self.at_work.lock().expect("no panic") = Some(thread);
    }

    fn advance(&self, _what: &str, _units: u64) {}

    fn finish(&self, _what: &str) {}
}

async fn a_reader_is_kept_while_the_other_side_waits(source: Source) {
    let database = Database::create().await;
    let table = "CREATE TABLE posts (id varchar(26) PRIMARY KEY, message text)";
    let rows = "INSERT INTO posts VALUES ('a', 'b')";
    execute(&mut source.connect().await, &format!("{table}; {rows}")).await;
    let target = format!("SET search_path = public; {table}; {rows}");
    database.connect().await.batch_execute(&target).await.expect("a table");
    let (from, source_dsn) = cut_source(&source);
    let (to, target_dsn) = cut_target(&database);
    let proxies = [from.port, to.port];
    let intruder = Arc::new(Intruder { database, proxies, at_work: Mutex::new(None) });
    let options = VerifyOptions { jobs: 2, ..VerifyOptions::default() };
    let report = verify(&source_dsn, &target_dsn, &options, Arc::clone(&intruder) as Arc<_>).await;
    let report = report.expect("no session was cut off");
    assert!(report.proof && report.recorded, "{report:#?}");
    let thread = intruder.at_work.lock().expect("no panic").take().expect("it was held up");
    thread.join().expect("no panic");
}
