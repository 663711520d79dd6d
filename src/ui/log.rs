//! The log: messages, statements without values, and servers, each with the time.

use std::fmt;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock};

use tracing::Level;
use tracing_subscriber::filter::FilterFn;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};

use super::bars;
use super::layout::{Stream, plain, render};
use crate::clock;
use crate::transcript::{Line, LineKind};

/// The prefix of the modules whose events are written: no other crate knows which values are confidential.
const OWN: &str = "migration_assist";

/// The file.
static PATH: OnceLock<PathBuf> = OnceLock::new();

/// The file, if there is one.
pub(super) fn file() -> Option<&'static Path> {
    PATH.get().map(PathBuf::as_path)
}

/// Writes all events from now on to a file.
pub(super) fn start(file: File, path: &Path) {
    let _ = PATH.set(path.to_owned());
    let own =
        FilterFn::new(|event| event.target().starts_with(OWN) && *event.level() <= Level::DEBUG);
    let layer = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .with_target(false)
        .with_level(false)
        .with_timer(Clock)
        .with_writer(Mutex::new(LogFile(Some(file))))
        .with_filter(own);
    let subscriber = tracing_subscriber::registry().with(layer);
    // Only a second log would fail, and a process has one.
    let _ = tracing::subscriber::set_global_default(subscriber);
}

/// Writes a message.
pub(super) fn write(line: &Line) {
    for line in plain(line).lines().filter(|line| !line.is_empty()) {
        tracing::info!("{line}");
    }
}

struct Clock;

impl FormatTime for Clock {
    fn format_time(&self, writer: &mut Writer<'_>) -> fmt::Result {
        writer.write_str(&clock::now())
    }
}

/// A file that is given up, with a warning, when it cannot be written.
struct LogFile(Option<File>);

impl Write for LogFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some(file) = &mut self.0
            && let Err(error) = file.write_all(bytes)
        {
            self.0 = None;
            let text = format!("cannot write the log, which ends here: {error}");
            bars::print(&render(&Line::new(LineKind::Warning, text), Stream::Error));
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
