//! How much memory an index build may take.

use crate::postgres::Dsn;

/// What a build takes where nothing is known of the server's machine, in megabytes.
const UNKNOWN: u64 = 128;
const LEAST: u64 = 64;
const MOST: u64 = 1024;

/// The `maintenance_work_mem`, in megabytes, of each of so many builds at a time.
#[must_use]
pub fn index_memory(available: Option<u64>, jobs: usize) -> u64 {
    let jobs = u64::try_from(jobs).unwrap_or(1).max(1);
    available.map_or(UNKNOWN, |megabytes| (megabytes / 4 / jobs).clamp(LEAST, MOST))
}

/// The megabytes that the server's machine can spare, where that is this machine.
pub(super) fn spare_megabytes(dsn: &Dsn) -> Option<u64> {
    let told = std::fs::read_to_string("/proc/meminfo").ok().filter(|_| dsn.is_local())?;
    let line = told.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? / 1024)
}

#[cfg(test)]
mod tests {
    use super::index_memory;

    #[test]
    fn builds_share_a_quarter_of_what_is_spare() {
        assert_eq!(index_memory(Some(4096), 2), 512);
        assert_eq!(index_memory(Some(100), 2), 64);
        assert_eq!(index_memory(Some(1 << 20), 8), 1024);
        assert_eq!(index_memory(None, 2), 128);
    }
}
