//! The memory limit of rules that compare rows of a dump.

/// The memory that is left.
#[derive(Debug)]
pub(super) struct Memory {
    left: usize,
}

impl Memory {
    /// A limit in bytes.
    pub(super) fn of(bytes: usize) -> Self {
        Self { left: bytes }
    }

    /// Reserves memory; false if not enough is left.
    pub(super) fn take(&mut self, bytes: usize) -> bool {
        let rest = self.left.checked_sub(bytes);
        self.left = rest.unwrap_or(self.left);
        rest.is_some()
    }

    /// Releases memory.
    pub(super) fn give_back(&mut self, bytes: usize) {
        self.left += bytes;
    }
}

/// Why a rule that compares rows stopped.
pub(super) const FULL: &str = "comparing its rows takes more memory than is allowed for it";
