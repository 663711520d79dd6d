//! Reads a part of one side of a table, row by row.

use std::sync::Arc;

use super::bucket::Digest;
use super::row::{ReadCounts, SpelledRow};
use super::table::TableWork;
use super::{ALL_TABLES, Error};
use crate::postgres;
use crate::progress::Progress;
use crate::source::Session;

/// Rows between two reports of progress.
const ROWS_PER_REPORT: u64 = 1000;

/// One of the two sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Source,
    Target,
}

/// A part of one side of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part {
    /// The index of the table in the plan.
    pub(super) table: usize,
    pub(super) side: Side,
    /// The number among the table's parts of that side.
    pub(super) number: usize,
}

/// A session on each side, in a snapshot transaction.
pub(super) struct Reader {
    pub(super) source: Session,
    pub(super) target: postgres::Connection,
    pub(super) schema: Arc<str>,
    pub(super) progress: Arc<dyn Progress>,
}

impl Reader {
    /// Hands every row of a part that is to be compared to `visit`.
    pub(super) async fn read(
        &mut self,
        table: &TableWork,
        part: Part,
        visit: impl FnMut(Digest, &SpelledRow) + Send,
    ) -> Result<ReadCounts, Error> {
        let visitor = Visitor { table, visit, row: SpelledRow::default(), rows: 0 };
        match part.side {
            Side::Source => self.read_source(visitor, part.number).await,
            Side::Target => {
                let source = table.plan.source.clone();
                let reading =
                    read_target(&self.target, &self.schema, &*self.progress, visitor, part);
                let read = self.source.wait_for(reading).await;
                read.map_err(|error| Error::ReadSource { table: source, source: error })?
            }
        }
    }

    async fn read_source<V: FnMut(Digest, &SpelledRow) + Send>(
        &mut self,
        mut visitor: Visitor<'_, V>,
        number: usize,
    ) -> Result<ReadCounts, Error> {
        let table = visitor.table;
        let failed = |source| Error::ReadSource { table: table.plan.source.clone(), source };
        let rows = self.source.rows(&table.plan, &table.parts[number], |range| table.select(range));
        let mut rows = rows.await.map_err(failed)?;
        while let Some(row) = rows.next().await.map_err(failed)? {
            if visitor.row.read_source(table, &row) {
                visitor.visit();
            }
            visitor.advance(Side::Source, &*self.progress);
        }
        visitor.finish(Side::Source, &*self.progress);
        Ok(visitor.row.counts())
    }
}

async fn read_target<V: FnMut(Digest, &SpelledRow) + Send>(
    target: &postgres::Connection,
    schema: &str,
    progress: &dyn Progress,
    mut visitor: Visitor<'_, V>,
    part: Part,
) -> Result<ReadCounts, Error> {
    let table = visitor.table;
    let failed = |source| Error::ReadTarget { table: table.plan.target.clone(), source };
    let statement = table.copy(schema, part.number);
    let mut lines = target.copy_out(&statement).await.map_err(failed)?;
    while let Some(line) = lines.next().await.map_err(failed)? {
        visitor
            .row
            .read_target(table, &line)
            .ok_or_else(|| Error::UnexpectedRow { table: table.plan.target.clone() })?;
        visitor.visit();
        visitor.advance(Side::Target, progress);
    }
    visitor.finish(Side::Target, progress);
    Ok(ReadCounts::default())
}

struct Visitor<'a, V> {
    table: &'a TableWork,
    visit: V,
    row: SpelledRow,
    rows: u64,
}

impl<V: FnMut(Digest, &SpelledRow)> Visitor<'_, V> {
    fn visit(&mut self) {
        let digest = self.row.digest(self.table);
        if self.table.takes(&self.row, digest) {
            (self.visit)(digest, &self.row);
        }
    }

    fn advance(&mut self, side: Side, progress: &dyn Progress) {
        self.rows += 1;
        if self.rows.is_multiple_of(ROWS_PER_REPORT) {
            self.report_progress(ROWS_PER_REPORT, side, progress);
        }
    }

    fn finish(&self, side: Side, progress: &dyn Progress) {
        self.report_progress(self.rows % ROWS_PER_REPORT, side, progress);
    }

    /// A row of a table counts once, with its source; the total has both sides.
    fn report_progress(&self, rows: u64, side: Side, progress: &dyn Progress) {
        if side == Side::Source {
            progress.advance(&self.table.label(), rows);
        }
        progress.advance(ALL_TABLES, rows);
    }
}
