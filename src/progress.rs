//! Progress reporting: the trait that long-running work calls.

/// Receives the progress of tasks that may last longer than a second.
///
/// The library calls it from any task; implementations must not block.
pub trait Progress: Send + Sync {
    /// A named task begins; `total` is its number of units (rows, bytes, statements), if known.
    fn begin(&self, what: &str, total: Option<u64>);
    /// `units` more of the task are done.
    fn advance(&self, what: &str, units: u64);
    /// `bytes` more were processed by a task that counts other units.
    fn add_bytes(&self, _what: &str, _bytes: u64) {}
    /// The task is complete.
    fn finish(&self, what: &str);
}

/// Ignores all progress.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _what: &str, _total: Option<u64>) {}
    fn advance(&self, _what: &str, _units: u64) {}
    fn finish(&self, _what: &str) {}
}
