//! A stated bound on what is remembered of rows while the others pass by.

/// What is left of it.
#[derive(Debug)]
pub(super) struct Memory {
    left: usize,
}

impl Memory {
    /// So many bytes.
    pub(super) fn of(bytes: usize) -> Self {
        Self { left: bytes }
    }

    /// Takes some, where there is some.
    pub(super) fn take(&mut self, bytes: usize) -> bool {
        let rest = self.left.checked_sub(bytes);
        self.left = rest.unwrap_or(self.left);
        rest.is_some()
    }

    /// Gives some back.
    pub(super) fn give_back(&mut self, bytes: usize) {
        self.left += bytes;
    }
}

/// Why a rule that compares rows had to stop.
pub(super) const FULL: &str = "comparing its rows takes more memory than is allowed for it";
