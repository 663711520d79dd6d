//! Reports waits: for locks of other sessions, and for servers from which nothing arrives.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use tokio::task::AbortHandle;

use crate::activity::{Holder, Silence, SilentSession};
use crate::ui::Ui;
use crate::{mysql, postgres, unencrypted};

/// How long a server may be silent before it is asked why. A wait is reported within ten seconds of its start.
const PATIENCE: Duration = Duration::from_secs(4);
/// The interval at which servers that still work on a statement are asked again.
const INTERVAL: Duration = Duration::from_secs(4);
/// The interval at which a wait that lasts is reported again.
const REPEAT: Duration = Duration::from_mins(1);
/// The interval at which the sessions are looked at, without asking a server.
const LOOK: Duration = Duration::from_millis(500);

/// Watches the sessions of this process until it is dropped.
pub(super) struct Watch {
    ui: Ui,
    task: AbortHandle,
}

impl Watch {
    /// Starts watching, in a task of its own.
    pub(super) fn start(ui: Ui) -> Self {
        Self { ui, task: tokio::spawn(watch(ui)).abort_handle() }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.task.abort();
        // Of sessions that ended before they were looked at.
        warn_of_unencrypted(self.ui);
    }
}

/// Names each server once with which a session is not encrypted.
fn warn_of_unencrypted(ui: Ui) {
    static NAMED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let mut named = NAMED.lock().unwrap_or_else(PoisonError::into_inner);
    for server in unencrypted::servers() {
        if named.insert(server.clone()) {
            ui.warn(format!(
                "the connection to {server} is not encrypted, and passes the network: turn TLS on at the \
                 server, and name it in the DSN"
            ));
        }
    }
}

/// The sessions of both sides whose server is silent.
fn silent_sessions() -> Vec<SilentSession> {
    let mut silent = mysql::silent_sessions(PATIENCE);
    silent.extend(postgres::silent_sessions(PATIENCE));
    silent
}

/// What is known of a silent session.
struct Seen {
    asked: Instant,
    waits: bool,
}

async fn watch(ui: Ui) {
    let mut seen: BTreeMap<u64, Seen> = BTreeMap::new();
    // The reports of waits that last, with the time of each.
    let mut reported: BTreeMap<String, Instant> = BTreeMap::new();
    let mut began: Option<Instant> = None;
    loop {
        tokio::time::sleep(LOOK).await;
        warn_of_unencrypted(ui);
        let silent = silent_sessions();
        seen.retain(|key, _| silent.iter().any(|session| session.entry == *key));
        let is_due = |session: &&SilentSession| {
            seen.get(&session.entry).is_none_or(|seen| seen.asked.elapsed() >= INTERVAL)
        };
        let due: Vec<&SilentSession> = silent.iter().filter(is_due).collect();
        let reasons = join_all(due.iter().map(|session| session.reason())).await;
        for (session, reason) in due.into_iter().zip(reasons) {
            let Some(silence) = session.silence() else { continue };
            let waits = reason != Silence::Working;
            seen.insert(session.entry, Seen { asked: Instant::now(), waits });
            let Some(report) = describe(session, &reason) else { continue };
            let since = Instant::now().checked_sub(silence);
            began = began.or(since);
            if reported.get(&report).is_none_or(|at| at.elapsed() >= REPEAT) {
                ui.warn(format!("waiting for {} s: {report}", silence.as_secs()));
                reported.insert(report, Instant::now());
            }
            ui.pause(since.unwrap_or_else(Instant::now));
        }
        if !seen.values().any(|seen| seen.waits)
            && let Some(since) = began.take()
        {
            ui.resume();
            ui.note(format!("the wait is over after {} s", since.elapsed().as_secs()));
            reported.clear();
        }
    }
}

/// What is waited for; `None` if the server works.
fn describe(session: &SilentSession, reason: &Silence) -> Option<String> {
    let (server, statement) = (session.server(), &session.unanswered.statement);
    match reason {
        Silence::Working => None,
        Silence::Locked { what, holders, is_certain } => {
            let holders = list(holders);
            Some(match (is_certain, holders.is_empty()) {
                (_, true) => format!(
                    "{server} waits for {what}, whose holder it does not show\n  statement: {statement}"
                ),
                (true, false) => format!(
                    "{server} waits for {what}, which another session holds\n  statement: \
                     {statement}{holders}"
                ),
                (false, false) => format!(
                    "{server} waits for {what}, which one of these sessions may hold\n  statement: \
                     {statement}{holders}"
                ),
            })
        }
        Silence::Unheard => {
            Some(format!("nothing arrives from {server}\n  statement: {statement}"))
        }
        Silence::Unasked { reason } => Some(format!(
            "nothing arrives from {server}, and another session cannot ask why: {reason}\n  statement: \
             {statement}"
        )),
    }
}

/// The sessions, each with the statement that ends it, in lines of their own.
fn list(holders: &[Holder]) -> String {
    let line = |it: &Holder| format!("\n  {}; to end it: {}", it.session, it.end);
    holders.iter().map(line).collect()
}
