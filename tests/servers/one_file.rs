//! The statically linked binary, alone in an empty root directory.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use migration_assist::mysql::{self, Flavour};
use migration_assist::postgres::{self, RootCertificates};

use crate::dump::program::dump;
use crate::sample::Sample;
use crate::support::mysql::{Source, variable};
use crate::support::postgres::{Database, setting};
use crate::support::program::{Run, finish};
use crate::workspace::load;

/// Builds the binary as `scripts/build-release` links it; under `scripts/test` it is built already.
pub fn static_binary() -> PathBuf {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/build-release");
    let mut script = Command::new(script);
    script.arg("--fast");
    // Cargo sets variables about the package for a test, and would build again because of them.
    let variables = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_"];
    for (name, _) in std::env::vars() {
        if variables.iter().any(|prefix| name.starts_with(prefix)) {
            script.env_remove(name);
        }
    }
    let built = script.output().expect("the script runs");
    let said = String::from_utf8_lossy(&built.stderr);
    assert!(built.status.success(), "the static binary is not built: {said}");
    assert!(said.contains(" MiB, static"), "{said}");
    PathBuf::from(String::from_utf8(built.stdout).expect("UTF-8").trim_end())
}

/// A folder that holds the binary and nothing else; it is the root directory of what runs in it.
struct Root {
    folder: tempfile::TempDir,
    /// What runs a binary of another architecture, by its path in the root directory.
    emulator: Option<&'static str>,
}

impl Root {
    fn with_the_binary() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::copy(static_binary(), folder.path().join("migration-assist")).expect("copied");
        Self { folder, emulator: None }
    }

    /// The binary for 64-bit ARM that `scripts/build-cross` built, and what emulates the processor.
    fn with_the_binary_for_arm() -> Self {
        let binary =
            std::env::var_os("MIGRATION_ASSIST_TEST_ARM64").expect("the path of the binary");
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::copy(binary, folder.path().join("migration-assist")).expect("copied");
        std::fs::copy("/usr/bin/qemu-aarch64-static", folder.path().join("qemu"))
            .expect("an emulator; run `scripts/servers install qemu`");
        Self { folder, emulator: Some("/qemu") }
    }

    fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.path()).expect("a folder");
        let name = |entry: std::io::Result<std::fs::DirEntry>| {
            entry.expect("an entry").file_name().into_string().expect("UTF-8")
        };
        let mut names: Vec<String> = entries.map(name).collect();
        names.retain(|name| self.emulator.is_none_or(|it| it.trim_start_matches('/') != name));
        names.sort();
        names
    }

    fn command<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new("chroot");
        command
            .arg(self.folder.path())
            .args(self.emulator)
            .arg("/migration-assist")
            .args(arguments);
        command.env_clear().stdin(Stdio::null());
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command
    }

    fn run<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Run {
        let run = finish(self.command(arguments));
        assert_ne!(run.status, 125, "chroot itself failed; it needs root: {}", run.stderr);
        run
    }
}

#[tokio::test]
async fn an_empty_root_directory_is_enough_for_a_whole_migration() {
    migrate_in(&Root::with_the_binary(), 1200).await;
}

#[tokio::test]
#[ignore = "needs the path of a binary for 64-bit ARM in MIGRATION_ASSIST_TEST_ARM64"]
async fn the_binary_for_64_bit_arm_migrates_under_emulation() {
    migrate_in(&Root::with_the_binary_for_arm(), 100).await;
}

async fn migrate_in(root: &Root, posts: u64) {
    assert_eq!(root.names(), ["migration-assist"]);
    assert!(root.run(["version"]).expect(0).stdout.starts_with("migration-assist "));
    assert!(root.run(["--help"]).expect(0).stdout.contains("Usage: migration-assist"));

    let source = Source::create(Flavour::MariaDb).await;
    load(&source, Sample { posts, awkward: false }).await;
    let target = Database::create().await;
    let (mysql, postgres) = (source.dsn.render(), target.dsn.render());
    assert!(mysql.expose().contains("@tcp(127.0.0.1:"), "an address, for there is no resolver");
    let sides = ["--mysql", mysql.expose(), "--postgres", &postgres];

    let pgloader = root.run(["pgloader"].iter().chain(&sides)).expect(0);
    assert!(pgloader.stdout.contains("LOAD DATABASE"));
    root.run(["mysql", mysql.expose(), "--full-schema-check"]).expect(0);
    let dumped = dump(&source, &[]);
    std::fs::write(root.folder.path().join("mattermost.sql"), dumped).expect("written");
    root.run(["mysql", "--dump", "/mattermost.sql", "--force"]).expect(0);
    std::fs::remove_file(root.folder.path().join("mattermost.sql")).expect("removed");
    root.run(["migrate"].iter().chain(&sides)).expect(0).says("the target is proven equal");
    // What it wrote is what it says it writes.
    assert_eq!(root.names(), ["migration-assist", "mysql.output", "quarantine.jsonl"]);
}

#[tokio::test]
async fn servers_are_verified_where_no_system_has_certificates() {
    let root = Root::with_the_binary();
    let source = Source::create(Flavour::MariaDb).await;
    let database = Database::create().await;
    let mysql = |authority: Option<&str>| {
        let mut dsn = source.dsn.clone();
        dsn.tls.mode = mysql::TlsMode::VerifyIdentity;
        dsn.tls.ca = authority.map(PathBuf::from);
        root.run(["mysql", dsn.render().expose()])
    };
    let postgres = |authority: RootCertificates| {
        let mut dsn = database.dsn.clone();
        dsn.tls.mode = postgres::TlsMode::VerifyFull;
        dsn.tls.roots = Some(authority);
        root.run(["postgres", &dsn.render()])
    };
    // None of the built-in authorities has signed a certificate of the test's servers.
    mysql(None).expect(2).says("tls-ca=");
    postgres(RootCertificates::System).expect(2).says("sslrootcert=FILE");
    for (name, authority) in
        [("mysql.pem", variable("MIGRATION_ASSIST_TEST_MARIADB_CA")), ("pg.pem", setting("_CA"))]
    {
        std::fs::copy(authority, root.folder.path().join(name)).expect("copied");
    }
    mysql(Some("/mysql.pem")).expect(2).says("holds no Mattermost");
    postgres(RootCertificates::File("/pg.pem".into())).expect(0);
}
