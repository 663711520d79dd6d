//! SIGINT, SIGTERM and SIGHUP: one listener, from the first instruction of the program on.
//!
//! The first signal asks the command to end. A command that has not ended after [`DEADLINE`], because it waits for a
//! disk, a pipe or an answer at the terminal, is ended here; so it is by a second signal.

use std::io::{IsTerminal as _, Write as _};
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// How long a command may take to end itself.
const DEADLINE: Duration = Duration::from_millis(1800);

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
        if std::io::stderr().is_terminal() {
            // The cursor may be in the middle of a line or hidden.
            let _ = write!(std::io::stderr(), "\x1b[?25h\r\n");
        }
        let _ = writeln!(std::io::stderr(), "interrupted");
        #[expect(clippy::exit, reason = "the command's own thread is blocked")]
        std::process::exit(i32::from(signal.exit_code()));
    });
}
