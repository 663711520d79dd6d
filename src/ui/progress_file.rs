//! The file of progress: one JSON object per line, for scripts.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use schemars::JsonSchema;
use serde::Serialize;

use super::bars;
use super::layout::{Stream, render};
use super::task::TaskProgress;
use crate::clock;
use crate::foreign_text::spell_out_json;
use crate::transcript::{Line, LineKind};

/// How often a running task gets a line.
const INTERVAL: Duration = Duration::from_secs(1);

/// The file; `None` once it cannot be written.
static FILE: OnceLock<Mutex<Option<File>>> = OnceLock::new();

/// A line of the file.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ProgressLine<'a> {
    /// UTC, to the second.
    time: String,
    #[serde(flatten)]
    event: Event<'a>,
}

/// What happened.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(super) enum Event<'a> {
    /// A task begins.
    TaskBegun {
        task: &'a str,
        /// Units of the task (rows, statements, tables, bytes of a dump), if known.
        total: Option<u64>,
    },
    /// A task runs: at most one line per second.
    TaskRunning(State<'a>),
    /// A task is complete.
    TaskFinished(State<'a>),
    /// The command ends; always the last line.
    CommandEnded {
        command: &'a str,
        /// The exit status.
        status: u8,
    },
}

/// The state of a task.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct State<'a> {
    task: &'a str,
    /// Units done.
    done: u64,
    /// Units of the task, if known; an estimate may grow.
    total: Option<u64>,
    /// Bytes processed, if the task counts them.
    bytes: u64,
    /// Time since the task began.
    seconds: f64,
    /// Share of the whole command that is done, from 0 to 1, if it is known.
    overall: Option<f64>,
    /// The estimated time until the whole command ends, or this task where `overall` is null; null while too little
    /// is done to estimate it.
    seconds_left: Option<f64>,
}

impl<'a> State<'a> {
    pub(super) fn new(task: &'a str, piece: &TaskProgress, since: Instant) -> Self {
        Self {
            task,
            done: piece.done,
            total: piece.total,
            bytes: piece.bytes,
            seconds: since.elapsed().as_secs_f64(),
            overall: None,
            seconds_left: None,
        }
    }

    /// Adds the share of the whole command, and the time left.
    pub(super) fn estimated(self, overall: Option<f64>, left: Option<Duration>) -> Self {
        Self { overall, seconds_left: left.map(|left| left.as_secs_f64()), ..self }
    }
}

/// Writes all progress from now on to a file, a pipe or a device; only the first call counts.
pub(super) fn start(path: &Path) -> io::Result<()> {
    let file = crate::file::open_to_append(path)?;
    let _ = FILE.set(Mutex::new(Some(file)));
    Ok(())
}

/// Whether a task that got its last line at this time gets another one.
pub(super) fn is_due(last: Instant) -> bool {
    FILE.get().is_some() && last.elapsed() >= INTERVAL
}

/// Writes a line, if there is a file.
pub(super) fn write(event: Event<'_>) {
    let Some(file) = FILE.get() else { return };
    let line = ProgressLine { time: clock::now(), event };
    let text = serde_json::to_string(&line).expect("plain data");
    let text = format!("{}\n", spell_out_json(&text));
    let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(Err(error)) = file.as_mut().map(|file| file.write_all(text.as_bytes())) {
        *file = None;
        let text = format!("cannot write the file of progress, which ends here: {error}");
        bars::print(&render(&Line::new(LineKind::Warning, text), Stream::Error));
    }
}
