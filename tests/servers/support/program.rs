//! The binary itself, run as a user runs it.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::Duration;

use migration_assist::{mysql, postgres};

use super::mysql::names_are_in_lower_case;
use super::schema;

/// Far longer than anything takes that a test starts: what takes longer hangs.
const DEADLINE: Duration = Duration::from_mins(5);

/// Kills a process that hangs, so that the test fails and does not wait for it.
pub struct Watchdog {
    _end: Sender<()>,
}

impl Watchdog {
    /// Watches the process until this is dropped.
    pub fn over(process: u32) -> Self {
        let (end, ended) = channel::<()>();
        std::thread::spawn(move || {
            if ended.recv_timeout(DEADLINE) == Err(RecvTimeoutError::Timeout) {
                let _ = Command::new("kill").args(["-KILL", &process.to_string()]).status();
            }
        });
        Self { _end: end }
    }
}

/// What a run of the binary left.
pub struct Run {
    /// Its exit status.
    pub status: i32,
    /// What it handed to standard output.
    pub stdout: String,
    /// What it said on standard error.
    pub stderr: String,
}

/// Runs the binary with nothing from this process's environment but its PATH.
pub fn run<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Run {
    finish(command(arguments))
}

/// The binary with these arguments, in an empty environment.
pub fn command<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_migration-assist"));
    command.args(arguments).env_clear().stdin(Stdio::null());
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command
}

/// The same in a folder, with the DSNs of both sides in its environment.
pub fn command_in<S: AsRef<OsStr>>(
    folder: impl AsRef<Path>,
    (source, target): (&mysql::Dsn, &postgres::Dsn),
    arguments: impl IntoIterator<Item = S>,
) -> Command {
    let mut command = command(arguments);
    command.current_dir(folder);
    command.env("MIGRATION_ASSIST_MYSQL_DSN", source.render().expose());
    command.env("MIGRATION_ASSIST_POSTGRES_DSN", target.render());
    command
}

/// Runs a prepared command to its end.
pub fn finish(command: Command) -> Run {
    let is_json = asks_for_json(&command);
    let (child, _watchdog) = start(command);
    let run = Run::of(child.wait_with_output().expect("the binary ends"));
    if is_json {
        run.is_as_described();
    }
    run
}

/// Whether the command prints a JSON report, whatever happens to it.
fn asks_for_json(command: &Command) -> bool {
    let arguments: Vec<_> = command.get_args().map(|it| it.to_string_lossy()).collect();
    arguments.iter().any(|it| it == "--format=json")
        || arguments.windows(2).any(|pair| pair[0] == "--format" && pair[1] == "json")
}

/// The same; also returns its peak memory in KiB.
pub fn finish_and_measure(command: Command) -> (Run, u64) {
    let (child, _watchdog) = start(command);
    let status = format!("/proc/{}/status", child.id());
    let peak = std::thread::spawn(move || highest_memory(&status));
    let run = Run::of(child.wait_with_output().expect("the binary ends"));
    (run, peak.join().expect("it looks until the process ends"))
}

fn start(mut command: Command) -> (Child, Watchdog) {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().expect("the binary runs");
    let watchdog = Watchdog::over(child.id());
    (child, watchdog)
}

/// The last peak memory in KiB that the kernel reports while the process runs.
fn highest_memory(status: &str) -> u64 {
    let mut peak = 0;
    while let Some(highest) = std::fs::read_to_string(status).ok().and_then(|status| {
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        line.trim().strip_suffix(" kB")?.parse().ok()
    }) {
        peak = highest;
        std::thread::sleep(Duration::from_millis(20));
    }
    peak
}

/// Kills a process as soon as `output`, one of its streams, has that many matching lines; returns whether it got
/// that far, and how the process ended.
pub fn kill_after(
    mut child: Child,
    output: impl Read,
    is_meant: impl Fn(&str) -> bool,
    lines: u64,
) -> (bool, ExitStatus) {
    let _watchdog = Watchdog::over(child.id());
    let mut said = BufReader::new(output).lines().map_while(Result::ok);
    let lines = usize::try_from(lines).expect("a small number");
    let got_so_far = said.by_ref().filter(|line| is_meant(line)).nth(lines).is_some();
    child.kill().expect("it can be killed");
    (got_so_far, child.wait().expect("it ends"))
}

impl Run {
    fn of(Output { status, stdout, stderr }: Output) -> Self {
        Self {
            status: status.code().expect("it ends by itself"),
            stdout: String::from_utf8(stdout).expect("UTF-8"),
            stderr: String::from_utf8(stderr).expect("UTF-8"),
        }
    }

    /// Fails the test unless the status is as expected; shows what was said.
    #[track_caller]
    pub fn expect(self, status: i32) -> Self {
        assert_eq!(self.status, status, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Fails the test unless it was said.
    #[track_caller]
    pub fn says(self, what: &str) -> Self {
        let is_said = if names_are_in_lower_case() {
            self.stderr.to_lowercase().contains(&what.to_lowercase())
        } else {
            self.stderr.contains(what)
        };
        assert!(is_said, "`{what}` is not in:\n{}", self.stderr);
        self
    }

    /// Fails the test if any output contains it.
    #[track_caller]
    pub fn never_shows(self, secret: &str) -> Self {
        assert!(!self.stdout.contains(secret), "shown on stdout:\n{}", self.stdout);
        assert!(!self.stderr.contains(secret), "shown on stderr:\n{}", self.stderr);
        self
    }

    /// Fails the test unless standard output is one JSON report as its schema describes it.
    #[track_caller]
    fn is_as_described(&self) {
        let report = self.json();
        let command = report["command"].as_str().expect("a command");
        // Wrong arguments are no command's.
        if command != "migration-assist" {
            schema::check(command, &report);
        }
        assert_eq!(report["status"], self.status, "{}", self.stdout);
    }

    /// Standard output as JSON.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}: stdout is\n{}", self.stdout))
    }
}
