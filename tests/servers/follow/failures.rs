//! Servers, sessions and logs that go away while they are followed.

use std::process::{Child, Stdio};

use migration_assist::mysql::{Address, Dsn, Flavour};
use migration_assist::secret::Secret;

use super::site::Site;
use super::writer::Writer;
use crate::copy::compare::assert_equal;
use crate::support::own_server::on_servers_of_both_flavours;
use crate::support::program::Watchdog;
use crate::support::tcp_proxy::Line;
use crate::support::waiting::wait_until;

on_servers_of_both_flavours!(
    lost_sessions_and_restarts_are_survived,
    a_connection_that_stalls_is_given_up,
    a_log_that_was_removed_or_reset_is_refused,
    another_server_is_refused,
    an_account_that_writes_to_a_read_only_server_is_refused,
);

/// A follower that runs until this is dropped.
struct Follower {
    child: Child,
    _watchdog: Watchdog,
}

impl Follower {
    fn start(site: &Site, source: Option<&Dsn>) -> Self {
        let mut command = site.command(&["follow", "--quiet"]);
        if let Some(source) = source {
            command.env("MIGRATION_ASSIST_MYSQL_DSN", source.render().expose());
        }
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().expect("the binary runs");
        let watchdog = Watchdog::over(child.id());
        Self { child, _watchdog: watchdog }
    }

