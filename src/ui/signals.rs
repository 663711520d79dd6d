//! SIGINT, SIGTERM and SIGHUP: one listener, from the first instruction of the program on.
//!
//! The first signal asks the command to end. A command that has not ended after [`DEADLINE`], because it
//! waits for a disk, a pipe or an answer at the terminal, is ended here; so it is by a second signal. A command
//! that has to put something back first holds this off with [`Signals::hold_off`].

use std::io::{IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// What goes to standard output if the command's own thread is blocked at its end.
static LAST_WORDS: Mutex<String> = Mutex::new(String::new());

/// How long a command may take to end itself.
const DEADLINE: Duration = Duration::from_millis(1800);

/// How much longer it may take at most while [`Signals::hold_off`] is in effect, and the interval between two looks.
const LONGEST_HOLD: Duration = Duration::from_secs(12);
const LOOK: Duration = Duration::from_millis(50);

/// How many [`HeldOff`] exist.
static HELD_OFF: AtomicUsize = AtomicUsize::new(0);

/// While it exists, an interrupted command is not ended before it has put back what it changed.
#[derive(Debug)]
pub struct HeldOff(());

impl Drop for HeldOff {
    fn drop(&mut self) {
        HELD_OFF.fetch_sub(1, Ordering::SeqCst);
    }
}

/// A signal that ends the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// SIGHUP: the terminal was closed.
    Hangup,
    /// SIGINT: Ctrl-C.
    Interrupt,
    /// SIGTERM.
    Terminate,
}

impl Signal {
    /// The exit status of a process that it ends, as shells have it: 128 and its number.
    #[must_use]
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Hangup => 129,
            Self::Interrupt => 130,
            Self::Terminate => 143,
        }
    }
}

/// The signals that have arrived.
#[derive(Debug)]
pub struct Signals(UnboundedReceiver<Signal>);

impl Signals {
    /// Starts the listener, in a task of its own, so that a command that blocks its thread does not stop it.
    #[must_use]
    pub fn install() -> Self {
        let (sender, receiver) = unbounded_channel();
        for (kind, meaning) in [
            (SignalKind::hangup(), Signal::Hangup),
            (SignalKind::interrupt(), Signal::Interrupt),
            (SignalKind::terminate(), Signal::Terminate),
        ] {
            // A process that may not listen keeps the signal's own effect, which is to end it.
            if let Ok(mut stream) = signal(kind) {
                let sender = sender.clone();
                tokio::spawn(async move {
                    while stream.recv().await.is_some() {
                        let _ = sender.send(meaning);
                        end_after_deadline(meaning, sender.clone());
                    }
                });
            }
        }
        Self(receiver)
    }

    /// Lets an interrupted command take some seconds longer to end itself.
    #[must_use]
    pub fn hold_off() -> HeldOff {
        HELD_OFF.fetch_add(1, Ordering::SeqCst);
        HeldOff(())
    }

    /// Keeps a text for standard output, for a command that cannot end itself.
    pub fn keep_last_words(&self, text: String) {
        *LAST_WORDS.lock().unwrap_or_else(PoisonError::into_inner) = text;
    }

    /// The next signal; none arrives if the process may not listen.
    pub async fn next(&mut self) -> Signal {
        match self.0.recv().await {
            Some(signal) => signal,
            None => std::future::pending().await,
        }
    }
}

/// Ends the process if the command has not ended it in time.
fn end_after_deadline(signal: Signal, _open: UnboundedSender<Signal>) {
    tokio::spawn(async move {
        tokio::time::sleep(DEADLINE).await;
        let is_over = async {
            while HELD_OFF.load(Ordering::SeqCst) > 0 {
                tokio::time::sleep(LOOK).await;
            }
        };
        let _ = tokio::time::timeout(LONGEST_HOLD, is_over).await;
        if std::io::stderr().is_terminal() {
            // The cursor may be in the middle of a line or hidden.
            let _ = write!(std::io::stderr(), "\x1b[?25h\r\n");
        }
        let _ = writeln!(std::io::stderr(), "interrupted");
        let last_words = LAST_WORDS.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = std::io::stdout().write_all(last_words.as_bytes());
        drop(last_words);
        #[expect(clippy::exit, reason = "the command's own thread is blocked")]
        std::process::exit(i32::from(signal.exit_code()));
    });
}
