//! Reads parts of tables in several sessions at a time.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::task::JoinSet;

use super::Error;
use super::bucket::Digest;
use super::read::{Part, Reader, Side};
use super::row::{ReadCounts, SpelledRow};
use super::table::TableWork;
use crate::source::wait_for_all;

/// Visits the rows of a pass.
pub(super) trait RowVisitor: Send + Sync + 'static {
    /// The state while a part is read.
    type State: Send;

    /// A part begins.
    fn begin(&self, part: Part) -> Self::State;
    /// A row of the part.
    fn visit(&self, part: Part, notes: &mut Self::State, digest: Digest, row: &SpelledRow);
    /// The part is complete.
    fn end(&self, part: Part, notes: Self::State, counts: ReadCounts);
}

/// The readers; all of them are here between passes.
pub(super) struct Readers {
    pub(super) readers: Vec<Reader>,
    pub(super) tables: Arc<Vec<TableWork>>,
}

/// All parts of a table, alternating between the sides so that both servers work.
pub(super) fn parts_of(table: usize, work: &TableWork) -> VecDeque<Part> {
    let (sources, targets) = (work.parts.len(), work.blocks.len());
    let mut parts = VecDeque::with_capacity(sources + targets);
    for number in 0..sources.max(targets) {
        if number < sources {
            parts.push_back(Part { table, side: Side::Source, number });
        }
        if number < targets {
            parts.push_back(Part { table, side: Side::Target, number });
        }
    }
    parts
}

impl Readers {
    /// Reads the parts, several at a time, starting in this order.
    pub(super) async fn run<S: RowVisitor>(
        &mut self,
        parts: VecDeque<Part>,
        study: &Arc<S>,
    ) -> Result<(), Error> {
        let queue = Arc::new(Mutex::new(parts));
        let mut running = JoinSet::new();
        for mut reader in self.readers.drain(..) {
            let (queue, study) = (Arc::clone(&queue), Arc::clone(study));
            let tables = Arc::clone(&self.tables);
            running.spawn(async move {
                while let Some(part) = take(&queue) {
                    let mut notes = study.begin(part);
                    let visit = |digest, row: &SpelledRow| {
                        study.visit(part, &mut notes, digest, row);
                    };
                    let counts = reader.read(&tables[part.table], part, visit).await?;
                    study.end(part, notes, counts);
                }
                Ok::<Reader, Error>(reader)
            });
        }
        loop {
            let ended = running.join_next();
            // A reader without further parts waits for the others, and keeps its snapshot.
            let idle = self.readers.iter_mut().map(|reader| &mut reader.source);
            let Some(ended) = wait_for_all(idle, ended).await? else { return Ok(()) };
            match ended {
                Ok(reader) => self.readers.push(reader?),
                Err(failure) => match failure.try_into_panic() {
                    Ok(panic) => std::panic::resume_unwind(panic),
                    Err(_) => return Err(Error::Interrupted),
                },
            }
        }
    }
}

fn take(queue: &Mutex<VecDeque<Part>>) -> Option<Part> {
    queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
}
