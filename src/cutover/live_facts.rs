//! The facts that the plan of a live switch is made from.

use crate::ledger::{self, BaseProof, FollowingRecord, PhaseTimes};
use crate::mysql::binlog::{bytes_behind, log_files};
use crate::mysql::{self, revoke_writing, user_of, writers_on_read_only};
use crate::postgres::Connection;

/// What the plan is made from.
#[derive(Debug, Clone)]
pub struct LiveFacts {
    /// How far the log is applied.
    pub following: FollowingRecord,
    /// The last comparison of all rows while the source was followed.
    pub base: Option<BaseProof>,
    /// The rows that were changed since.
    pub touched: u64,
    /// Changed rows that the last comparison of such rows read in a second.
    pub rate: Option<f64>,
    /// The times of the last complete run of each phase.
    pub times: PhaseTimes,
    /// How far the log is ahead, in bytes; `None` if the server does not list the file.
    pub behind: Option<u64>,
    /// The account of Mattermost, if it can write to a server that is read-only, and the statement that
    /// takes that from it.
    pub writer: Option<(String, String)>,
}

impl LiveFacts {
    /// Reads both sides. `user` is Mattermost's on the source, if it is known.
    pub async fn read(
        source: &mut mysql::Connection,
        target: &Connection,
        schema: &str,
        following: FollowingRecord,
        user: Option<&str>,
    ) -> Result<Self, super::Error> {
        let writers = writers_on_read_only(source).await?.unwrap_or_default();
        Ok(Self {
            behind: bytes_behind(&log_files(source).await?, &following.position),
            writer: writers
                .into_iter()
                .find(|account| user.is_some_and(|it| it == user_of(account)))
                .map(|account| (account.clone(), revoke_writing(source.server(), &account))),
            base: ledger::base_proof(target, schema).await?,
            touched: ledger::touched_tables(target, schema).await?.values().sum(),
            rate: ledger::touched_rate(target, schema).await?,
            times: ledger::phase_times(target, schema).await?,
            following,
        })
    }
}
