//! The first pass: sums of the rows of both sides.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::bucket::{Buckets, Digest, Filling};
use super::pass::RowVisitor;
use super::read::{Part, Side};
use super::row::{ReadCounts, SpelledRow};
use super::table::TableWork;
use crate::progress::{Progress, TaskSize};

/// The outcome of the first pass for a table.
#[derive(Debug, Default)]
pub(super) struct Comparison {
    pub(super) source_rows: u64,
    pub(super) target_rows: u64,
    pub(super) counts: ReadCounts,
    /// The buckets that differ, each with its rows on both sides.
    pub(super) differing: Vec<(usize, u64)>,
}

/// The sums of one table, until all of its parts are read.
#[derive(Default)]
struct Sums {
    source: Buckets,
    target: Buckets,
    begun: bool,
    left: usize,
    comparison: Comparison,
}

/// The sums of all tables.
pub(super) struct Compare {
    tables: Arc<Vec<TableWork>>,
    sums: Vec<Mutex<Sums>>,
    progress: Arc<dyn Progress>,
}

impl Compare {
    pub(super) fn new(tables: &Arc<Vec<TableWork>>, progress: Arc<dyn Progress>) -> Self {
        let sums = tables.iter().map(|table| {
            let left = table.parts.len() + table.blocks.len();
            Mutex::new(Sums { left, ..Sums::default() })
        });
        Self { tables: Arc::clone(tables), sums: sums.collect(), progress }
    }

    /// The outcomes, by the index of the table in the plan.
    pub(super) fn take(&self) -> Vec<Comparison> {
        let places = 0..self.sums.len();
        places.map(|place| std::mem::take(&mut self.sums(place).comparison)).collect()
    }

    fn sums(&self, table: usize) -> MutexGuard<'_, Sums> {
        self.sums[table].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RowVisitor for Compare {
    type State = Filling;

    fn begin(&self, part: Part) -> Filling {
        let table = &self.tables[part.table];
        let is_first = !std::mem::replace(&mut self.sums(part.table).begun, true);
        if is_first {
            self.progress.begin(&table.label(), TaskSize::rows(table.size.rows));
        }
        Filling::new(table.buckets)
    }

    fn visit(&self, _part: Part, notes: &mut Filling, digest: Digest, _row: &SpelledRow) {
        notes.add(digest);
    }

    fn end(&self, part: Part, notes: Filling, counts: ReadCounts) {
        let buckets = notes.finish();
        let mut sums = self.sums(part.table);
        match part.side {
            Side::Source => sums.source.merge(&buckets),
            Side::Target => sums.target.merge(&buckets),
        }
        sums.comparison.counts.add(counts);
        sums.left -= 1;
        if sums.left > 0 {
            return;
        }
        let (source, target) = (std::mem::take(&mut sums.source), std::mem::take(&mut sums.target));
        sums.comparison.source_rows = source.rows() + sums.comparison.counts.left_out;
        sums.comparison.target_rows = target.rows();
        sums.comparison.differing = source.differing(&target);
        drop(sums);
        self.progress.finish(&self.tables[part.table].label());
    }
}
