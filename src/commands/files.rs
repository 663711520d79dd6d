//! Files that a command makes: never over an existing one unasked, never half written.

use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::Context;
use super::failure::hinted;

/// Whether a file that is there already may be replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Replace {
    /// Only after a yes on a terminal.
    Ask,
    /// Without asking.
    Yes,
}

impl From<bool> for Replace {
    fn from(force: bool) -> Self {
        if force { Self::Yes } else { Self::Ask }
    }
}

/// Writes a file that only its owner can read, as a whole or not at all.
pub(super) fn write(
    path: &Path,
    contents: &str,
    replace: Replace,
    context: Context,
) -> anyhow::Result<()> {
    // A second run that has nothing new to write asks nothing.
    if fs::read(path).is_ok_and(|present| present == contents.as_bytes()) {
        return Ok(());
    }
    let question = || format!("`{}` exists. Replace it?", path.display());
    if path.exists() && replace == Replace::Ask && !context.ui.confirm(&question())? {
        return Err(hinted(
            format!("`{}` exists and was left as it is", path.display()),
            "add `--force`, or name another file with `--output`",
        )
        .into());
    }
    write_whole(path, contents.as_bytes())
        .with_context(|| format!("cannot write `{}`", path.display()))
}

/// Writes beside the file and renames, so that a full disk or an interruption leaves the old one.
fn write_whole(path: &Path, contents: &[u8]) -> io::Result<()> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_string_lossy();
    let beside: PathBuf = path.with_file_name(format!(".{name}.{}", std::process::id()));
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    let written = options.open(&beside).and_then(|mut file| {
        file.write_all(contents)?;
        file.sync_all()
    });
    let renamed = written.and_then(|()| fs::rename(&beside, path));
    if renamed.is_err() {
        let _ = fs::remove_file(&beside);
    }
    renamed
}

/// Reads a file that a person named.
pub(super) fn read(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::write_whole;

    #[test]
    fn only_the_owner_can_read_it_and_nothing_is_left_beside() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("mysql.output");
        write_whole(&path, b"one").expect("written");
        write_whole(&path, b"two").expect("replaced");
        assert_eq!(std::fs::read(&path).expect("read"), b"two");
        let mode = std::fs::metadata(&path).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 1);
    }

    #[test]
    fn a_failure_leaves_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(write_whole(&folder.path().join("none/file"), b"x").is_err());
        assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 0);
    }
}
