//! Batches: whole transactions, gathered until they are applied together.

use std::time::Duration;

use tokio::time::Instant;

use super::Outcome;
use super::again::keep;
use super::apply::Border;
use super::batch::Batch;
use super::session::{End, Session, Step};
use crate::mysql::binlog::Position;
use crate::quarantine::Record;

/// How long changes wait for others to be applied with them.
pub(super) const LINGER: Duration = Duration::from_millis(200);
/// After how many rows, or bytes of rows, changes are applied without waiting for others, and an open transaction in
/// parts. While they are applied they take about five times the memory: as rows, as columns, and as a message.
const ROWS: usize = 5_000;
const BYTES: usize = 4 << 20;

/// Whether changes are to be applied without waiting for others.
pub(super) fn is_full(batch: &Batch) -> bool {
    batch.len() >= ROWS || batch.bytes() >= BYTES
}

/// Changes that wait to be applied.
#[derive(Default)]
pub(super) struct Pending {
    pub(super) batch: Batch,
    pub(super) records: Vec<Record>,
    pub(super) changes: u64,
    pub(super) transactions: u64,
    /// When the first of them was complete.
    pub(super) since: Option<Instant>,
}

impl Session<'_> {
    pub(super) async fn commit(&mut self, position: Position, time: u32) -> Step {
        if self.is_behind_the_end(&position) {
            return self.end_before_open().await;
        }
        let open = self.open.take().unwrap_or_default();
        self.pass(position, Some(time));
        let pending = &mut self.pending;
        pending.batch.append(open.batch);
        pending.records.extend(open.records);
        pending.changes += open.changes;
        if open.changes > 0 {
            pending.transactions += 1;
            pending.since.get_or_insert_with(Instant::now);
        }
        let ends_overlap = self.has_postponed
            && self.applier.overlap.as_ref().is_some_and(|end| self.border >= *end);
        if is_full(&pending.batch) || ends_overlap || self.applier.has_open_parts() {
            return self.flush().await;
        }
        Ok(None)
    }

    /// Applies everything that is complete, and records the position behind it.
    pub(super) async fn flush(&mut self) -> Step {
        if self.pending.changes == 0 && self.border == self.applier.position {
            self.pending.since = None;
            return Ok(None);
        }
        let pending = std::mem::take(&mut self.pending);
        keep(self.setup.quarantine, &pending.records)?;
        let border = Border {
            position: self.border.clone(),
            time: self.time,
            log_created: self.log_created_of(&self.border),
            appeared: self.totals.unrecorded.clone(),
            transactions: pending.transactions,
            changes: pending.changes,
        };
        let net_changes = pending.batch.len() as u64;
        let handover = self.applier.commit(self.routes, pending.batch, &border).await?;
        self.totals.unrecorded.clear();
        let applied = &mut self.totals.applied;
        applied.transactions += pending.transactions;
        applied.changes += pending.changes;
        applied.net_changes += net_changes;
        if handover {
            return Ok(Some(End::Outcome(Outcome::HandedOver)));
        }
        if self.has_postponed && self.applier.overlap.is_none() {
            return Ok(Some(End::Consistent));
        }
        Ok(None)
    }
}
