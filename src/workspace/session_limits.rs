//! How many sessions the connection limits of both sides leave for work.

use super::Error;
use crate::postgres::{self, Connection};
use crate::source::Source;

/// Sessions of the source besides one for each job: one controls the work, and one takes the lock of a snapshot.
const OF_SOURCE: u32 = 2;
/// Sessions of the target besides one for each job: one controls the work.
const OF_TARGET: u32 = 1;

/// The sessions that a server grants for work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct GrantedSessions {
    /// The kind of server.
    pub(crate) server: &'static str,
    /// All sessions that are free.
    pub(crate) free: u32,
    /// Those of them that are left for work.
    pub(crate) for_work: usize,
}

/// The sessions that the target grants for these jobs.
pub(crate) async fn read_target_sessions(
    target: &Connection,
    jobs: usize,
) -> Result<GrantedSessions, Error> {
    let limit = postgres::session_limit(target).await?;
    grant("PostgreSQL", limit.free, OF_TARGET, jobs, |more| limit.raise(more))
}

/// The sessions that the source grants for these jobs; `None` if it has no limit.
pub(crate) async fn read_source_sessions(
    source: &Source,
    jobs: usize,
) -> Result<Option<GrantedSessions>, Error> {
    let Some(limit) = source.session_limit().await? else { return Ok(None) };
    grant("MySQL", limit.free, OF_SOURCE, jobs, |more| limit.raise(more)).map(Some)
}

/// The sessions that are left for work besides `others`; an error if there is none.
fn grant(
    server: &'static str,
    free: u32,
    others: u32,
    jobs: usize,
    raise: impl Fn(u32) -> String,
) -> Result<GrantedSessions, Error> {
    let for_work = free.saturating_sub(others) as usize;
    if for_work == 0 {
        let wanted = u32::try_from(jobs).unwrap_or(u32::MAX).saturating_add(others);
        let remedy = raise(wanted.saturating_sub(free));
        return Err(Error::TooFewSessions { server, sessions: free, needed: others + 1, remedy });
    }
    Ok(GrantedSessions { server, free, for_work })
}
