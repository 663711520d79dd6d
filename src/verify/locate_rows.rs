//! The second pass over a table that differs: finds the rows.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use super::bucket::{Digest, bucket_of};
use super::pass::RowVisitor;
use super::read::{Part, Side};
use super::row::{ReadCounts, SpelledRow};

/// The most rows of one pass, unless a single bucket has more.
const MOST_ROWS: u64 = 1 << 20;

/// Splits the buckets that differ so that memory is bounded.
pub(super) fn batches(differing: &[(usize, u64)]) -> Vec<Vec<usize>> {
    let mut batches: Vec<Vec<usize>> = Vec::new();
    let mut rows = MOST_ROWS;
    for &(bucket, of_bucket) in differing {
        rows += of_bucket;
        match batches.last_mut() {
            Some(batch) if rows <= MOST_ROWS => batch.push(bucket),
            _ => {
                rows = of_bucket;
                batches.push(vec![bucket]);
            }
        }
    }
    batches
}

/// How many more times the source has a row than the target; negative if the target has it more often.
type Surplus = HashMap<Digest, i64>;

/// Rows of the buckets that differ.
pub(super) struct Pinpoint {
    chosen: Vec<bool>,
    surplus: Mutex<Surplus>,
}

impl Pinpoint {
    /// For these buckets, out of `count`.
    pub(super) fn new(batch: &[usize], count: usize) -> Self {
        let mut chosen = vec![false; count];
        for &bucket in batch {
            chosen[bucket] = true;
        }
        Self { chosen, surplus: Mutex::default() }
    }

    /// The rows that only one side has, by their keys.
    pub(super) fn take(&self) -> BTreeMap<u128, Unmatched> {
        let surplus =
            std::mem::take(&mut *self.surplus.lock().unwrap_or_else(PoisonError::into_inner));
        let mut keys: BTreeMap<u128, Unmatched> = BTreeMap::new();
        for (digest, surplus) in surplus {
            let unmatched = keys.entry(digest.key).or_default();
            let times = surplus.unsigned_abs();
            if surplus > 0 {
                unmatched.source.push((digest, times));
            } else {
                unmatched.target.push((digest, times));
            }
        }
        keys
    }
}

/// The rows of one key without a counterpart, and their number.
#[derive(Debug, Default)]
pub(super) struct Unmatched {
    pub(super) source: Vec<(Digest, u64)>,
    pub(super) target: Vec<(Digest, u64)>,
}

impl Unmatched {
    /// The number of missing, extra and different rows.
    pub(super) fn count(&self) -> (u64, u64, u64) {
        let total = |rows: &[(Digest, u64)]| rows.iter().map(|(_, times)| times).sum::<u64>();
        let (source, target) = (total(&self.source), total(&self.target));
        let different = source.min(target);
        (source - different, target - different, different)
    }
}

impl RowVisitor for Pinpoint {
    type State = Vec<Digest>;

    fn begin(&self, _part: Part) -> Vec<Digest> {
        Vec::new()
    }

    fn visit(&self, part: Part, notes: &mut Vec<Digest>, digest: Digest, _row: &SpelledRow) {
        if self.chosen[bucket_of(digest, self.chosen.len())] {
            notes.push(digest);
            if notes.len() >= 4096 {
                self.end(part, std::mem::take(notes), ReadCounts::default());
            }
        }
    }

    fn end(&self, part: Part, notes: Vec<Digest>, _counts: ReadCounts) {
        let step = if part.side == Side::Source { 1 } else { -1 };
        let mut surplus = self.surplus.lock().unwrap_or_else(PoisonError::into_inner);
        for digest in notes {
            let times = surplus.entry(digest).or_insert(0);
            *times += step;
            if *times == 0 {
                surplus.remove(&digest);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST_ROWS, batches};

    #[test]
    fn memory_is_bounded_and_no_bucket_left_out() {
        assert!(batches(&[]).is_empty());
        assert_eq!(batches(&[(3, 10), (5, 10)]), [vec![3, 5]]);
        let half = MOST_ROWS / 2;
        assert_eq!(
            batches(&[(0, half), (1, half), (2, 1), (3, MOST_ROWS * 3), (4, 1)]),
            [vec![0, 1], vec![2], vec![3], vec![4]]
        );
    }
}
