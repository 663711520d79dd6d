//! A copy that loses a server, or is interrupted by the user, prints it, ends, and resumes when it is run
//! again.

use std::io::{BufRead as _, BufReader, Read as _};
use std::pin::pin;
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use migration_assist::copy::{CopyOptions, CopyReport, Error, FullText};
use migration_assist::mysql::{self, Address, Dsn};
use migration_assist::postgres::{self, Connection, Host};
use migration_assist::progress::{Progress, Silent, TaskSize};
use migration_assist::secret::Secret;
use migration_assist::source;
use tokio::sync::Notify;

use super::compare::{assert_equal, structure};
use super::random::Random;
use super::workspace::{Pair, options};
use crate::support::mysql::{Source, end_sessions, on_both_flavours};
use crate::support::postgres as postgres_server;
use crate::support::program::{Watchdog, command};
use crate::support::tcp_proxy::Line;

on_both_flavours!(
    sessions_ended_by_the_target_leave_no_trace,
    sessions_ended_by_the_source_leave_no_trace,
    a_lost_connection_is_reported_and_the_copy_resumes,
    the_user_may_interrupt
);

/// How often a copy is cut off.
const ROUNDS: u64 = 4;
/// The steps of a whole copy, as far as progress reports them.
const STEPS: u64 = 400;
/// Far longer than a copy takes: one that takes longer hangs.
const DEADLINE: Duration = Duration::from_mins(2);

fn wanted() -> CopyOptions {
    CopyOptions { full_text: FullText::Build, ..options() }
}

/// Reports when that many steps are done.
struct SourcePosition {
    left: AtomicU64,
    reached: Notify,
}

impl SourcePosition {
    fn after(steps: u64) -> Arc<Self> {
        Arc::new(Self { left: AtomicU64::new(steps + 1), reached: Notify::new() })
    }

    fn step(&self) {
        if self.left.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.reached.notify_one();
        }
    }
}

impl Progress for SourcePosition {
    fn begin(&self, _what: &str, _size: TaskSize) {
        self.step();
    }

    fn advance(&self, _what: &str, _units: u64) {
        self.step();
    }

    fn finish(&self, _what: &str) {
        self.step();
    }
}

/// Copies, and does something at that step; whatever comes of the copy, it comes in time.
async fn copy_and(
    pair: &Pair,
    source: impl Into<source::Source>,
    steps: u64,
    meanwhile: impl Future<Output = ()>,
) -> Result<CopyReport, Error> {
    let position = SourcePosition::after(steps);
    let wanted = wanted();
    let mut copying = pin!(pair.copy_from(source, &wanted, Arc::clone(&position) as Arc<_>));
    tokio::select! {
        outcome = &mut copying => return outcome,
        () = position.reached.notified() => {}
    }
    meanwhile.await;
    tokio::time::timeout(DEADLINE, copying).await.expect("a copy that does not hang")
}

/// Every round of its own: the target as before the first copy, a loss, a second run to the end, and
/// all rows compared.
pub(super) async fn lose_and_resume(
    pair: &Pair,
    source: impl Into<source::Source>,
    cut_off: impl AsyncFn(),
) {
    let source = source.into();
    let mut random = Random::new("losses");
    let before = structure(pair).await;
    let mut ended = 0;
    for _ in 0..ROUNDS {
        pair.clean().await;
        if let Err(error) = copy_and(pair, &source, random.below(STEPS), cut_off()).await {
            let hint = error.hint().unwrap_or_else(|| panic!("no hint: {error:?}"));
            let before_it_began = matches!(
                error,
                Error::Source(source::Error::Server(mysql::Error::Unreachable { .. }))
                    | Error::Target(postgres::Error::Unreachable { .. })
            );
            let says_so = hint.ends_with("the same command resumes from here");
            assert!(before_it_began || says_so, "{error:?}: {hint}");
            ended += 1;
        }
        pair.assert_ledger_is_sound().await;
        let report = pair.copy_from(&source, &wanted(), Arc::new(Silent)).await.expect("a copy");
        assert_eq!(report.total.rows_written, assert_equal(pair).await as u64);
        assert!(structure(pair).await == before, "the target's indexes are not what they were");
    }
    assert!(ended > 0, "no copy was cut off in {ROUNDS} rounds: nothing is proven");
}

async fn sessions_ended_by_the_target_leave_no_trace(source: Source) {
    let pair = Pair::filled(source).await;
    lose_the_target_and_resume(&pair, &pair.source.dsn).await;
}

/// The same where the target ends all sessions.
pub async fn lose_the_target_and_resume(pair: &Pair, source: impl Into<source::Source>) {
    let administrator =
        Connection::connect(&postgres_server::administrator()).await.expect("a way in");
    let end = async || {
        let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1";
        administrator.query(sql, &[&pair.target.dsn.database]).await.expect("sessions");
    };
    lose_and_resume(pair, source, end).await;
}

