//! The changes to the values of a table during the copy.

use super::{Change, TablePlan, Transform};

/// What happens to the originals of changed values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Originals {
    /// Kept until [`Events::take_altered`].
    Keep,
    /// Dropped; changes are only counted.
    Drop,
}

/// A changed value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Altered {
    /// The index of the column in the plan.
    pub column: usize,
    /// The value as it was; `None` for NULL.
    pub original: Option<Vec<u8>>,
    /// The transforms and the new value.
    pub change: Change,
}

/// Counts the transforms of a table's columns, and keeps the changed values until they are fetched.
#[derive(Debug, Clone)]
pub struct Events {
    counts: Vec<[u64; Transform::ALL.len()]>,
    altered: Vec<Altered>,
    originals: Originals,
}

impl Events {
    /// Empty, for the columns of a plan.
    #[must_use]
    pub fn new(plan: &TablePlan, originals: Originals) -> Self {
        let counts = vec![[0; Transform::ALL.len()]; plan.columns.len()];
        Self { counts, altered: Vec::new(), originals }
    }

    /// Adds a changed value.
    pub(super) fn record(&mut self, column: usize, original: Option<&[u8]>, change: Change) {
        for transform in &change.transforms {
            self.counts[column][*transform as usize] += 1;
        }
        if self.originals == Originals::Keep {
            self.altered.push(Altered { column, original: original.map(<[u8]>::to_vec), change });
        }
    }

    /// The count of each transform on each column, by the column's index in the plan, without zeros.
    pub fn counts(&self) -> impl Iterator<Item = (usize, Transform, u64)> + '_ {
        self.counts.iter().enumerate().flat_map(|(column, counts)| {
            let used = Transform::ALL.into_iter().zip(counts).filter(|(_, count)| **count > 0);
            used.map(move |(transform, count)| (column, transform, *count))
        })
    }

    /// Returns the values changed since the last call. To be called after each row, while its key is at hand
    /// and few values are kept.
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
