//! Limits the memory for large rows: one worker at a time handles them.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::{Semaphore, SemaphorePermit};

use super::table::TableWork;

/// Rows of at least this size are handled by one worker at a time; smaller ones may be in memory in every
/// worker.
const LARGE: usize = 1 << 20;
/// After this many smaller rows, the next worker has its turn.
const SMALL_ROWS_BEFORE_RELEASE: u32 = 1000;

/// Makes workers with large rows take turns.
pub(super) struct LargeRowLimiter {
    turn: Semaphore,
    /// Whether a table is known to have large rows, by index.
    known: Vec<AtomicBool>,
}

/// A worker's turns during a part of a table.
pub(super) struct LargeRowTurn<'a> {
    limiter: &'a LargeRowLimiter,
    known: &'a AtomicBool,
    turn: Option<SemaphorePermit<'a>>,
    small_rows: u32,
}

impl LargeRowLimiter {
    pub(super) fn new(tables: &[TableWork]) -> Self {
        let known = |table: &TableWork| {
            let average = table.size.bytes / table.size.rows.max(1);
            AtomicBool::new(usize::try_from(average).is_ok_and(|average| average >= LARGE / 4))
        };
        Self { turn: Semaphore::new(1), known: tables.iter().map(known).collect() }
    }

    /// Whether that table is known to have large rows.
    pub(super) fn is_known(&self, table: usize) -> bool {
        self.known[table].load(Ordering::Relaxed)
    }

    /// Starts a part of that table: with a turn, if large rows are known.
    pub(super) async fn enter(&self, table: usize) -> LargeRowTurn<'_> {
        let known = &self.known[table];
        let mut turn = LargeRowTurn { limiter: self, known, turn: None, small_rows: 0 };
        if self.is_known(table) {
            turn.take_turn().await;
        }
        turn
    }
}

impl LargeRowTurn<'_> {
    /// Admits a row of that size, a large one when it is the worker's turn; returns whether it is large.
    pub(super) async fn admit(&mut self, bytes: usize) -> bool {
        let is_large = bytes >= LARGE;
        if is_large {
            self.known.store(true, Ordering::Relaxed);
            self.take_turn().await;
        } else if self.turn.is_some() {
            self.small_rows += 1;
            if self.small_rows >= SMALL_ROWS_BEFORE_RELEASE {
                self.turn = None;
            }
        }
        is_large
    }

    async fn take_turn(&mut self) {
        self.small_rows = 0;
        if self.turn.is_none() {
            self.turn =
                Some(self.limiter.turn.acquire().await.expect("the semaphore is never closed"));
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::{LARGE, LargeRowLimiter, SMALL_ROWS_BEFORE_RELEASE};
    use std::sync::atomic::AtomicBool;
    use tokio::sync::Semaphore;

    fn limiter() -> LargeRowLimiter {
        LargeRowLimiter { turn: Semaphore::new(1), known: vec![AtomicBool::new(false)] }
    }

    #[test]
    fn large_rows_take_turns() {
        let limiter = limiter();
        let enter = || limiter.enter(0).now_or_never();
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
