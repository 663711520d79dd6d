//! Progress reporting: the trait that long-running work calls.

/// The size of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TaskSize {
    /// The number of units, if known; an estimate may grow.
    pub total: Option<u64>,
    /// What is counted.
    pub unit: TaskUnit,
}

/// What a task counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TaskUnit {
    /// Something that the task's name states, such as migrations.
    #[default]
    Named,
    /// Rows.
    Rows,
    /// Rows that are read on both sides: two units are one row.
    RowPairs,
    /// Tables.
    Tables,
    /// Bytes.
    Bytes,
    /// Work of several kinds, of which only the share is of interest.
    Effort,
}

impl TaskSize {
    /// A task without a known end.
    pub const UNKNOWN: Self = Self { total: None, unit: TaskUnit::Named };

    /// So many units.
    #[must_use]
    pub const fn of(total: u64, unit: TaskUnit) -> Self {
        Self { total: Some(total), unit }
    }

    /// So many rows.
    #[must_use]
    pub const fn rows(total: u64) -> Self {
        Self::of(total, TaskUnit::Rows)
    }
}

/// Receives the progress of tasks that may last longer than a second.
///
/// The library calls it from any task; implementations must not block.
pub trait Progress: Send + Sync {
    /// A named task begins.
    fn begin(&self, what: &str, size: TaskSize);
    /// `units` more of the task are done.
    fn advance(&self, what: &str, units: u64);
    /// `bytes` more were processed by a task that counts other units.
    fn add_bytes(&self, _what: &str, _bytes: u64) {}
    /// The task is complete.
    fn finish(&self, what: &str);
}

/// A task that has begun. A failed one is not finished: its error ends the progress.
#[must_use]
pub(crate) struct Task<'a> {
    progress: &'a dyn Progress,
    name: &'a str,
}

impl<'a> Task<'a> {
    /// Begins it.
    pub(crate) fn begin(progress: &'a dyn Progress, name: &'a str, size: TaskSize) -> Self {
        progress.begin(name, size);
        Self { progress, name }
    }

    /// `units` more are done.
    pub(crate) fn advance(&self, units: u64) {
        self.progress.advance(self.name, units);
    }

    /// It is complete.
    pub(crate) fn finish(self) {
        self.progress.finish(self.name);
    }
}

/// Ignores all progress.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _what: &str, _size: TaskSize) {}
    fn advance(&self, _what: &str, _units: u64) {}
    fn finish(&self, _what: &str) {}
}
