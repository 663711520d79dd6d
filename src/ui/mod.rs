//! The terminal: text for people goes to standard error, data to standard output.
//!
//! The only module that prints, prompts, or checks whether a stream is a terminal.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod bars;
mod defects;
mod layout;
mod log;
mod overall;
mod progress_file;
mod signals;
mod task;
mod waits;

use std::fs::File;
use std::io::{self, BufRead as _, IsTerminal as _, Read as _, Write as _};
use std::os::fd::AsFd as _;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Instant;

pub use bars::Bars;
pub use defects::report_defects;
pub use overall::Phase;
pub use progress_file::ProgressLine;
pub use signals::{HeldOff, Signal, Signals};

use self::layout::Stream;
use crate::file;
use crate::foreign_text::{spell_out, spell_out_lines, spell_out_message};
use crate::transcript::{Line, LineKind};

/// What was printed, if a report needs it.
static TRANSCRIPT: Mutex<Option<Vec<Line>>> = Mutex::new(None);

/// Completes the commands in a text.
type Completion = Box<dyn Fn(&str) -> String + Send + Sync>;

/// What a user has to keep giving is added to each command in a message.
static COMPLETION: OnceLock<Completion> = OnceLock::new();

/// How much is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verbosity {
    /// Only warnings and errors.
    Quiet,
    Normal,
    /// Details too.
    Verbose,
}

/// Whether bars are drawn on a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drawing {
    /// Bars if standard error is a terminal, else a line for each finished task.
    Bars,
    /// Lines only.
    Lines,
}

/// The terminal, as commands use it.
#[derive(Debug, Clone, Copy)]
pub struct Ui {
    verbosity: Verbosity,
    drawing: Drawing,
}

impl Ui {
    /// Sets the terminal up. `color` forces colour on or off; `None` decides by the streams.
    #[must_use]
    pub fn new(verbosity: Verbosity, drawing: Drawing, color: Option<bool>) -> Self {
        if let Some(color) = color {
            console::set_colors_enabled(color);
            console::set_colors_enabled_stderr(color);
        }
        Self { verbosity, drawing }
    }

    /// Records what is printed from now on, for [`Ui::transcript`].
    pub fn record(self) {
        *TRANSCRIPT.lock().unwrap_or_else(PoisonError::into_inner) = Some(Vec::new());
    }

    /// What was printed since [`Ui::record`].
    #[must_use]
    pub fn transcript(self) -> Vec<Line> {
        TRANSCRIPT.lock().unwrap_or_else(PoisonError::into_inner).clone().unwrap_or_default()
    }

    /// Completes the commands in all messages from now on; only the first call counts.
    pub fn complete_commands(self, completion: impl Fn(&str) -> String + Send + Sync + 'static) {
        let _ = COMPLETION.set(Box::new(completion));
    }

    /// The text with complete commands.
    #[must_use]
    pub fn completed(self, text: &str) -> String {
        COMPLETION.get().map_or_else(|| text.to_owned(), |it| it(text))
    }

    /// Prints what was done or found.
    pub fn say(self, text: impl AsRef<str>) {
        self.put(LineKind::Text, text.as_ref());
    }

    /// Prints the heading of a step.
    pub fn title(self, text: &str) {
        self.put(LineKind::Title, text);
    }

    /// Prints a detail, with `--verbose` only.
    pub fn detail(self, text: impl AsRef<str>) {
        self.put(LineKind::Detail, text.as_ref());
    }

    /// Prints a success.
    pub fn good(self, text: impl AsRef<str>) {
        self.put(LineKind::Ok, text.as_ref());
    }

    /// Prints a warning, even with `--quiet`.
    pub fn warn(self, text: impl AsRef<str>) {
        self.put(LineKind::Warning, text.as_ref());
    }

    /// Prints a note, which has no effect on the outcome.
    pub fn note(self, text: impl AsRef<str>) {
        self.put(LineKind::Note, text.as_ref());
    }

