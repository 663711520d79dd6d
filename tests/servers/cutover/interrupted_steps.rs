//! A freeze and an undo that end by SIGINT, SIGTERM or `kill -9` at each of their steps, which are held up by locks.

use std::process::{Child, Command, Stdio};

use migration_assist::mysql::{Access, Connection, Flavour, sessions_running};
use migration_assist::postgres;

use super::fixtures::arguments;
use super::own_server::{Site, on_servers_of_both_flavours};
use crate::support::mysql::{open, run as execute};
use crate::support::program::{Watchdog, command};

/// Each signal, and the status of a program that ends by it; `None` if the kernel ends it.
const SIGNALS: [(&str, Option<i32>); 3] = [("INT", Some(130)), ("TERM", Some(143)), ("KILL", None)];

/// Writing the ledger waits for it; reading does not.
const HOLD_LEDGER: &str = "BEGIN; LOCK TABLE migration_assist.freezes IN EXCLUSIVE MODE";

fn start(site: &Site, more: &[&str]) -> Child {
    let dsn = site.server.account(None).render().expose().to_owned();
    let more = [&["--mysql", &dsn, "--yes"], more].concat();
    let mut command = command(arguments(&site.path, &site.target.dsn, &more));
    command.stderr(Stdio::null()).stdout(Stdio::null()).spawn().expect("the binary runs")
}

fn end(mut child: Child, (signal, status): (&str, Option<i32>)) {
    let _watchdog = Watchdog::over(child.id());
    let sent = Command::new("kill").args([&format!("-{signal}"), &child.id().to_string()]).status();
    assert!(sent.is_ok_and(|it| it.success()));
    assert_eq!(child.wait().expect("it ends").code(), status, "SIG{signal}");
}

/// Waits until another session waits for a lock in the target.
async fn until_waiting_for_ledger(target: &postgres::Connection) {
    let query = "SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let waiting = async || -> i64 { target.query_one(query, &[]).await.expect("a count").get(0) };
    while waiting().await == 0 {
        tokio::task::yield_now().await;
    }
}

/// A workspace whose freezes have been recorded before, so that the ledger exists.
async fn site(flavour: Flavour) -> Site {
    let site = Site::start(flavour, "").await;
    site.as_administrator(&["--freeze", "--yes"]).expect(0);
    site.as_administrator(&["--undo", "--yes"]).expect(0);
    site
}

/// After an undo, the server accepts writes, nothing can freeze it later, and a freeze works.
async fn assert_released(site: &Site, administrator: &mut Connection, configuration: &str) {
    // Status 2 if nothing was left to undo.
    let undone = site.as_administrator(&["--undo", "--yes"]);
    assert!(matches!(undone.status, 0 | 2), "{}", undone.stderr);
    assert!(!site.server.is_on("read_only").await, "{}", undone.stderr);
    let pending = sessions_running(administrator, "SET GLOBAL ").await.expect("sessions");
    assert_eq!(pending, [0_u64; 0]);
    assert_eq!(site.configuration(), configuration);
    let mut mattermost = site.mattermost().await;
    execute(&mut mattermost, "INSERT INTO Posts VALUES (1)").await;
}

async fn a_freeze_that_ends_at_any_step_is_undone(flavour: Flavour) {
    let site = site(flavour).await;
    let before = site.configuration();
    let mut administrator = open(&site.server.dsn, Access::Writing).await;
    let (target, holder) = (site.target.connect().await, site.target.connect().await);
    for signal in SIGNALS {
        // While the state before is being recorded.
        holder.batch_execute(HOLD_LEDGER).await.expect("a lock");
        let child = start(&site, &["--freeze"]);
        until_waiting_for_ledger(&target).await;
        end(child, signal);
        holder.batch_execute("ROLLBACK").await.expect("released");
        assert!(!site.server.is_on("read_only").await, "{signal:?}");
        assert_released(&site, &mut administrator, &before).await;

        // While the statement waits for the lock of another session.
        let mut backup = open(&site.server.account(None), Access::Writing).await;
        execute(&mut backup, "LOCK TABLES Posts WRITE").await;
        let child = start(&site, &["--freeze"]);
        while sessions_running(&mut administrator, "SET GLOBAL ")
            .await
            .expect("sessions")
            .is_empty()
        {
            tokio::task::yield_now().await;
        }
        end(child, signal);
        execute(&mut backup, "UNLOCK TABLES").await;
        drop(backup);
        assert_released(&site, &mut administrator, &before).await;

        // While it is found out whether sessions still write.
        let child = start(&site, &["--freeze"]);
        while !site.server.is_on("read_only").await {
            tokio::task::yield_now().await;
        }
        end(child, signal);
        assert!(site.server.is_on("read_only").await, "{signal:?}");
        site.as_administrator(&["--undo", "--yes"])
            .expect(0)
            .says("the source accepts writes again");
        assert_released(&site, &mut administrator, &before).await;
    }
}

async fn an_undo_that_ends_at_any_step_is_completed(flavour: Flavour) {
    let site = site(flavour).await;
    let before = site.configuration();
    let mut administrator = open(&site.server.dsn, Access::Writing).await;
    let (target, holder) = (site.target.connect().await, site.target.connect().await);
    for signal in SIGNALS {
        site.as_administrator(&["--freeze", "--yes"]).expect(0);
        site.cutover(&["--unproven", "--accept-running", "--yes"]).expect(0);
        assert_ne!(site.configuration(), before);
        // While the record is being removed: the configuration and the server are as they were.
        holder.batch_execute(HOLD_LEDGER).await.expect("a lock");
        let child = start(&site, &["--undo"]);
        until_waiting_for_ledger(&target).await;
        assert_eq!(site.configuration(), before);
        assert!(!site.server.is_on("read_only").await, "{signal:?}");
        end(child, signal);
        holder.batch_execute("ROLLBACK").await.expect("released");
        assert_released(&site, &mut administrator, &before).await;

        // As soon as the configuration is as it was, whatever the server is by then.
        site.as_administrator(&["--freeze", "--yes"]).expect(0);
        site.cutover(&["--unproven", "--accept-running", "--yes"]).expect(0);
        let child = start(&site, &["--undo"]);
        while site.configuration() != before {}
        end_or_ended(child, signal.0);
        assert_released(&site, &mut administrator, &before).await;
    }
}

/// Ends a program that may have ended by itself.
fn end_or_ended(mut child: Child, signal: &str) {
    let _watchdog = Watchdog::over(child.id());
    let _ = Command::new("kill").args([&format!("-{signal}"), &child.id().to_string()]).status();
    child.wait().expect("it ends");
}

on_servers_of_both_flavours!(
    a_freeze_that_ends_at_any_step_is_undone,
    an_undo_that_ends_at_any_step_is_completed,
);
