//! Copies a part of a table: from the source through the conversion into COPY.

use std::sync::Mutex;

use bytes::Bytes;

use super::large_rows::LargeRowLimiter;
use super::quarantine_buffer::QuarantineBuffer;
use super::table::{TablePart, TableWork};
use super::{ALL_TABLES, CopyCounts, Error, OnError, RowProblem, row};
use crate::convert::{Events, Failure, LargeLine, Originals, TablePlan};
use crate::postgres::{CopyIn, Transaction};
use crate::progress::Progress;
use crate::quarantine::Quarantine;
use crate::source::{Row, Rows, Session};
use crate::{postgres, source};

/// The bytes of COPY that are sent at a time.
const PIECE: usize = 64 << 10;
/// Rows between two reports of progress.
const ROWS_PER_REPORT: u64 = 1000;

/// The context of copying a part.
pub(super) struct Load<'a> {
    pub(super) schema: &'a str,
    pub(super) table: &'a TableWork,
    /// The index of the table.
    pub(super) place: usize,
    pub(super) limiter: &'a LargeRowLimiter,
    pub(super) part: &'a TablePart,
    pub(super) on_error: OnError,
    /// Whether values are recorded in which characters were lost before.
    pub(super) records_losses: bool,
    pub(super) quarantine: &'a Mutex<Quarantine>,
    pub(super) progress: &'a dyn Progress,
}

/// A part that was copied in a transaction that is still open.
pub(super) struct Loaded {
    pub(super) counts: CopyCounts,
    pub(super) quarantined: Vec<RowProblem>,
}

impl Load<'_> {
    /// Streams the part's rows into one COPY.
    pub(super) async fn stream(
        &self,
        source: &mut Session,
        target: &Transaction<'_>,
    ) -> Result<Loaded, Error> {
        let mut events = Events::new(&self.table.plan, Originals::Keep);
        let mut outbox = QuarantineBuffer::new(self.quarantine);
        let mut loaded = Loaded { counts: CopyCounts::default(), quarantined: Vec::new() };
        let statement = self.table.copy_statement(self.schema);
        let mut copy = target.copy_in(&statement).await.map_err(|error| self.write(error))?;
        let mut rows = self.rows(source).await?;
        let mut lines = Vec::with_capacity(PIECE * 5 / 4);
        let mut turn = self.limiter.enter(self.place).await;
        while let Some(row) = rows.next().await.map_err(|error| self.read(error))? {
            loaded.counts.rows_read += 1;
            let is_large = turn.admit(row.size()).await;
            let mut large = LargeLine::default();
            let converted = if is_large {
                self.table.plan.convert_row(row.cells(), &mut large, &mut events)
            } else {
                self.table.plan.convert_row(row.cells(), &mut lines, &mut events)
            };
            match converted {
                Ok(()) => {
                    let altered = events.take_altered();
                    if !altered.is_empty() {
                        row::keep_altered(self.table, &row, altered, &mut outbox)?;
                    }
                    if self.records_losses {
                        row::record_losses(self.table, &row, &mut outbox)?;
                    }
                }
                Err(failure) => {
                    self.refuse_row(&row, &failure, &mut outbox, &mut loaded)?;
                }
            }
            for piece in large.pieces(PIECE) {
                self.send(&mut copy, piece, &mut loaded.counts).await?;
            }
            if lines.len() >= PIECE {
                let full = std::mem::replace(&mut lines, Vec::with_capacity(PIECE * 5 / 4));
                self.send(&mut copy, full, &mut loaded.counts).await?;
            }
            if loaded.counts.rows_read.is_multiple_of(ROWS_PER_REPORT) {
                self.report_progress(ROWS_PER_REPORT);
            }
        }
        self.send(&mut copy, lines, &mut loaded.counts).await?;
        loaded.counts.rows_written = copy.finish().await.map_err(|error| self.write(error))?;
        self.report_progress(loaded.counts.rows_read % ROWS_PER_REPORT);
        count_events(&mut loaded.counts, &self.table.plan, &events);
        outbox.finish()?;
        Ok(loaded)
    }

    /// The part's rows.
    pub(super) async fn rows<'s>(&'s self, source: &'s mut Session) -> Result<Rows<'s>, Error> {
        let table = self.table;
        let rows = source.rows(&table.plan, &self.part.rows, |range| table.select(range));
        rows.await.map_err(|error| self.read(error))
    }

    pub(super) fn report_progress(&self, rows: u64) {
        self.progress.advance(&self.table.plan.source, rows);
        self.progress.advance(ALL_TABLES, rows);
    }

    /// Sends text and counts it.
    async fn send(
        &self,
        copy: &mut CopyIn,
        text: Vec<u8>,
        counts: &mut CopyCounts,
    ) -> Result<(), Error> {
        let bytes = text.len() as u64;
        counts.bytes += bytes;
        copy.send(Bytes::from(text)).await.map_err(|error| self.write(error))?;
        self.progress.add_bytes(&self.table.plan.source, bytes);
        self.progress.add_bytes(ALL_TABLES, bytes);
        Ok(())
    }

    /// Quarantines a row, or stops, depending on the options.
    pub(super) fn quarantine_row(
        &self,
        row: &Row,
        problem: RowProblem,
        outbox: &mut QuarantineBuffer<'_>,
        loaded: &mut Loaded,
    ) -> Result<(), Error> {
        if self.on_error != OnError::Quarantine {
            return Err(Error::Row { problem: Box::new(problem) });
        }
        row::quarantine_row(self.table, row, &problem, outbox)?;
        loaded.counts.rows_quarantined += 1;
        loaded.quarantined.push(problem);
        Ok(())
    }

    /// Leaves out a row that cannot be converted if a decision says so; otherwise puts it into the
    /// quarantine, or stops, as asked.
    pub(super) fn refuse_row(
        &self,
        row: &Row,
        failure: &Failure,
        outbox: &mut QuarantineBuffer<'_>,
        loaded: &mut Loaded,
    ) -> Result<(), Error> {
        let problem = row::not_converted(self.table, row, failure);
        if !self.table.plan.columns[failure.column].leaves_out(failure.reason) {
            return self.quarantine_row(row, problem, outbox, loaded);
        }
        row::quarantine_row(self.table, row, &problem, outbox)?;
        loaded.counts.rows_left_out += 1;
        Ok(())
    }

    pub(super) fn read(&self, source: source::Error) -> Error {
        Error::Read { table: self.table.plan.source.clone(), source }
    }

    pub(super) fn write(&self, source: postgres::Error) -> Error {
        Error::Write { table: self.table.plan.target.clone(), source }
    }
}

/// Adds the transforms of values to the counts.
pub(super) fn count_events(counts: &mut CopyCounts, plan: &TablePlan, events: &Events) {
    for (column, transform, count) in events.counts() {
        let own = counts.changes.entry(plan.columns[column].source.clone()).or_default();
        *own.entry(transform.id().to_owned()).or_default() += count;
    }
}
