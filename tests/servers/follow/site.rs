//! A workspace on a server of its own that logs rows, and a target.

use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};

use migration_assist::ledger;
use migration_assist::mysql::{Access, Dsn, Flavour};
use migration_assist::postgres::Connection;
use migration_assist::secret::Secret;

use crate::copy::workspace::Pair;
use crate::support::mysql::{Source, open, run};
use crate::support::own_server::OwnServer;
use crate::support::program::{Run, command, finish};
use crate::support::waiting::wait_until;

/// Both sides; they go when the test ends.
pub struct Site {
    pub pair: Pair,
    /// The source by an account such as Mattermost's, with the rights on its database alone.
    pub mattermost: Dsn,
    server: OwnServer,
    kind: &'static str,
    /// How many changes were applied when they were waited for last.
    waited_for: AtomicU64,
}

impl Site {
    /// Starts the server, and fills the source with the sample workspace.
    pub async fn start(flavour: Flavour) -> Self {
        let kind = match flavour {
            Flavour::MySql => "mysql",
            Flavour::MariaDb => "mariadb",
        };
        let server = OwnServer::start(kind);
        let administrator: Dsn = server.dsn().parse().expect("a DSN");
        let mut connection = open(&administrator, Access::Writing).await;
        run(&mut connection, "SET GLOBAL binlog_format = 'ROW'").await;
        let mut source = Source::create_on(flavour, administrator).await;
        let account = source.account("ALL PRIVILEGES", "BY 'pw'").await;
        let mattermost = Dsn { password: Secret::new("pw"), ..account };
        let pair = Pair::filled(source).await;
        Self { pair, mattermost, server, kind, waited_for: AtomicU64::new(0) }
    }

    /// Kills the server and starts it again.
    pub fn restart(&self) {
        self.server.restart(self.kind);
        self.pair.source.dsn.instances.forget();
    }

    /// The binary with these arguments and both sides.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command(arguments);
        command.env("MIGRATION_ASSIST_MYSQL_DSN", self.pair.source.dsn.render().expose());
        command.env("MIGRATION_ASSIST_POSTGRES_DSN", self.pair.target.dsn.render());
        if arguments[0] != "verify" {
            command.arg("--quarantine").arg(self.pair.quarantine());
        }
        command
    }

    /// Runs it to its end.
    pub fn run(&self, arguments: &[&str]) -> Run {
        finish(self.command(arguments))
    }

    /// The JSON that a run with this status writes.
    pub fn json(&self, arguments: &[&str], status: i32) -> serde_json::Value {
        let run = self.run(arguments).expect(status);
        serde_json::from_str(&run.stdout).expect("a JSON object")
    }

    /// Waits until so many further changes of the log are applied.
    pub async fn wait_for_changes(&self, count: u64) {
        let applied = self.applied(&self.pair.target.connect().await).await;
        self.wait_until_applied(applied + count).await;
    }

    /// Waits until so many further changes are applied than when they were waited for last.
    pub async fn wait_for_changes_since_last_time(&self, count: u64) {
        let wanted = self.waited_for.fetch_add(count, Ordering::Relaxed) + count;
        self.wait_until_applied(wanted).await;
    }

    async fn applied(&self, connection: &Connection) -> u64 {
        let record = ledger::read_following(connection, "public").await.expect("a record");
        record.map_or(0, |record| record.counts.changes)
    }

    async fn wait_until_applied(&self, wanted: u64) {
        let connection = self.pair.target.connect().await;
        wait_until("the changes are applied", async || self.applied(&connection).await >= wanted)
            .await;
    }
}
