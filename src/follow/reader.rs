//! Reads the log in a task of its own, as far ahead as a limit of bytes allows.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::mysql::binlog::{self, Follower, LogCell, LogEvent, LogFile, Position};

/// How many KiB of events may wait: about as many as are applied at a time.
const LIMIT: u32 = 8 << 10;
/// How many events may wait, however small they are.
const EVENTS: usize = 1024;
/// After how long without an event the reader reports where it is.
const QUIET: Duration = Duration::from_millis(250);

/// What the reader hands over.
pub(super) enum Message {
    /// An event, and its share of the limit.
    Event(LogEvent, OwnedSemaphorePermit),
    /// The events that come are from this file.
    File(LogFile),
    /// Nothing new for a while: everything up to here was handed over.
    Quiet(Position),
    /// The end.
    Failed(binlog::Error),
}

/// A reader, which ends when this is dropped.
pub(super) struct Reader {
    messages: mpsc::Receiver<Message>,
    task: JoinHandle<()>,
}

impl Reader {
    pub(super) fn start(follower: Follower) -> Self {
        let (sender, messages) = mpsc::channel(EVENTS);
        Self { messages, task: tokio::spawn(read(follower, sender)) }
    }

    /// The next message; no message is lost if the future is dropped. `None` if the task is gone.
    pub(super) async fn next(&mut self) -> Option<Message> {
        self.messages.recv().await
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn read(mut follower: Follower, sender: mpsc::Sender<Message>) {
    let limit = Arc::new(Semaphore::new(LIMIT as usize));
    let mut file = None;
    loop {
        let next = timeout(QUIET, follower.next()).await;
        if follower.log_file() != file.as_ref() {
            file = follower.log_file().cloned();
            let named = file.clone().map(Message::File);
            if let Some(named) = named
                && sender.send(named).await.is_err()
            {
                return;
            }
        }
        let message = match next {
            Err(_) | Ok(Ok(LogEvent::Heartbeat)) => Message::Quiet(follower.position()),
            Ok(Ok(event)) => {
                let kib = u32::try_from(size(&event) >> 10).unwrap_or(LIMIT).min(LIMIT);
                let permit = Arc::clone(&limit).acquire_many_owned(kib).await;
                Message::Event(event, permit.expect("the semaphore is never closed"))
            }
            Ok(Err(error)) => {
                // Whoever listens is gone if this fails.
                let _ = sender.send(Message::Failed(error)).await;
                return;
            }
        };
        if sender.send(message).await.is_err() {
            return;
        }
    }
}

/// About how many bytes an event takes.
fn size(event: &LogEvent) -> usize {
    let LogEvent::Rows(rows) = event else { return 0 };
    let cells = rows.changes.iter().flat_map(|it| it.before.iter().chain(&it.after)).flatten();
    cells
        .map(|cell| match cell {
            LogCell::Bytes(bytes) => bytes.len() + size_of::<LogCell>(),
            LogCell::Null | LogCell::Inexact => size_of::<LogCell>(),
        })
        .sum()
}
