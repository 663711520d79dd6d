//! Sums of rows that do not depend on their order.

use xxhash_rust::xxh3::xxh3_128;

/// Identifies a row: a hash of its key and one of the whole row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Digest {
    pub(super) key: u128,
    pub(super) row: u128,
}

impl Digest {
    /// The digest of bytes that identify the key and the row.
    pub(super) fn of(key: &[u8], row: &[u8]) -> Self {
        Self { key: xxh3_128(key), row: xxh3_128(row) }
    }

    /// The digest of a row that is its own key.
    pub(super) fn of_whole(row: &[u8]) -> Self {
        let hash = xxh3_128(row);
        Self { key: hash, row: hash }
    }
}

/// The rows of one side whose keys are in one bucket.
///
/// The sum, unlike an exclusive or, also distinguishes duplicate rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Bucket {
    sum: u128,
    rows: u64,
}

/// All buckets of one side of a table; their number is a power of two.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Buckets(Vec<Bucket>);

/// The intended rows of a bucket, so that few rows are read again for one that differs.
const ROWS: u64 = 64;
/// The most buckets: 2 MiB per side.
const MOST: u64 = 1 << 16;

/// The number of buckets for a table with that many rows.
pub(super) fn bucket_count(rows: u64) -> usize {
    let buckets = (rows / ROWS).clamp(1, MOST).next_power_of_two();
    usize::try_from(buckets).unwrap_or(1)
}

/// The bucket of a row, out of `count`.
pub(super) fn bucket_of(digest: Digest, count: usize) -> usize {
    usize::try_from(digest.key & (count as u128 - 1)).unwrap_or(0)
}

impl Buckets {
    pub(super) fn new(count: usize) -> Self {
        Self(vec![Bucket::default(); count])
    }

    fn add(&mut self, digest: Digest) {
        let place = bucket_of(digest, self.0.len());
        let bucket = &mut self.0[place];
        bucket.sum = bucket.sum.wrapping_add(digest.row);
        bucket.rows += 1;
    }

    /// Adds the rows of another part of the same side.
    pub(super) fn merge(&mut self, other: &Self) {
        if self.0.is_empty() {
            self.0.resize(other.0.len(), Bucket::default());
        }
        for (bucket, other) in self.0.iter_mut().zip(&other.0) {
            bucket.sum = bucket.sum.wrapping_add(other.sum);
            bucket.rows += other.rows;
        }
    }

    pub(super) fn rows(&self) -> u64 {
        self.0.iter().map(|bucket| bucket.rows).sum()
    }

    /// The buckets that differ, each with its rows on both sides.
    pub(super) fn differing(&self, other: &Self) -> Vec<(usize, u64)> {
        let pairs = self.0.iter().zip(&other.0).enumerate();
        let differing = pairs.filter(|(_, (left, right))| left != right);
        differing.map(|(place, (left, right))| (place, left.rows + right.rows)).collect()
    }
}

/// How many rows are added at a time.
const BATCH: usize = 64;

/// Buckets to which rows are added in batches: consecutive rows are in distant buckets, and the processor waits for
/// the memory of several of them at once.
pub(super) struct Filling {
    buckets: Buckets,
    pending: Vec<Digest>,
}

impl Filling {
    pub(super) fn new(count: usize) -> Self {
        Self { buckets: Buckets::new(count), pending: Vec::with_capacity(BATCH) }
    }

    pub(super) fn add(&mut self, digest: Digest) {
        if self.pending.len() == BATCH {
            self.add_pending();
        }
        self.pending.push(digest);
    }

    fn add_pending(&mut self) {
        self.pending.drain(..).for_each(|digest| self.buckets.add(digest));
    }

    /// The buckets with all rows.
    pub(super) fn finish(mut self) -> Buckets {
        self.add_pending();
        self.buckets
    }
}

#[cfg(test)]
mod tests {
    use super::{Digest, Filling, bucket_count};

    #[test]
    fn order_does_not_matter_and_everything_else_does() {
        let rows: Vec<Digest> =
            (0..1000_u32).map(|row| Digest::of(&row.to_le_bytes(), b"row")).collect();
        let sums = |rows: &mut dyn Iterator<Item = &Digest>| {
            let mut filling = Filling::new(64);
            rows.for_each(|&row| filling.add(row));
            filling.finish()
        };
        let all = sums(&mut rows.iter());
        assert!(all.differing(&sums(&mut rows.iter().rev())).is_empty());
        let mut halves = sums(&mut rows[..500].iter());
        halves.merge(&sums(&mut rows[500..].iter()));
        assert!(all.differing(&halves).is_empty());
        assert_eq!(all.rows(), 1000);
        assert_eq!(all.differing(&sums(&mut rows[1..].iter())).len(), 1);
        let twice = sums(&mut rows.iter().chain([&rows[0], &rows[0]]));
        assert_eq!(all.differing(&twice).len(), 1, "an exclusive or would not differ");
    }

    #[test]
    fn the_number_of_buckets_is_bounded() {
        assert_eq!([0, 64, 200, u64::MAX].map(bucket_count), [1, 1, 4, 65536]);
    }
}
