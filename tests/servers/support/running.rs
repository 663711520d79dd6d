//! A run of the binary whose messages are read while it runs.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::program::{Run, Watchdog};

/// Far longer than anything takes that is waited for.
const DEADLINE: Duration = Duration::from_mins(2);

/// A process of the binary, and what it has printed so far.
pub struct Running {
    child: Child,
    printed: Arc<Mutex<String>>,
    readers: Vec<JoinHandle<String>>,
    _watchdog: Watchdog,
}

impl Running {
    /// Starts a prepared command.
    pub fn start(mut command: Command) -> Self {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the binary runs");
        let printed = Arc::new(Mutex::new(String::new()));
        let mut output = child.stdout.take().expect("a pipe");
        let messages = BufReader::new(child.stderr.take().expect("a pipe"));
        let all = Arc::clone(&printed);
        let readers = vec![
            std::thread::spawn(move || {
                let mut text = String::new();
                output.read_to_string(&mut text).expect("UTF-8");
                text
            }),
            std::thread::spawn(move || {
                for line in messages.lines().map_while(Result::ok) {
                    let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
                    all.push_str(&line);
                    all.push('\n');
                }
                all.lock().unwrap_or_else(PoisonError::into_inner).clone()
            }),
        ];
        let watchdog = Watchdog::over(child.id());
        Self { child, printed, readers, _watchdog: watchdog }
    }

    /// What it has printed on standard error so far.
    pub fn printed(&self) -> String {
        self.printed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until it has printed a text, or fails the test.
    pub async fn until_prints(&self, text: &str) {
        let since = Instant::now();
        while !self.printed().contains(text) {
            assert!(since.elapsed() < DEADLINE, "`{text}` is not in:\n{}", self.printed());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Sends a signal, such as `-KILL`.
    pub fn signal(&self, signal: &str) {
        let process = self.child.id().to_string();
        let sent = Command::new("kill").args([signal, &process]).status().expect("kill runs");
        assert!(sent.success(), "the process has ended: {}", self.printed());
    }

    /// Waits until it has ended; its status is that of a shell if a signal ended it.
    pub async fn end(mut self) -> Run {
        let ended = tokio::task::spawn_blocking(move || {
            use std::os::unix::process::ExitStatusExt as _;
            let status = self.child.wait().expect("it ends");
            let status = status.code().or(status.signal().map(|it| 128 + it)).expect("a status");
            let mut texts = self.readers.drain(..).map(|it| it.join().expect("no panic"));
            let stdout = texts.next().expect("two streams");
            let stderr = texts.next().expect("two streams");
            Run { status, stdout, stderr }
        });
        ended.await.expect("no panic")
    }
}
