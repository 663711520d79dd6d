//! Commands that run in the background of a test, and the switch.

use std::fs::File;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use migration_assist::ledger;
use migration_assist::mysql::{Dsn, log_file_position};
use tempfile::TempDir;

use crate::cutover::fixtures::{arguments, config, file};
use crate::follow::site::Site;
use crate::support::program::{Run, Watchdog, command, finish};
use crate::support::waiting::wait_until;

/// Far longer than anything takes that is waited for.
const DEADLINE: Duration = Duration::from_mins(3);

/// A command that runs.
pub struct Background {
    child: Child,
    said: PathBuf,
    _folder: TempDir,
    _watchdog: Watchdog,
}

impl Background {
    /// Starts it.
    pub fn start(mut command: Command) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let said = folder.path().join("stderr");
        command.stdout(Stdio::null()).stderr(File::create(&said).expect("a file"));
        let child = command.spawn().expect("the binary runs");
        let watchdog = Watchdog::over(child.id());
        Self { child, said, _folder: folder, _watchdog: watchdog }
    }

    /// Starts `migrate --live`.
    pub fn migrate(site: &Site) -> Self {
        Self::start(site.command(&["migrate", "--live", "--jobs", "2"]))
    }

    /// What it has said so far.
    pub fn said(&self) -> String {
        std::fs::read_to_string(&self.said).expect("a file")
    }

    /// Waits until it says something.
    pub fn wait_for(&mut self, text: &str) {
        let since = Instant::now();
        while !self.said().contains(text) {
            assert!(self.is_running(), "it ended:\n{}", self.said());
            assert!(since.elapsed() < DEADLINE, "it never says `{text}`:\n{}", self.said());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Whether it runs.
    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().expect("a process").is_none()
    }

    /// Sends a signal, such as `TERM`.
    pub fn signal(&self, signal: &str) {
        let process = self.child.id().to_string();
        let sent = Command::new("kill").args([&format!("-{signal}"), &process]).status();
        assert!(sent.is_ok_and(|it| it.success()));
    }

    /// Waits for its end; the status, or `None` if the kernel ended it.
    pub fn wait(&mut self) -> Option<i32> {
        self.child.wait().expect("it ends").code()
    }

    /// Waits for its end and fails the test unless the status is as expected.
    pub fn end(&mut self, status: i32) {
        assert_eq!(self.wait(), Some(status), "{}", self.said());
    }
}

/// A configuration of Mattermost, and `cutover` with it.
pub struct Switch {
    _folder: TempDir,
    pub path: PathBuf,
    source: String,
    quarantine: PathBuf,
    target: migration_assist::postgres::Dsn,
}

impl Switch {
    /// With a configuration that names the source by this DSN.
    pub fn named(site: &Site, dsn: &Dsn) -> Self {
        let (folder, path) = file(&config(dsn.render().expose()));
        let source = site.pair.source.dsn.render().expose().to_owned();
        let (quarantine, target) = (site.pair.quarantine(), site.pair.target.dsn.clone());
        Self { _folder: folder, path, source, quarantine, target }
    }

    /// With one that names the source as the tests do.
    pub fn new(site: &Site) -> Self {
        Self::named(site, &site.pair.source.dsn)
    }

    /// `cutover` with these arguments.
    pub fn command(&self, more: &[&str]) -> Command {
        let mut command = command(arguments(&self.path, &self.target, more));
        command.env("MIGRATION_ASSIST_MYSQL_DSN", &self.source);
        command.current_dir(self.path.parent().expect("a folder"));
        if more.contains(&"--live") {
            // The file of the follower, which ends for it.
            command.arg("--quarantine").arg(&self.quarantine);
        }
        command
    }

    /// Runs it to its end.
    pub fn run(&self, more: &[&str]) -> Run {
        finish(self.command(more))
    }
}

/// Waits until everything is applied that the source has logged so far.
pub async fn wait_for_end(site: &Site) {
    let mut source = site.pair.source.connect().await;
    let end = log_file_position(&mut source).await.expect("an answer").expect("a position");
    let target = site.pair.target.connect().await;
    let is_applied = async || {
        let record = ledger::read_following(&target, "public").await.expect("a record");
        record.is_some_and(|record| record.position >= end)
    };
    wait_until(&format!("the log is applied up to {end}"), is_applied).await;
}
