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
        let folder = tempfile::tempdir().expect("a folder");
        let started = servers().arg("start").arg(servers_folder(&folder)).arg(kind).output();
        let started = started.expect("scripts/servers runs");
        let said = String::from_utf8_lossy(&started.stderr);
        assert!(started.status.success(), "scripts/servers cannot start {kind}:\n{said}");
        let variables = String::from_utf8(started.stdout).expect("UTF-8");
        let name = format!("_{}='", kind.to_uppercase());
        let dsn = variables.split_once(&name).and_then(|(_, rest)| rest.split_once('\''));
        let dsn = dsn.expect("the server's DSN").0.to_owned();
        Self { folder, dsn }
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

fn servers() -> Command {
    Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/servers"))
}

fn servers_folder(folder: &TempDir) -> PathBuf {
    folder.path().join("servers")
}
