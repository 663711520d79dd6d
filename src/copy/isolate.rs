//! Finds the rows that the target rejects: the part is written again in small batches, and a batch that fails
//! is halved until single rows are left.

use bytes::Bytes;

use super::load::{Load, Loaded, count_events};
use super::quarantine_buffer::QuarantineBuffer;
use super::{CopyCounts, Error, OnError, row};
use crate::convert::{Events, Originals};
use crate::postgres::{self, ServerError, Transaction};
use crate::source::{Row, Session};

/// The most rows of a batch, and the size at which it is full.
const ROWS: usize = 1000;
const BYTES: usize = 1 << 20;

/// Rows that are written together.
#[derive(Default)]
struct Batch {
    rows: Vec<Row>,
    lines: Vec<u8>,
    /// The end of each row's line.
    ends: Vec<usize>,
}

impl Batch {
    fn is_full(&self) -> bool {
        self.rows.len() >= ROWS || self.lines.len() >= BYTES
    }

    fn lines(&self, from: usize, to: usize) -> Bytes {
        let start = from.checked_sub(1).map_or(0, |before| self.ends[before]);
        Bytes::copy_from_slice(&self.lines[start..self.ends[to - 1]])
    }
}

/// Whether the server rejected a row, rather than failed itself or lost the session.
pub(super) fn is_about_a_row(error: &Error) -> bool {
    let Error::Write { source: postgres::Error::Server(error), .. } = error else { return false };
    refuses_row(error)
}

/// Data exceptions, constraint violations, limits of a row, and errors raised by triggers (PostgreSQL manual,
/// "PostgreSQL Error Codes").
fn refuses_row(error: &ServerError) -> bool {
    ["22", "23", "44", "54", "P0"].iter().any(|class| error.sqlstate.starts_with(class))
}

impl Load<'_> {
    /// Copies the part batch by batch, and quarantines the rows that the target rejects, or stops.
    pub(super) async fn isolate(
        &self,
        source: &mut Session,
        target: &Transaction<'_>,
    ) -> Result<Loaded, Error> {
        let mut events = Events::new(&self.table.plan, Originals::Keep);
        let mut outbox = QuarantineBuffer::new(self.quarantine);
        let mut loaded = Loaded { counts: CopyCounts::default(), quarantined: Vec::new() };
        let mut batch = Batch::default();
        let mut rows = self.rows(source).await?;
        let mut turn = self.limiter.enter(self.place).await;
        while let Some(row) = rows.next().await.map_err(|error| self.read(error))? {
            loaded.counts.rows_read += 1;
            turn.admit(row.size()).await;
            let converted = self.table.plan.convert_row(row.cells(), &mut batch.lines, &mut events);
            if let Err(failure) = converted {
                self.refuse_row(&row, &failure, &mut outbox, &mut loaded)?;
                continue;
            }
            row::keep_altered(self.table, &row, events.take_altered(), &mut outbox)?;
            if self.records_losses {
                row::record_losses(self.table, &row, &mut outbox)?;
            }
            batch.ends.push(batch.lines.len());
            batch.rows.push(row);
            if batch.is_full() {
                self.write_batch(target, &batch, &mut outbox, &mut loaded).await?;
                batch = Batch::default();
            }
        }
        self.write_batch(target, &batch, &mut outbox, &mut loaded).await?;
        self.report_progress(loaded.counts.rows_read);
        count_events(&mut loaded.counts, &self.table.plan, &events);
        outbox.finish()?;
        Ok(loaded)
    }

    async fn write_batch(
        &self,
        target: &Transaction<'_>,
        batch: &Batch,
        outbox: &mut QuarantineBuffer<'_>,
        loaded: &mut Loaded,
    ) -> Result<(), Error> {
        let mut spans = vec![(0, batch.rows.len())];
        while let Some((from, to)) = spans.pop() {
            if from == to {
                continue;
            }
            let lines = batch.lines(from, to);
            loaded.counts.bytes += lines.len() as u64;
            match self.try_lines(target, lines).await? {
                Ok(count) => loaded.counts.rows_written += count,
                Err(refusal) if to - from == 1 => {
                    let problem = row::refused(self.table, &batch.rows[from], &refusal);
                    if self.on_error != OnError::Quarantine {
                        return Err(Error::Rejected { problem: Box::new(problem) });
                    }
                    self.quarantine_row(&batch.rows[from], problem, outbox, loaded)?;
                }
                Err(_) => {
                    let middle = from.midpoint(to);
                    spans.extend([(middle, to), (from, middle)]);
                }
            }
        }
        Ok(())
    }

    /// Writes lines, or restores the transaction if the server rejects one of the rows.
    async fn try_lines(
        &self,
        target: &Transaction<'_>,
        lines: Bytes,
    ) -> Result<Result<u64, Box<ServerError>>, Error> {
        let run = async |sql| target.batch_execute(sql).await.map_err(|error| self.write(error));
        run("SAVEPOINT batch").await?;
        let statement = self.table.copy_statement(self.schema);
        let mut copy = target.copy_in(&statement).await.map_err(|error| self.write(error))?;
        copy.send(lines).await.map_err(|error| self.write(error))?;
        match copy.finish().await {
            Ok(count) => {
                run("RELEASE SAVEPOINT batch").await?;
                Ok(Ok(count))
            }
            Err(postgres::Error::Server(refusal)) if refuses_row(&refusal) => {
                run("ROLLBACK TO SAVEPOINT batch").await?;
                Ok(Err(refusal))
            }
            Err(error) => Err(self.write(error)),
        }
    }
}
