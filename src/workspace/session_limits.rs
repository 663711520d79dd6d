//! How many sessions the connection limits of both sides leave for work.

use super::Error;
use crate::postgres::{self, Connection};
use crate::source::Source;

/// Sessions of the source besides one for each job: one controls the work, and one takes the lock of a snapshot.
const OF_SOURCE: u32 = 2;
/// Sessions of the target besides one for each job: one controls the work.
const OF_TARGET: u32 = 1;

/// The sessions for work that both sides grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SessionLimits {
    pub(crate) for_work: usize,
    /// The servers that grant fewer than one for each job.
    pub(crate) reduced: Vec<ReducedJobs>,
}

/// A server whose limits reduce the number of jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ReducedJobs {
    /// The kind of server.
    pub(crate) server: &'static str,
    /// All sessions that are free.
    pub(crate) free: u32,
    /// The number of jobs before.
    pub(crate) from: usize,
    /// The number of jobs that are left.
    pub(crate) to: usize,
}

impl SessionLimits {
    /// What the target, and the source if there is one, grant for these jobs; an error if one grants none.
    pub(crate) async fn read(
        source: Option<&Source>,
        target: &Connection,
        jobs: usize,
    ) -> Result<Self, Error> {
        let limit = postgres::session_limit(target).await?;
        let for_work =
            granted("PostgreSQL", limit.free, OF_TARGET, jobs, |more| limit.raise(more))?;
        let mut limits = Self { for_work, reduced: Vec::new() };
        limits.note("PostgreSQL", limit.free, jobs, for_work);
        let Some(source) = source else { return Ok(limits) };
        let Some(limit) = source.session_limit().await? else { return Ok(limits) };
        let jobs = jobs.min(for_work);
        let of_source = granted("MySQL", limit.free, OF_SOURCE, jobs, |more| limit.raise(more))?;
        limits.note("MySQL", limit.free, jobs, of_source);
        limits.for_work = for_work.min(of_source);
        Ok(limits)
    }

    fn note(&mut self, server: &'static str, free: u32, from: usize, to: usize) {
        if to < from {
            self.reduced.push(ReducedJobs { server, free, from, to });
        }
    }
}

/// The sessions that are left for work besides `others`; an error if there is none.
fn granted(
    server: &'static str,
    free: u32,
    others: u32,
    jobs: usize,
    raise: impl Fn(u32) -> String,
) -> Result<usize, Error> {
    let for_work = free.saturating_sub(others) as usize;
    if for_work == 0 {
        let wanted = u32::try_from(jobs).unwrap_or(u32::MAX).saturating_add(others);
        let remedy = raise(wanted.saturating_sub(free));
        return Err(Error::TooFewSessions { server, sessions: free, needed: others + 1, remedy });
    }
    Ok(for_work)
}
