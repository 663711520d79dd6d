//! The terminal: what is said to a person goes to standard error, data to standard output.
//!
//! The only room that prints, asks, or looks at whether a stream is a terminal.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod bars;
mod overall;
mod signals;
mod table;
mod task;

use std::fs::File;
use std::io::{self, BufRead as _, IsTerminal as _, Read as _, Write as _};
use std::os::fd::AsFd as _;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use console::style;

pub use bars::Bars;
pub use overall::Phase;
pub use signals::{Signal, Signals};
pub use table::table;

use crate::clock;
use crate::file;

/// The file that keeps what is said, where one is asked for.
static LOG: Mutex<Option<File>> = Mutex::new(None);

/// How much is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verbosity {
    /// Only what is wrong.
    Quiet,
    /// What a person wants to know.
    Normal,
    /// Also how it came about.
    Verbose,
}

/// Whether bars are drawn on a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drawing {
    /// Bars where standard error is a terminal, else a line per finished piece.
    Bars,
    /// Lines only.
    Lines,
}

/// The terminal as a command sees it.
#[derive(Debug, Clone, Copy)]
pub struct Ui {
    verbosity: Verbosity,
    drawing: Drawing,
}

impl Ui {
    /// Takes over the terminal. `color` forces colour on or off; `None` decides by the streams.
    #[must_use]
    pub fn new(verbosity: Verbosity, drawing: Drawing, color: Option<bool>) -> Self {
        if let Some(color) = color {
            console::set_colors_enabled(color);
            console::set_colors_enabled_stderr(color);
        }
        Self { verbosity, drawing }
    }

    /// Says what was done or found.
    pub fn say(self, text: impl AsRef<str>) {
        self.line(Verbosity::Normal, text.as_ref());
    }

    /// Heads a step of something long.
    pub fn title(self, text: &str) {
        self.line(Verbosity::Normal, &format!("\n{}", style(text).for_stderr().bold()));
    }

    /// Says how it came about, to those who asked for more.
    pub fn detail(self, text: impl AsRef<str>) {
        self.line(Verbosity::Verbose, text.as_ref());
    }

    /// Says that something is as it should be.
    pub fn good(self, text: impl AsRef<str>) {
        let mark = style("ok").for_stderr().green();
        self.line(Verbosity::Normal, &format!("{mark}: {}", text.as_ref()));
    }

    /// Says what a person must know even when all else is quiet.
    pub fn warn(self, text: impl AsRef<str>) {
        let mark = style("warning").for_stderr().yellow().bold();
        self.line(Verbosity::Quiet, &format!("{mark}: {}", text.as_ref()));
    }

    /// Prints something that has no effect on the outcome and is worth knowing.
    pub fn note(self, text: impl AsRef<str>) {
        let mark = style("note").for_stderr().cyan();
        self.line(Verbosity::Normal, &format!("{mark}: {}", text.as_ref()));
    }

    /// Leaves a terminal as a command found it: no half-drawn bar, the cursor at the start of a line.
    pub fn end_progress(self) {
        if io::stderr().is_terminal() {
            let _ = write!(io::stderr().lock(), "\r\x1b[2K\x1b[?25h");
        }
    }

    /// Says what to do next.
    pub fn hint(self, text: impl AsRef<str>) {
        let mark = style("hint").for_stderr().cyan();
        self.line(Verbosity::Quiet, &format!("\n{mark}: {}", text.as_ref()));
    }

