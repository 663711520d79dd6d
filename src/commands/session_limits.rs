//! How many sessions the connection limits of both sides leave for work.

use super::failure::hinted;
use crate::mysql::{self, Access};
use crate::postgres::{self, Connection};
use crate::source::Source;
use crate::ui::Ui;

/// Sessions of the source besides one for each job: one controls the work, and one takes the lock of a snapshot.
const OF_SOURCE: u32 = 2;
/// Sessions of the target besides one for each job: one controls the work.
const OF_TARGET: u32 = 1;

/// The sessions for work that both sides grant; an error if there is none. Too few for the jobs are reported.
pub(super) async fn granted_sessions(
    source: &Source,
    target: &Connection,
    jobs: usize,
    ui: Ui,
) -> anyhow::Result<usize> {
    let granted = granted_target_sessions(target, jobs, ui).await?;
    let Source::Server(dsn) = source else { return Ok(granted) };
    let mut session = mysql::Connection::connect(dsn, Access::ReadOnly).await?;
    let Some(limit) = mysql::session_limit(&mut session).await? else { return Ok(granted) };
    // This session ends before the others begin.
    let free = Free { server: "MySQL", sessions: limit.free.saturating_add(1), others: OF_SOURCE };
    let of_source = free.granted(jobs.min(granted), |more| limit.raise(more), ui)?;
    Ok(granted.min(of_source))
}

/// The same for a command without a source.
pub(super) async fn granted_target_sessions(
    target: &Connection,
    jobs: usize,
    ui: Ui,
) -> anyhow::Result<usize> {
    let limit = postgres::session_limit(target).await?;
    let free = Free { server: "PostgreSQL", sessions: limit.free, others: OF_TARGET };
    free.granted(jobs, |more| limit.raise(more), ui)
}

/// The sessions that a server still grants, and how many of them do no job.
struct Free {
    server: &'static str,
    sessions: u32,
    others: u32,
}

impl Free {
    /// The sessions that are left for work.
    fn granted(self, jobs: usize, raise: impl Fn(u32) -> String, ui: Ui) -> anyhow::Result<usize> {
        let Self { server, sessions, others } = self;
        let granted = sessions.saturating_sub(others) as usize;
        if granted == 0 {
            let message = format!(
                "the connection limits of the {server} server leave too few sessions: {sessions} (needed: {})",
                others + 1
            );
            let needed = u32::try_from(jobs).unwrap_or(u32::MAX).saturating_add(others);
            let remedy = raise(needed.saturating_sub(sessions));
            let hint = format!("close other sessions, or let an administrator run: {remedy}");
            return Err(hinted(message, hint).into());
        }
        if granted < jobs {
            ui.note(format!(
                "the connection limits of the {server} server leave {sessions} sessions: jobs reduced from \
                 {jobs} to {granted}"
            ));
        }
        Ok(granted)
    }
}
