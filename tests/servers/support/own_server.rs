//! A server that no other test uses, for what concerns a whole server.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// A server of `scripts/servers`; it goes when the test ends.
pub struct OwnServer {
    folder: TempDir,
    dsn: String,
}

impl OwnServer {
    /// Starts `mysql`, `mariadb` or `postgres`.
    pub fn start(kind: &str) -> Self {
        Self::start_with(kind, &[])
    }

    /// The same with these variables in its environment.
    pub fn start_with(kind: &str, environment: &[(&str, &str)]) -> Self {
        Self::start_as(kind, environment, &[])
    }

    /// The same with these options of `scripts/servers start`.
    pub fn start_with_options(kind: &str, options: &[&str]) -> Self {
        Self::start_as(kind, &[], options)
    }

    fn start_as(kind: &str, environment: &[(&str, &str)], options: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let started = servers()
            .envs(environment.iter().copied())
            .arg("start")
            .args(options)
            .args(words_of_combination(|word| word.starts_with("--")))
            .arg(servers_folder(&folder))
            .arg(release_of(kind))
            .output();
        let started = started.expect("scripts/servers runs");
        let said = String::from_utf8_lossy(&started.stderr);
        assert!(started.status.success(), "scripts/servers cannot start {kind}:\n{said}");
        let variables = String::from_utf8(started.stdout).expect("UTF-8");
        let name = format!("_{}='", kind.to_uppercase());
        let dsn = variables.split_once(&name).and_then(|(_, rest)| rest.split_once('\''));
        let dsn = dsn.expect("the server's DSN").0.to_owned();
        Self { folder, dsn }
    }

    /// Kills the server as a loss of power would, and starts it again.
    pub fn restart(&self, kind: &str) {
        let restarted = servers().arg("restart").arg(self.folder()).arg(kind).output();
        let restarted = restarted.expect("scripts/servers runs");
        let said = String::from_utf8_lossy(&restarted.stderr);
        assert!(restarted.status.success(), "scripts/servers cannot restart {kind}:\n{said}");
    }

    /// The folder with everything of the server.
    pub fn folder(&self) -> PathBuf {
        servers_folder(&self.folder)
    }

    /// The administrator's DSN.
    pub fn dsn(&self) -> &str {
        &self.dsn
    }
}

impl Drop for OwnServer {
    fn drop(&mut self) {
        let stopped = servers().arg("stop").arg(servers_folder(&self.folder)).status();
        assert!(stopped.is_ok_and(|it| it.success()) || std::thread::panicking());
    }
}

/// Words of the combination that `scripts/test --matrix` runs: options and servers of `scripts/servers start`.
fn words_of_combination(is_meant: impl Fn(&str) -> bool) -> Vec<String> {
    let combination = std::env::var("MIGRATION_ASSIST_TEST_COMBINATION").unwrap_or_default();
    combination.split_whitespace().filter(|word| is_meant(word)).map(str::to_owned).collect()
}

/// The server of that kind in the combination, such as `mariadb@10.5`, or the one of this system.
fn release_of(kind: &str) -> String {
    let mut words = words_of_combination(|word| word.split('@').next() == Some(kind));
    words.pop().unwrap_or_else(|| kind.to_owned())
}

fn servers() -> Command {
    Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/servers"))
}

fn servers_folder(folder: &TempDir) -> PathBuf {
    folder.path().join("servers")
}

/// Makes two tests of each function that takes a [`Flavour`], each with a server of its own. What a test spawns runs
/// on, while the test itself waits for the program.
macro_rules! on_servers_of_both_flavours {
    ($($test:ident),+ $(,)?) => {$(
        mod $test {
            use migration_assist::mysql::Flavour;

            #[tokio::test(flavor = "multi_thread")]
            async fn mysql() {
                super::$test(Flavour::MySql).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn mariadb() {
                super::$test(Flavour::MariaDb).await;
            }
        }
    )+};
}

pub(crate) use on_servers_of_both_flavours;