    /// Says why the command could not work: what failed, its causes, the next step.
    pub fn fail<'a>(self, causes: impl IntoIterator<Item = &'a str>, hint: Option<&str>) {
        let mut causes = causes.into_iter();
        let mark = style("error").for_stderr().red().bold();
        self.line(Verbosity::Quiet, &format!("{mark}: {}", causes.next().unwrap_or_default()));
        for cause in causes {
            self.line(Verbosity::Quiet, &format!("  caused by: {cause}"));
        }
        if let Some(hint) = hint {
            self.hint(hint);
        }
    }

    /// Prints why the arguments lead to no command, as clap has laid it out.
    pub fn usage(self, text: &str) {
        let plain = console::strip_ansi_codes(text);
        let text = if console::colors_enabled_stderr() { text } else { &*plain };
        self.line(Verbosity::Quiet, text.trim_end());
    }

    /// A text for standard output, without colours where it shows none.
    #[must_use]
    pub fn without_colours(self, text: &str) -> String {
        if console::colors_enabled() {
            text.to_owned()
        } else {
            console::strip_ansi_codes(text).into_owned()
        }
    }

    /// Hands data to standard output.
    ///
    /// A reader that has gone away (`| head`) is no failure.
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

    /// Asks a question that a line of standard input answers, typed, from a pipe or from a file. No
    /// answer is a no.
    pub fn confirm_from_input(self, question: &str) -> io::Result<bool> {
        if io::stdin().is_terminal() {
            return self.confirm(question);
        }
        let input = io::stdin().as_fd().try_clone_to_owned().map(File::from);
        let kind = input.and_then(|file| file.metadata()).map(|metadata| metadata.file_type());
        if !kind.is_ok_and(|kind| kind.is_fifo() || kind.is_file()) {
            return Ok(false);
        }
        eprintln!("{question} [y/N]");
        let mut answer = String::new();
        io::stdin().lock().take(64).read_line(&mut answer)?;
        Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
    }

    /// Asks a question that only a typed yes answers. Without a terminal the answer is no.
    pub fn confirm(self, question: &str) -> io::Result<bool> {
        if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
            return Ok(false);
        }
        eprint!("{question} [y/N] ");
        io::stderr().flush()?;
        let mut answer = String::new();
        io::stdin().lock().read_line(&mut answer)?;
        Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
    }

    /// Bars, or lines where bars cannot be drawn.
    #[must_use]
    pub fn progress(self) -> Bars {
        self.progress_of(&[])
    }

    /// The same, with a total over the phases of something long.
    #[must_use]
    pub fn progress_of(self, phases: &'static [Phase]) -> Bars {
        let drawn = self.drawing == Drawing::Bars
            && self.verbosity > Verbosity::Quiet
            && io::stderr().is_terminal();
        Bars::new(self, drawn, phases)
    }

    /// Keeps what is said from here on in a file too, with the time, whatever the verbosity.
    pub fn log_to(self, path: &Path) -> io::Result<()> {
        if let Ok(metadata) = path.metadata()
            && !metadata.file_type().is_char_device()
            && let Some(kind) = file::special_kind(&metadata)
        {
            return Err(io::Error::other(format!("not a regular file: {kind}")));
        }
        // A log names tables, keys and servers.
        let file = File::options().create(true).append(true).mode(0o600).open(path)?;
        if let Ok(target) = path.read_link() {
            let (path, target) = (path.display(), target.display());
            self.warn(format!("the log `{path}` is a symbolic link to `{target}`"));
        }
        *LOG.lock().unwrap_or_else(PoisonError::into_inner) = Some(file);
        Ok(())
    }

    fn line(self, from: Verbosity, text: &str) {
        self.record(Some(from), text);
    }

    /// Writes a line to the log, and says it to those who want as much; `None`: to nobody.
    fn record(self, from: Option<Verbosity>, text: &str) {
        let mut log = LOG.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = log.as_mut() {
            let now = clock::now();
            let lines = console::strip_ansi_codes(text);
            let lines = lines.lines().map(|line| format!("{now} {line}\n")).collect::<Vec<_>>();
            if let Err(error) = file.write_all(lines.concat().as_bytes()) {
                *log = None;
                let mark = style("warning").for_stderr().yellow().bold();
                let _ = writeln!(
                    io::stderr().lock(),
                    "{mark}: cannot write the log, which ends here: {error}"
                );
            }
        }
        drop(log);
        if from.is_some_and(|from| self.verbosity >= from) {
            let _ = writeln!(io::stderr().lock(), "{text}");
        }
    }
}
