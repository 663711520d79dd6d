//! A freeze and its undo that are interrupted at any step leave a server that `--undo` releases.

use std::process::{Child, Command, Stdio};

use migration_assist::mysql::{Access, Connection, Flavour, sessions_running};

use super::fixtures::arguments;
use super::own_server::{Site, on_servers_of_both_flavours};
use crate::support::mysql::{open, run as execute};
use crate::support::program::{Watchdog, command, kill_after};

/// How the pending statement begins.
const PENDING: &str = "SET GLOBAL ";
/// The lines that a freeze or an undo prints, and some more.
const LINES: u64 = 12;

async fn pending(server: &mut Connection) -> Vec<u64> {
    sessions_running(server, PENDING).await.expect("sessions")
}

/// Begins a freeze behind the lock of another session, and waits until its statement is pending.
async fn begin_behind_a_lock(site: &Site, administrator: &mut Connection) -> Child {
    let dsn = site.server.account(None).render().expose().to_owned();
    let more = ["--mysql", &dsn, "--freeze", "--yes"];
    let mut command = command(arguments(&site.path, &site.target.dsn, &more));
    let child = command.stderr(Stdio::null()).spawn().expect("the binary runs");
    let watchdog = Watchdog::over(child.id());
    while pending(administrator).await.is_empty() {
        tokio::task::yield_now().await;
    }
    drop(watchdog);
    child
}

async fn nothing_freezes_after_a_kill_and_an_undo(flavour: Flavour) {
    let site = Site::start(flavour, "").await;
    let mut administrator = open(&site.server.dsn, Access::Writing).await;
    let mut backup = open(&site.server.account(None), Access::Writing).await;
    execute(&mut backup, "LOCK TABLES Posts WRITE").await;
    let mut child = begin_behind_a_lock(&site, &mut administrator).await;
    child.kill().expect("it can be killed");
    child.wait().expect("it ends");
    site.as_administrator(&["--undo", "--yes"]);
    // With no statement pending, nothing can freeze the server once the lock is free.
    assert_eq!(pending(&mut administrator).await, [0_u64; 0]);
    execute(&mut backup, "UNLOCK TABLES").await;
    assert!(!site.server.is_on("read_only").await);
}

async fn an_interruption_ends_the_pending_statement(flavour: Flavour) {
    let site = Site::start(flavour, "").await;
    let mut administrator = open(&site.server.dsn, Access::Writing).await;
    let mut backup = open(&site.server.account(None), Access::Writing).await;
    execute(&mut backup, "LOCK TABLES Posts WRITE").await;
    let mut child = begin_behind_a_lock(&site, &mut administrator).await;
    let interrupt = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(interrupt.is_ok_and(|it| it.success()));
    let status = {
        let _watchdog = Watchdog::over(child.id());
        child.wait().expect("it ends")
    };
    assert_eq!(status.code(), Some(130));
    assert_eq!(pending(&mut administrator).await, [0_u64; 0]);
    execute(&mut backup, "UNLOCK TABLES").await;
    assert!(!site.server.is_on("read_only").await);
    drop(backup);
    site.as_administrator(&["--freeze", "--yes"]).expect(0);
    site.as_administrator(&["--undo", "--yes"]).expect(0);
}

async fn kills_at_every_step_leave_a_server_that_undo_releases(flavour: Flavour) {
    let site = Site::start(flavour, "").await;
    let dsn = site.server.account(None).render().expose().to_owned();
    let before = site.configuration();
    for lines in 0..LINES {
        kill(&site, &["--mysql", &dsn, "--freeze", "--yes"], lines);
        if lines % 2 == 0 {
            kill(&site, &["--mysql", &dsn, "--undo", "--yes"], lines / 4);
        }
        // Status 2 if the kill came before anything was done.
        let undone = site.as_administrator(&["--undo", "--yes"]);
        assert!(matches!(undone.status, 0 | 2), "{}", undone.stderr);
        assert!(!site.server.is_on("read_only").await, "after line {lines}");
        assert_eq!(site.configuration(), before);
    }
}

fn kill(site: &Site, more: &[&str], lines: u64) {
    let mut command = command(arguments(&site.path, &site.target.dsn, more));
    let mut child = command.stderr(Stdio::piped()).spawn().expect("the binary runs");
    let said = child.stderr.take().expect("what it prints");
    kill_after(child, said, |_| true, lines);
}

on_servers_of_both_flavours!(
    nothing_freezes_after_a_kill_and_an_undo,
    an_interruption_ends_the_pending_statement,
    kills_at_every_step_leave_a_server_that_undo_releases,
);