    /// Prints the next step.
    pub fn hint(self, text: impl AsRef<str>) {
        self.put(LineKind::Hint, text.as_ref());
    }

    /// Adds a text to the transcript without printing it.
    pub fn keep(self, text: &str) {
        keep(complete(LineKind::Text, text));
    }

    /// Prints lines that the library has laid out.
    pub fn lines(self, lines: &[Line]) {
        for line in lines {
            self.put(line.kind, &line.text);
        }
    }

    /// Prints a state that the next one replaces, which no report repeats.
    pub fn state(self, kind: LineKind, text: impl AsRef<str>) {
        let line = complete(kind, text.as_ref());
        self.print(&line);
    }

    /// Prints why the command failed: the error, its causes, the next step.
    pub fn fail<'a>(self, causes: impl IntoIterator<Item = &'a str>, hint: Option<&str>) {
        let mut causes = causes.into_iter();
        self.put(LineKind::Error, causes.next().unwrap_or_default());
        causes.for_each(|cause| self.put(LineKind::Cause, cause));
        if let Some(hint) = hint {
            self.hint(hint);
        }
    }

    /// Restores the terminal: no bar, and none from now on; the cursor at the start of a line.
    pub fn end_progress(self) {
        bars::end();
        if io::stderr().is_terminal() {
            let _ = write!(io::stderr().lock(), "\r\x1b[2K\x1b[?25h");
        }
    }

    /// Writes lines to standard output as they were printed on standard error.
    pub fn reprint(self, lines: &[Line]) -> io::Result<()> {
        let shown = lines.iter().filter(|line| self.verbosity >= verbosity(line.kind));
        let text: Vec<String> =
            shown.map(|line| layout::render(line, Stream::Output) + "\n").collect();
        self.data(&text.concat())
    }

    /// Prints an error of usage in clap's layout.
    pub fn usage(self, text: &str) {
        let plain = console::strip_ansi_codes(text);
        let text = if console::colors_enabled_stderr() { text } else { &*plain };
        bars::print(text.trim_end());
    }

    /// A text for standard output, without colours if they are disabled.
    #[must_use]
    pub fn without_colours(self, text: &str) -> String {
        if console::colors_enabled() {
            text.to_owned()
        } else {
            console::strip_ansi_codes(text).into_owned()
        }
    }

    /// Writes data to standard output.
    ///
    /// A closed pipe (`| head`) is not an error.
    pub fn data(self, text: &str) -> io::Result<()> {
        let mut out = io::stdout().lock();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            outcome => outcome,
        }
    }

    /// Whether standard output goes to a file (`> file`), rather than to a terminal or a program.
    #[must_use]
    pub fn data_goes_to_a_file(self) -> bool {
        let stdout = io::stdout().as_fd().try_clone_to_owned().map(File::from);
        stdout.and_then(|file| file.metadata()).is_ok_and(|metadata| metadata.is_file())
    }

    /// Whether standard output is this file (`--output FILE > FILE`, `--output /dev/stdout`).
    #[must_use]
    pub fn data_goes_to(self, path: &Path) -> bool {
        let stdout = io::stdout().as_fd().try_clone_to_owned().map(File::from);
        let own = stdout.and_then(|file| file.metadata());
        let other = path.metadata();
        matches!((own, other), (Ok(own), Ok(other))
            if (own.dev(), own.ino()) == (other.dev(), other.ino()))
    }

    /// Asks a question that a line of standard input answers, from a terminal, a pipe or a file. No answer
    /// means no.
    pub fn confirm_from_input(self, question: &str) -> io::Result<bool> {
        if io::stdin().is_terminal() {
            return self.confirm(question);
        }
        let input = io::stdin().as_fd().try_clone_to_owned().map(File::from);
        let kind = input.and_then(|file| file.metadata()).map(|metadata| metadata.file_type());
        if !kind.is_ok_and(|kind| kind.is_fifo() || kind.is_file()) {
            return Ok(false);
        }
        eprintln!("{} [y/N]", spell_out_lines(question));
        let mut answer = String::new();
        io::stdin().lock().take(64).read_line(&mut answer)?;
        Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
    }

    /// Asks a question that only a typed yes confirms. Without a terminal the answer is no.
    pub fn confirm(self, question: &str) -> io::Result<bool> {
        if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
            return Ok(false);
        }
        eprint!("{} [y/N] ", spell_out_lines(question));
        io::stderr().flush()?;
        let mut answer = String::new();
        io::stdin().lock().read_line(&mut answer)?;
        Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
    }

    /// The work has waited since then: the estimate of the time left pauses.
    pub fn pause(self, since: Instant) {
        waits::begin(since);
        bars::redraw();
    }

    /// The work continues.
    pub fn resume(self) {
        waits::end();
        bars::redraw();
    }

    /// Bars, or lines if bars cannot be drawn.
    #[must_use]
    pub fn progress(self) -> Bars {
        self.progress_of(&[])
    }

    /// The same, with an overall total of these phases.
    #[must_use]
    pub fn progress_of(self, phases: &'static [Phase]) -> Bars {
        let drawn = self.drawing == Drawing::Bars
            && self.verbosity > Verbosity::Quiet
            && io::stderr().is_terminal();
        Bars::new(self, drawn, phases)
    }

    /// Also writes all messages, whatever the verbosity, and all statements without their values to a file, with
    /// the time.
    pub fn log_to(self, path: &Path) -> io::Result<()> {
        if let Ok(metadata) = path.metadata()
            && !metadata.file_type().is_char_device()
            && let Some(kind) = file::special_kind(&metadata)
        {
            return Err(io::Error::other(format!("not a regular file: {kind}")));
        }
        // A log contains names of tables, keys and servers.
        let file = File::options().create(true).append(true).mode(0o600).open(path)?;
        log::start(file, path);
        if let Ok(target) = path.read_link() {
            let (path, target) = (path.display(), target.display());
            self.warn(format!("the log `{path}` is a symbolic link to `{target}`"));
        }
        Ok(())
    }

    /// Also writes the progress to a file, one JSON object per line.
    pub fn write_progress_to(self, path: &Path) -> io::Result<()> {
        progress_file::start(path)
    }

    /// Writes the last line of that file, if there is one.
    pub fn end_progress_file(self, command: &str, status: u8) {
        progress_file::write(progress_file::Event::CommandEnded { command, status });
    }

    /// The file of the log, if there is one.
    #[must_use]
    pub fn log_file(self) -> Option<&'static Path> {
        log::file()
    }

    fn put(self, kind: LineKind, text: &str) {
        let line = complete(kind, text);
        // Held while it is printed, so that the lines of concurrent tasks are kept in the printed order.
        let mut transcript = TRANSCRIPT.lock().unwrap_or_else(PoisonError::into_inner);
        self.print(&line);
        if let Some(lines) = transcript.as_mut() {
            lines.push(line);
        }
    }

    fn print(self, line: &Line) {
        log::write(line);
        if self.verbosity >= verbosity(line.kind) {
            bars::print(&layout::render(line, Stream::Error));
        }
    }
}

fn keep(line: Line) {
    if let Some(lines) = TRANSCRIPT.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
        lines.push(line);
    }
}

/// The verbosity from which on a line is printed.
fn verbosity(kind: LineKind) -> Verbosity {
    match kind {
        LineKind::Warning
        | LineKind::Error
        | LineKind::Cause
        | LineKind::Hint
        | LineKind::Blocks => Verbosity::Quiet,
        LineKind::Detail => Verbosity::Verbose,
        _ => Verbosity::Normal,
    }
}

/// A line with complete commands, in which foreign characters are spelled out.
fn complete(kind: LineKind, text: &str) -> Line {
    let text = match kind {
        LineKind::Title => spell_out(text),
        _ if layout::is_laid_out(kind) => spell_out_lines(text),
        _ => spell_out_message(text),
    };
    let completed = COMPLETION.get().map(|completion| completion(&text));
    Line::new(kind, completed.unwrap_or_else(|| text.into_owned()))
}
