//! What ends following for good: statements that change a followed table, and events that are not
//! understood.

use super::judge::{Judgement, judge};
use super::session::{End, Session, Step};
use super::table::fingerprint;
use super::{Error, Outcome};
use crate::ledger;
use crate::mysql::binlog::{self, Position};

pub(super) const COPY_AGAIN: &str = "copy again: `migration-assist copy --live --restart`";
pub(super) const FIX_ROW: &str = "correct the row in the source and copy again with `migration-assist copy --live \
                       --restart`, or run again with `--on-error quarantine`, which leaves such rows out";
pub(super) const UPGRADE: &str = "complete the upgrade of Mattermost or its plugins, and copy again: \
                       `migration-assist copy --live --restart`";

impl Session<'_> {
    pub(super) async fn statement(
        &mut self,
        current: Option<&str>,
        sql: &str,
        position: Position,
        time: u32,
    ) -> Step {
        let is_followed = |table: &str| self.followed().any(|it| it.eq_ignore_ascii_case(table));
        match judge(sql, current, &self.setup.database, is_followed) {
            Judgement::Ignored => {}
            Judgement::NewTable(table) => self.unknown_table(&table),
            Judgement::Empties(table) if self.open.is_none() => {
                return self.empty(&table, position, time).await;
            }
            // Only MySQL's `CREATE TABLE … SELECT` is inside a transaction.
            Judgement::Empties(table) => {
                return self.stop(format!("TRUNCATE TABLE of table `{table}`"), UPGRADE).await;
            }
            Judgement::IfUnchanged(reason) => {
                if self.has_changed_definitions().await? {
                    return self.stop(reason, UPGRADE).await;
                }
            }
            Judgement::Stops(reason) => return self.stop(reason, UPGRADE).await,
        }
        if self.open.is_none() {
            self.pass(position, Some(time));
        }
        Ok(None)
    }

    /// The tables that are followed, or copied whole, by the source's names.
    fn followed(&self) -> impl Iterator<Item = &str> {
        self.places.keys().copied().chain(self.whole.iter().map(String::as_str))
    }

    /// Whether a followed table is not what it was when following began.
    async fn has_changed_definitions(&mut self) -> Result<bool, Error> {
        let now = self.control.read_catalog().await?;
        let before = &self.setup.catalog;
        Ok(self.followed().any(|name| {
            let (before, now) = (before.tables.get(name), now.tables.get(name));
            before.map(fingerprint) != now.map(fingerprint)
        }))
    }

    pub(super) async fn failed(&mut self, error: binlog::Error) -> Step {
        use binlog::Error as Log;
        match error {
            error if error.is_connection_lost() => Err(error.into()),
            Log::Server(_)
            | Log::Purged { .. }
            | Log::BeyondEnd { .. }
            | Log::Reset { .. }
            | Log::OffsetTooLarge { .. }
            | Log::ReplicaIdTaken => Err(error.into()),
            error => {
                let hint = error.hint().unwrap_or_default();
                self.stop(error.to_string(), &hint).await
            }
        }
    }

    /// Applies everything before the transaction that is being read, and ends.
    pub(super) async fn stop(&mut self, reason: String, hint: &str) -> Step {
        self.applier.roll_back().await?;
        self.open = None;
        if let Some(End::Outcome(outcome)) = self.flush().await? {
            return Ok(Some(End::Outcome(outcome)));
        }
        let reason = format!("{reason}, behind {}", self.applier.position);
        let schema = &self.setup.options.schema;
        ledger::record_stop(&self.applier.connection, schema, &reason).await?;
        Ok(Some(End::Outcome(Outcome::Stopped { reason, hint: hint.to_owned() })))
    }
}
