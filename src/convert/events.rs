//! What happened to the values of a table on their way.

use super::{Change, TablePlan, Transform};

/// Whether altered values are kept for the quarantine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Originals {
    /// Kept, until [`Events::take_altered`].
    Keep,
    /// Only counted.
    Drop,
}

/// A value that was altered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Altered {
    /// The column, by its place in the plan.
    pub column: usize,
    /// The value as it was.
    pub original: Vec<u8>,
    /// What was done to it, and what became of it.
    pub change: Change,
}

/// Counts the transforms of a table's columns, and holds the altered values until they are fetched.
#[derive(Debug, Clone)]
pub struct Events {
    counts: Vec<[u64; Transform::ALL.len()]>,
    altered: Vec<Altered>,
    originals: Originals,
}

impl Events {
    /// No events yet, for the columns of a plan.
    #[must_use]
    pub fn new(plan: &TablePlan, originals: Originals) -> Self {
        let counts = vec![[0; Transform::ALL.len()]; plan.columns.len()];
        Self { counts, altered: Vec::new(), originals }
    }

    /// Adds an altered value.
    pub(super) fn record(&mut self, column: usize, original: &[u8], change: Change) {
        for transform in &change.transforms {
            self.counts[column][*transform as usize] += 1;
        }
        if self.originals == Originals::Keep {
            self.altered.push(Altered { column, original: original.to_vec(), change });
        }
    }

    /// How often each transform was used on each column, by its place in the plan; those never used
    /// are left out.
    pub fn counts(&self) -> impl Iterator<Item = (usize, Transform, u64)> + '_ {
        self.counts.iter().enumerate().flat_map(|(column, counts)| {
            let used = Transform::ALL.into_iter().zip(counts).filter(|(_, count)| **count > 0);
            used.map(move |(transform, count)| (column, transform, *count))
        })
    }

    /// The values altered since it was last asked, to be fetched after each row: its key is at hand
    /// then, and nothing piles up.
    pub fn take_altered(&mut self) -> Vec<Altered> {
        std::mem::take(&mut self.altered)
    }

    /// Adds the events of another part of the same table.
    pub fn merge(&mut self, other: Self) {
        for (counts, others) in self.counts.iter_mut().zip(other.counts) {
            for (count, other) in counts.iter_mut().zip(others) {
                *count += other;
            }
        }
        self.altered.extend(other.altered);
    }
}
