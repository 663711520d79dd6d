//! How much memory an index build may take.

use crate::postgres::Dsn;

/// What a build takes where nothing is known of the server's machine, in megabytes.
const UNKNOWN: u64 = 128;
const LEAST: u64 = 64;
const MOST: u64 = 1024;

/// The most `maintenance_work_mem`, in megabytes, of each of so many builds at a time.
pub(super) fn index_memory(available: Option<u64>, jobs: usize) -> u64 {
    let jobs = u64::try_from(jobs).unwrap_or(1).max(1);
    available.map_or(UNKNOWN, |megabytes| (megabytes / 4 / jobs).clamp(LEAST, MOST))
}

/// The megabytes that the server's machine can spare, where that is this machine.
pub(super) fn spare_megabytes(dsn: &Dsn) -> Option<u64> {
    let told = std::fs::read_to_string("/proc/meminfo").ok().filter(|_| dsn.is_local())?;
    let line = told.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? / 1024)
}

/// About what a sort holds of a row of an index, in bytes.
const ENTRY: u64 = 64;
/// What a sort reads ahead of each run that it merges, in bytes (`MERGE_BUFFER_SIZE` in PostgreSQL's
/// tuplesort.c).
const MERGE_BUFFER: u64 = 256 << 10;
/// The least that a sort is given, in KiB.
const LEAST_OF_A_SORT: u64 = 8 << 10;

/// The `maintenance_work_mem`, in KiB, by which so many rows are sorted for an index: as little as lets all
/// sorted runs be merged at once. What is sorted by runs that fit the processor's caches takes a third
/// less of its time than what is sorted in one piece.
pub(super) fn sort_memory(rows: u64) -> u64 {
    let run = rows.saturating_mul(ENTRY).saturating_mul(MERGE_BUFFER).isqrt();
    (run >> 10).max(LEAST_OF_A_SORT)
}

#[cfg(test)]
mod tests {
    use super::{index_memory, sort_memory};

    #[test]
    fn a_sort_is_given_what_lets_it_merge_once() {
        assert_eq!(sort_memory(0), 8 << 10);
        assert_eq!(sort_memory(1_000_000), 8 << 10);
        for rows in [10_u64.pow(8), 10_u64.pow(9)] {
            let memory = sort_memory(rows) << 10;
            let runs = (rows * 64).div_ceil(memory);
            assert!((memory >> 18).abs_diff(runs) <= 1, "a buffer for each run");
        }
        assert!(sort_memory(10_u64.pow(9)) < 128 << 10);
    }

    #[test]
    fn builds_share_a_quarter_of_what_is_spare() {
        assert_eq!(index_memory(Some(4096), 2), 512);
        assert_eq!(index_memory(Some(100), 2), 64);
        assert_eq!(index_memory(Some(1 << 20), 8), 1024);
        assert_eq!(index_memory(None, 2), 128);
    }
}
