//! Reads a part of one side of a table, row by row.

use std::sync::Arc;

use super::bucket::Digest;
use super::row::SpelledRow;
use super::table::TableWork;
use super::{ALL_TABLES, Error};
use crate::postgres;
use crate::progress::Progress;
use crate::source::Session;

/// After how many rows progress is told.
const TELL_EVERY: u64 = 1000;

/// One of the two sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Source,
    Target,
}

/// A part of one side of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part {
    /// The table's place in the plan.
    pub(super) table: usize,
    pub(super) side: Side,
    /// Its number among the table's parts of that side.
    pub(super) number: usize,
}

/// A session on each side, in a transaction that sees one moment.
pub(super) struct Reader {
    pub(super) source: Session,
    pub(super) target: postgres::Connection,
    pub(super) schema: Arc<str>,
    pub(super) progress: Arc<dyn Progress>,
}

impl Reader {
    /// Hands every row of a part that is to be compared to `visit`; returns how many values of them a
    /// transform made fit.
    pub(super) async fn read(
        &mut self,
        table: &TableWork,
        part: Part,
        visit: impl FnMut(Digest, &SpelledRow) + Send,
    ) -> Result<u64, Error> {
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
    ) -> Result<u64, Error> {
        let table = visitor.table;
        let failed = |source| Error::ReadSource { table: table.plan.source.clone(), source };
        let rows = self.source.rows(&table.plan, &table.parts[number], |range| table.select(range));
        let mut rows = rows.await.map_err(failed)?;
        while let Some(row) = rows.next().await.map_err(failed)? {
            visitor.row.read_source(table, &row);
            visitor.visit(&*self.progress);
        }
        visitor.finish(&*self.progress);
        Ok(visitor.row.altered)
    }
}

async fn read_target<V: FnMut(Digest, &SpelledRow) + Send>(
    target: &postgres::Connection,
    schema: &str,
    progress: &dyn Progress,
    mut visitor: Visitor<'_, V>,
    part: Part,
) -> Result<u64, Error> {
    let table = visitor.table;
    let failed = |source| Error::ReadTarget { table: table.plan.target.clone(), source };
    let statement = table.copy(schema, part.number);
    let mut lines = target.copy_out(&statement).await.map_err(failed)?;
    while let Some(line) = lines.next().await.map_err(failed)? {
        visitor
            .row
            .read_target(table, &line)
            .ok_or_else(|| Error::UnexpectedRow { table: table.plan.target.clone() })?;
        visitor.visit(progress);
    }
    visitor.finish(progress);
    Ok(0)
}

struct Visitor<'a, V> {
    table: &'a TableWork,
    visit: V,
    row: SpelledRow,
    rows: u64,
}

impl<V: FnMut(Digest, &SpelledRow)> Visitor<'_, V> {
    fn visit(&mut self, progress: &dyn Progress) {
        let digest = self.row.digest(self.table);
        if self.table.takes(&self.row, digest) {
            (self.visit)(digest, &self.row);
        }
        self.rows += 1;
        if self.rows.is_multiple_of(TELL_EVERY) {
            self.tell(TELL_EVERY, progress);
        }
    }

    fn finish(&self, progress: &dyn Progress) {
        self.tell(self.rows % TELL_EVERY, progress);
    }

    fn tell(&self, rows: u64, progress: &dyn Progress) {
        progress.advance(&self.table.label(), rows);
        progress.advance(ALL_TABLES, rows);
    }
}