async fn sessions_ended_by_the_source_leave_no_trace(mut source: Source) {
    let account = source.account("SELECT", "BY 'secret'").await;
    let account = Dsn { password: Secret::new("secret"), ..account };
    let pair = Pair::filled(source).await;
    let end = async || {
        let mut administrator = pair.source.connect().await;
        end_sessions(&mut administrator, |session| session.user == account.user).await;
    };
    lose_and_resume(&pair, &account, end).await;
}

/// The command in a process of its own, by lines that can be cut.
struct Command {
    child: Child,
    source: Line,
    target: Line,
}

impl Command {
    fn start(pair: &Pair) -> Self {
        let Address::Tcp { port, .. } = pair.source.dsn.address else { panic!("no TCP") };
        let (source, target) = (Line::to(port), Line::to(pair.target.dsn.port));
        let address = Address::Tcp { host: "127.0.0.1".into(), port: source.port };
        let source_dsn = Dsn { address, ..pair.source.dsn.clone() };
        let host = Host::Tcp("127.0.0.1".into());
        let target_dsn = postgres::Dsn { host, port: target.port, ..pair.target.dsn.clone() };
        let mut command =
            command(["copy", "--verbose", "--no-progress", "--full-text", "--quarantine"]);
        let child = command
            .arg(pair.quarantine())
            .env("MIGRATION_ASSIST_MYSQL_DSN", source_dsn.render().expose())
            .env("MIGRATION_ASSIST_POSTGRES_DSN", target_dsn.render())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        Self { child, source, target }
    }

    /// Waits until it has said so many lines, does something, and returns its status and what it said.
    /// The lines that `act` gives back hold until the end.
    async fn after(
        mut self,
        lines: u64,
        act: impl FnOnce(u32, Line, Line) -> Vec<Line> + Send + 'static,
    ) -> (i32, String) {
        let running = tokio::task::spawn_blocking(move || {
            let _watchdog = Watchdog::over(self.child.id());
            let mut said = String::new();
            let mut output = BufReader::new(self.child.stderr.take().expect("what it says"));
            for _ in 0..lines {
                output.read_line(&mut said).expect("UTF-8");
            }
            let _kept = act(self.child.id(), self.source, self.target);
            output.read_to_string(&mut said).expect("UTF-8");
            (self.child.wait().expect("it ends").code().expect("a status"), said)
        });
        running.await.expect("a status")
    }
}

/// The lines that a copy of all tables says.
const LINES: u64 = 150;

async fn a_lost_connection_is_reported_and_the_copy_resumes(source: Source) {
    let pair = Pair::filled(source).await;
    let mut random = Random::new("broken lines");
    for round in 0..ROUNDS {
        pair.clean().await;
        let lines = random.below(LINES);
        let (status, said) = Command::start(&pair)
            .after(lines, move |_, source, target| match round % 3 {
                0 => vec![target],
                1 => vec![source],
                _ => Vec::new(),
            })
            .await;
        assert!(status == 2 || status == 0 && said.contains("copied in"), "{status}: {said}");
        if status == 2 {
            assert!(said.contains("\nhint: check that "), "{said}");
        }
        pair.assert_ledger_is_sound().await;
        pair.copy(&wanted()).await.expect("a copy");
        assert_equal(&pair).await;
    }
}

/// Tables that a copy of the workspace fills, early and late ones.
const HELD: [&str; 4] = ["posts", "channels", "users", "preferences"];

async fn the_user_may_interrupt(source: Source) {
    let pair = Pair::filled(source).await;
    for held in HELD {
        pair.clean().await;
        let mut holder = pair.target.connect().await;
        let lock = holder.transaction().await.expect("a transaction");
        let statement = format!("LOCK TABLE public.{held} IN SHARE MODE");
        lock.batch_execute(&statement).await.expect("no other session holds it");
        let watcher = pair.target.connect().await;
        let runtime = tokio::runtime::Handle::current();
        let interrupt = move |process: u32, source, target| {
            runtime.block_on(wait_for_a_lock(&watcher));
            let sent =
                std::process::Command::new("kill").args(["-INT", &process.to_string()]).status();
            assert!(sent.expect("a signal").success());
            vec![source, target]
        };
        let (status, said) = Command::start(&pair).after(0, interrupt).await;
        lock.rollback().await.expect("the lock is given back");
        assert_eq!(status, 130, "{said}");
        assert!(said.contains("run the same command again to resume"), "{said}");
        pair.assert_ledger_is_sound().await;
        pair.copy(&wanted()).await.expect("a copy");
        assert_equal(&pair).await;
    }
}

/// Returns as soon as a session waits for a table that another holds, or when none ever does.
async fn wait_for_a_lock(watcher: &Connection) {
    let waiting =
        "SELECT EXISTS (SELECT FROM pg_locks JOIN pg_database ON database = pg_database.oid
        WHERE NOT granted AND locktype = 'relation' AND datname = current_database())";
    let since = Instant::now();
    while !watcher.query_one(waiting, &[]).await.expect("locks").get::<_, bool>(0)
        && since.elapsed() < DEADLINE
    {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
