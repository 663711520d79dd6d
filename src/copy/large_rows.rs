//! Keeps very large rows from piling up in memory: one worker at a time handles them.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::{Semaphore, SemaphorePermit};

use super::table::TableWork;

/// From how many bytes on a row is large: as many of this size as there are workers do no harm.
const LARGE: usize = 1 << 20;
/// After how many rows that are not large the next worker has its turn.
const SMALL_ROWS_BEFORE_RELEASE: u32 = 1000;

/// Where workers with large rows wait for their turn.
pub(super) struct LargeRowLimiter {
    turn: Semaphore,
    /// Whether a table is known to hold large rows, in the tables' order.
    known: Vec<AtomicBool>,
}

/// A worker's way through a part of a table.
pub(super) struct LargeRowTurn<'a> {
    gate: &'a LargeRowLimiter,
    known: &'a AtomicBool,
    turn: Option<SemaphorePermit<'a>>,
    calm: u32,
}

impl LargeRowLimiter {
    pub(super) fn new(tables: &[TableWork]) -> Self {
        let known = |table: &TableWork| {
            let average = table.size.bytes / table.size.rows.max(1);
            AtomicBool::new(usize::try_from(average).is_ok_and(|average| average >= LARGE / 4))
        };
        Self { turn: Semaphore::new(1), known: tables.iter().map(known).collect() }
    }

    /// Begins with a part of the table of that place: with the turn, where large rows are known of.
    pub(super) async fn enter(&self, table: usize) -> LargeRowTurn<'_> {
        let known = &self.known[table];
        let mut passage = LargeRowTurn { gate: self, known, turn: None, calm: 0 };
        if known.load(Ordering::Relaxed) {
            passage.take_turn().await;
        }
        passage
    }
}

impl LargeRowTurn<'_> {
    /// Lets a row of so many bytes pass, a large one when it is its turn; tells whether it is large.
    pub(super) async fn admit(&mut self, bytes: usize) -> bool {
        let is_large = bytes >= LARGE;
        if is_large {
            self.known.store(true, Ordering::Relaxed);
            self.take_turn().await;
        } else if self.turn.is_some() {
            self.calm += 1;
            if self.calm >= SMALL_ROWS_BEFORE_RELEASE {
                self.turn = None;
            }
        }
        is_large
    }

    async fn take_turn(&mut self) {
        self.calm = 0;
        if self.turn.is_none() {
            self.turn = Some(self.gate.turn.acquire().await.expect("nobody closes the gate"));
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::{LARGE, LargeRowLimiter, SMALL_ROWS_BEFORE_RELEASE};
    use std::sync::atomic::AtomicBool;
    use tokio::sync::Semaphore;

    fn gate() -> LargeRowLimiter {
        LargeRowLimiter { turn: Semaphore::new(1), known: vec![AtomicBool::new(false)] }
    }

    #[test]
    fn large_rows_take_turns() {
        let gate = gate();
        let enter = || gate.enter(0).now_or_never();
        let mut first = enter().expect("nothing is known yet");
        let mut second = enter().expect("nothing is known yet");
        assert!(first.admit(LARGE).now_or_never().is_some());
        assert!(first.admit(LARGE).now_or_never().is_some());
        assert!(second.admit(LARGE - 1).now_or_never().is_some());
        assert!(second.admit(LARGE).now_or_never().is_none());
        assert!(enter().is_none(), "a table of large rows is begun with in turn");
        for _ in 0..SMALL_ROWS_BEFORE_RELEASE {
            assert!(second.admit(LARGE).now_or_never().is_none());
            assert!(first.admit(1).now_or_never().is_some());
        }
        assert!(second.admit(LARGE).now_or_never().is_some());
        drop(second);
        assert!(enter().is_some());
    }
}
