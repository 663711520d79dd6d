//! The memory for building indexes.

use super::Dsn;

/// The memory of a build if nothing is known about the server's machine, in KiB.
const UNKNOWN: u64 = 128 << 10;
const LEAST: u64 = 64 << 10;
const MOST: u64 = 1 << 20;

/// The approximate memory of a sort for an index row, in bytes.
const ENTRY: u64 = 64;
/// The read-ahead of a sort for each run that it merges, in bytes (`MERGE_BUFFER_SIZE` in PostgreSQL's
/// tuplesort.c).
const MERGE_BUFFER: u64 = 256 << 10;
/// The minimum for a sort, in KiB.
const LEAST_OF_A_SORT: u64 = 8 << 10;

/// What PostgreSQL wants for each process of a parallel build (manual, `max_parallel_maintenance_workers`), in KiB.
const PROCESS: u64 = 32 << 10;

/// The `maintenance_work_mem` of each of several concurrent builds, in KiB.
#[derive(Debug, Clone, Copy)]
pub struct BuildMemory {
    most: u64,
}

impl BuildMemory {
    /// For that many concurrent builds: a quarter of the available memory, if the server runs on this machine.
    #[must_use]
    pub fn of(dsn: &Dsn, jobs: usize) -> Self {
        Self::share(dsn.is_local().then(spare).flatten(), jobs)
    }

    fn share(spare: Option<u64>, jobs: usize) -> Self {
        let jobs = u64::try_from(jobs).unwrap_or(1).max(1);
        Self { most: spare.map_or(UNKNOWN, |spare| (spare / 4 / jobs).clamp(LEAST, MOST)) }
    }

    /// The maximum for one build.
    #[must_use]
    pub fn most(self) -> u64 {
        self.most
    }

    /// The memory for sorting that many rows: the least with which all sorted runs are merged at once. Runs
    /// that fit the processor's caches take a third less time than a single sort.
    #[must_use]
    pub fn of_a_sort(self, rows: u64) -> u64 {
        let run = rows.saturating_mul(ENTRY).saturating_mul(MERGE_BUFFER).isqrt();
        (run >> 10).max(LEAST_OF_A_SORT).min(self.most)
    }

    /// The memory for sorting that many rows by as many processes as the server allows by default.
    #[must_use]
    pub fn of_a_parallel_sort(self, rows: u64) -> u64 {
        self.of_a_sort(rows).max(3 * PROCESS).min(self.most)
    }
}

/// The available memory of this machine in KiB.
fn spare() -> Option<u64> {
    let meminfo = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{BuildMemory, MOST};

    #[test]
    fn a_sort_is_given_what_lets_it_merge_once() {
        let memory = BuildMemory { most: MOST };
        assert_eq!(memory.of_a_sort(0), 8 << 10);
        assert_eq!(memory.of_a_sort(1_000_000), 8 << 10);
        for rows in [10_u64.pow(8), 10_u64.pow(9)] {
            let bytes = memory.of_a_sort(rows) << 10;
            let runs = (rows * 64).div_ceil(bytes);
            assert!((bytes >> 18).abs_diff(runs) <= 1, "a buffer for each run");
        }
        assert!(memory.of_a_sort(10_u64.pow(9)) < 128 << 10);
        assert_eq!(BuildMemory { most: 1 << 10 }.of_a_sort(10_u64.pow(9)), 1 << 10);
    }

    #[test]
    fn builds_share_a_quarter_of_what_is_spare() {
        let most = |spare, jobs| BuildMemory::share(spare, jobs).most();
        assert_eq!(most(Some(4 << 20), 2), 512 << 10);
        assert_eq!(most(Some(100 << 10), 2), 64 << 10);
        assert_eq!(most(Some(1 << 30), 8), 1 << 20);
        assert_eq!(most(None, 2), 128 << 10);
    }
}
