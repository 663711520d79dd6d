//! A target on a disk of its own that is too small.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use migration_assist::copy::{CopyOptions, Error, FullText, Refusal, Space};
use migration_assist::postgres::Connection;
use migration_assist::sql::Dialect::Postgres;

use super::compare::{assert_equal, structure};
use super::workspace::{Pair, options};
use crate::support::mysql::{Source, on_both_flavours, unique_name};
use crate::support::postgres::administrator;

on_both_flavours![a_small_disk_is_refused_and_a_copy_resumes_after_a_full_one];

/// A file system in memory; it goes when the test ends.
struct Disk {
    folder: tempfile::TempDir,
}

impl Disk {
    /// Makes one, on which PostgreSQL may keep a tablespace.
    fn mount() -> Self {
        let disk = Self { folder: tempfile::tempdir().expect("a folder") };
        let open = Permissions::from_mode(0o755);
        std::fs::set_permissions(disk.folder.path(), open).expect("a folder of ours");
        std::fs::create_dir(disk.place()).expect("a folder");
        let place = disk.place().display().to_string();
        by_root(&["mount", "-t", "tmpfs", "-o", "size=128m", "tmpfs", &place]);
        by_root(&["chown", "postgres", &place]);
        disk
    }

    fn place(&self) -> PathBuf {
        self.folder.path().join("disk")
    }

    fn ballast(&self) -> PathBuf {
        self.place().join("ballast")
    }

    /// Fills it until so many MiB are left.
    fn fill_but(&self, left: u64) {
        let free = rustix::fs::statvfs(self.place()).expect("a file system");
        let ballast = free.f_bavail * free.f_frsize - (left << 20);
        let ballast = usize::try_from(ballast).expect("a size");
        std::fs::write(self.ballast(), vec![0; ballast]).expect("space");
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // PostgreSQL may still have files open on it.
        let _ = Command::new("umount").arg("--lazy").arg(self.place()).status();
    }
}

/// Runs a program, which needs root.
fn by_root(command: &[&str]) {
    let done = Command::new(command[0]).args(&command[1..]).status();
    assert!(done.is_ok_and(|status| status.success()), "{command:?} failed; this test needs root");
}

/// A full disk lets checkpoints of the whole server fail, and so the statements of the other test.
static FULL_DISK: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

async fn a_small_disk_is_refused_and_a_copy_resumes_after_a_full_one(source: Source) {
    let _alone = FULL_DISK.lock().await;
    let pair = Pair::filled(source).await;
    let before = structure(&pair).await;
    let (disk, tablespace) = (Disk::mount(), unique_name());
    let server = Connection::connect(&administrator()).await.expect("the server answers");
    let place = Postgres.literal(&disk.place().display().to_string());
    let database = Postgres.identifier(&pair.target.dsn.database);
    let settle = async |tablespace: &str| {
        let settle = format!("ALTER DATABASE {database} SET TABLESPACE {tablespace}");
        // Sessions that were closed may need some time to leave.
        for _ in 0..300 {
            match server.batch_execute(&settle).await {
                // Also a checkpoint that has failed while the disk was full.
                Err(error) if matches!(error.sqlstate(), Some("55006" | "XX000")) => {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
                outcome => return outcome.expect("another place for it"),
            }
        }
        panic!("a session stays connected to {database}");
    };
    let make = format!("CREATE TABLESPACE {tablespace} LOCATION {place}");
    server.batch_execute(&make).await.expect("a tablespace");
    settle(&tablespace).await;

    disk.fill_but(1);
    let refused = pair.copy(&options()).await.expect_err("a small disk");
    let Error::Refused(reasons) = &refused else { panic!("{refused:?}") };
    let [Refusal::Space { needed, free }] = reasons[..] else { panic!("{reasons:?}") };
    assert!(free <= 1 << 20 && needed > free, "{refused}");
    assert!(pair.is_untouched().await);

    let heedless = CopyOptions { space: Space::Ignore, ..options() };
    let full = pair.copy(&heedless).await.expect_err("a full disk");
    let Error::Write { source, .. } = &full else { panic!("{full:?}") };
    assert_eq!(source.sqlstate(), Some("53100"));
    assert!(full.hint().is_some_and(|hint| hint.contains("free some space")), "{full}");
    std::fs::remove_file(disk.ballast()).expect("the ballast");
    pair.assert_ledger_is_sound().await;

    let wanted = CopyOptions { full_text: FullText::Build, ..options() };
    assert!(pair.copy(&wanted).await.expect("a copy").is_whole());
    assert_equal(&pair).await;
    assert!(structure(&pair).await == before, "the target's indexes are not what they were");
    settle("pg_default").await;
    let drop = format!("DROP TABLESPACE {tablespace}");
    server.batch_execute(&drop).await.expect("an empty tablespace");
}