    fn is_running(&mut self) -> bool {
        self.child.try_wait().expect("a child").is_none()
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const CHANGE: &str = "UPDATE Channels SET TotalMsgCount = TotalMsgCount + 1 LIMIT 1";

async fn lost_sessions_and_restarts_are_survived(flavour: Flavour) {
    let site = Site::start(flavour).await;
    // What is acknowledged has to survive that the server is killed.
    let durable = "SET GLOBAL innodb_flush_log_at_trx_commit = 1; SET GLOBAL sync_binlog = 1";
    site.pair.sql(durable).await;
    site.run(&["copy", "--live", "--no-check"]).expect(0);
    // Unique indexes wait until rows fit together, which needs no change; this keeps them waiting.
    let writes = site.pair.target.connect().await;
    writes
        .batch_execute("BEGIN; LOCK TABLE public.users IN ROW EXCLUSIVE MODE")
        .await
        .expect("a lock");
    let mut follower = Follower::start(&site, None);
    let builds = "SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'";
    wait_until("a unique index is built", async || site.pair.count(builds).await == 1).await;
    assert_eq!(end_session_with_target(&site).await, 1);
    writes.batch_execute("ROLLBACK").await.expect("the lock is released");
    let is_applied = async || {
        site.pair.sql(CHANGE).await;
        site.wait_for_changes_since_last_time(1).await;
    };
    is_applied().await;
    let waiting = "SELECT count(*) FROM migration_assist.removed_definitions
        WHERE stage <> 'foreign-key'";
    assert_eq!(site.pair.count(waiting).await, 0, "what was interrupted is built");
    let mut connection = site.pair.source.connect().await;
    let dumps = "SELECT CAST(ID AS SIGNED) FROM information_schema.PROCESSLIST
        WHERE COMMAND LIKE 'Binlog Dump%'";
    let dumps: Vec<i64> = connection.query(dumps).await.expect("sessions");
    assert_eq!(dumps.len(), 1);
    connection.execute(&format!("KILL {}", dumps[0])).await.expect("it can be ended");
    is_applied().await;
    assert_eq!(end_session_with_target(&site).await, 1);
    is_applied().await;
    drop(connection);
    site.restart();
    site.pair.sql("SET GLOBAL binlog_format = 'ROW'").await;
    is_applied().await;
    assert!(follower.is_running());
    drop(follower);
    site.run(&["follow", "--until-caught-up"]).expect(0);
    assert_equal(&site.pair).await;
}

/// Ends the session of the follower; how many there were.
async fn end_session_with_target(site: &Site) -> i64 {
    let end = "SELECT count(pg_terminate_backend(pid)) FROM pg_locks
        WHERE locktype = 'advisory' AND objid = hashtext('public')::oid
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            AND classid = hashtext('migration-assist copy')::oid AND granted";
    site.pair.count(end).await
}

async fn a_connection_that_stalls_is_given_up(flavour: Flavour) {
    let site = Site::start(flavour).await;
    site.run(&["copy", "--live", "--no-check"]).expect(0);
    let Address::Tcp { port, .. } = site.pair.source.dsn.address else { panic!("a port") };
    let line = Line::to(port);
    let mut through = site.pair.source.dsn.clone();
    through.address = Address::Tcp { host: "127.0.0.1".to_owned(), port: line.port };
    let mut follower = Follower::start(&site, Some(&through));
    site.pair.sql(CHANGE).await;
    site.wait_for_changes_since_last_time(1).await;
    line.stall();
    site.pair.sql(CHANGE).await;
    site.wait_for_changes_since_last_time(1).await;
    assert!(follower.is_running());
}

async fn a_log_that_was_removed_or_reset_is_refused(flavour: Flavour) {
    let site = Site::start(flavour).await;
    let reset = match flavour {
        Flavour::MySql => "RESET BINARY LOGS AND GTIDS",
        Flavour::MariaDb => "RESET MASTER",
    };
    let refused = |reasons: &[&str]| {
        let run = site.run(&["follow", "--until-caught-up"]).expect(2);
        let is_named = reasons.iter().any(|reason| run.stderr.contains(reason));
        assert!(is_named, "{}", run.stderr);
        let offers_a_copy = ["copy again with `migration-assist copy ", " --live --restart`"];
        assert!(offers_a_copy.iter().all(|part| run.stderr.contains(part)), "{}", run.stderr);
    };
    let copy = || {
        site.run(&["copy", "--live", "--no-check", "--restart"]).expect(0);
        site.run(&["follow", "--until-caught-up"]).expect(0);
    };
    // The copy starts in the first file, and is followed to its end.
    site.pair.sql(reset).await;
    copy();
    // The next copy replaces rows that following wrote, and asks for no consent.
    site.pair.sql("UPDATE Posts SET EditAt = EditAt + 1").await;
    site.run(&["follow", "--until-caught-up"]).expect(0);
    site.pair.sql(reset).await;
    let enough = "UPDATE Posts SET EditAt = EditAt + 1; UPDATE Posts SET EditAt = EditAt + 1";
    site.pair.sql(enough).await;
    refused(&["was reset"]);
    copy();
    site.pair.sql(reset).await;
    refused(&["before ", "was reset"]);
    copy();
    site.pair.sql("FLUSH BINARY LOGS").await;
    let mut connection = site.pair.source.connect().await;
    let logs: Vec<migration_assist::mysql::Row> =
        connection.query("SHOW BINARY LOGS").await.expect("the logs");
    let last: String = logs.last().and_then(|row| row.get(0)).expect("a file");
    site.pair.sql(&format!("PURGE BINARY LOGS TO '{last}'")).await;
    refused(&["no longer reaches back to"]);
}

async fn another_server_is_refused(flavour: Flavour) {
    let site = Site::start(flavour).await;
    site.run(&["copy", "--live", "--no-check"]).expect(0);
    site.run(&["follow", "--until-caught-up"]).expect(0);
    site.pair.target_sql("UPDATE migration_assist.following SET server_identity = 'other'").await;
    let run = site.run(&["follow"]).expect(1);
    assert!(run.stderr.contains("not that of the source that was copied"), "{}", run.stderr);
    assert!(run.stderr.contains("--live --restart"), "{}", run.stderr);
}

async fn an_account_that_writes_to_a_read_only_server_is_refused(flavour: Flavour) {
    let site = Site::start(flavour).await;
    let session = site.pair.source.connect().await;
    let checked = site.run(&["mysql", "--format", "json"]).stdout;
    let copied = site.run(&["copy", "--live", "--no-check"]);
    let migrated = (flavour == Flavour::MariaDb).then(|| site.run(&["migrate", "--live"]));
    let reason = " has sessions in the database, and can write to it while the server is read-only";
    let is_named = flavour == Flavour::MariaDb;
    assert_eq!(checked.contains(reason), is_named, "{checked}");
    if is_named {
        let said = copied.expect(1).stderr;
        assert!(said.contains(reason) && said.contains("REVOKE READ_ONLY ADMIN"), "{said}");
        let said = migrated.expect("a run").expect(1).stderr;
        assert!(said.contains("cannot follow the source: ") && said.contains(reason), "{said}");
        let recorded = "SELECT count(*) FROM pg_class WHERE relname = 'copies'";
        assert_eq!(site.pair.count(recorded).await, 0, "nothing was written");
        drop(session);
        site.run(&["copy", "--live", "--no-check"]).expect(0);
    } else {
        copied.expect(0);
    }
}

/// Copies with an account that may not lock tables while a session writes.
#[tokio::test(flavor = "multi_thread")]
async fn with_gtids_no_lock_is_needed_for_an_exact_start() {
    let mut site = Site::start(Flavour::MySql).await;
    let account = site.pair.source.account("SELECT", "BY 'pw'").await;
    let account = Dsn { password: Secret::new("pw"), ..account };
    let grant =
        format!("GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO {}@'%'", account.user);
    site.pair.sql(&grant).await;
    let writer = Writer::start(&site).await;
    let run = |arguments: &[&str]| {
        let mut command = site.command(arguments);
        command.env("MIGRATION_ASSIST_MYSQL_DSN", account.render().expose());
        crate::support::program::finish(command).expect(0)
    };
    run(&["copy", "--live", "--no-check", "--jobs", "3"]);
    let start = "SELECT count(*) FROM migration_assist.copies
        WHERE start_gtid IS NOT NULL AND start_offset = 4
            AND (start_file, start_offset) < (visible_file, visible_offset)";
    assert_eq!(site.pair.count(start).await, 1);
    run(&["follow", "--until-caught-up"]);
    writer.stop().await;
    run(&["follow", "--until-caught-up"]);
    assert_equal(&site.pair).await;
    let begun = "SELECT count(*) FROM migration_assist.following WHERE start_gtid IS NULL";
    assert_eq!(site.pair.count(begun).await, 1);
    run(&["verify"]);
}

/// Nothing is sent when everything behind the start is in the set of GTIDs.
#[tokio::test]
async fn with_gtids_a_source_without_changes_is_caught_up_with() {
    let site = Site::start(Flavour::MySql).await;
    site.run(&["copy", "--live", "--no-check"]).expect(0);
    let run = site.run(&["follow", "--until-caught-up"]).expect(0);
    assert!(run.stderr.contains("caught up at "), "{}", run.stderr);
}
