//! The next step when a file cannot be read or written.

use std::io::{self, ErrorKind};
use std::path::Path;

use super::folder;
use crate::shell::shell_word;

/// The next step when a file or directory cannot be read.
#[must_use]
pub fn read_hint(path: &Path, error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => {
            let place = word(existing(path));
            format!("correct the path: `ls -la {place}` lists the files there")
        }
        ErrorKind::IsADirectory | ErrorKind::Other if path.is_dir() => {
            format!("name a file in it: `ls -la {}` lists them", word(path))
        }
        ErrorKind::PermissionDenied => rights(path),
        ErrorKind::InvalidData => {
            format!("name a text file in UTF-8: `head -c 300 {}` shows its start", word(path))
        }
        ErrorKind::FileTooLarge => {
            format!("name another file: `ls -la {}` shows its size", word(path))
        }
        _ => format!("check that it is a file that can be read: `head -c 300 {}`", word(path)),
    }
}

/// The next step when a file or directory cannot be written.
#[must_use]
pub fn write_hint(path: &Path, error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => {
            let missing = word(folder(path));
            format!("create its directory with `mkdir -p {missing}`, or name another one")
        }
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::ReadOnlyFilesystem => {
            let place = word(existing(path));
            format!(
                "name a file on another disk, or free space: `df -h {place}` shows what is free"
            )
        }
        ErrorKind::PermissionDenied => rights(path),
        _ => {
            let place = word(existing(path));
            format!("name a file in a directory that can be written: `ls -lad {place}`")
        }
    }
}

fn rights(path: &Path) -> String {
    let place = word(existing(path));
    format!("run as its owner or as root: `ls -lad {place}` shows the owner and the permissions")
}

/// The path, or the innermost directory on its way that exists.
fn existing(path: &Path) -> &Path {
    let mut place = path;
    while !place.exists() && place != Path::new("/") && place != Path::new(".") {
        place = folder(place);
    }
    place
}

fn word(path: &Path) -> String {
    shell_word(&path.to_string_lossy())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::ErrorKind::{
        IsADirectory, NotADirectory, NotFound, PermissionDenied, StorageFull,
    };
    use std::path::Path;
    use std::process::Command;

    use super::{read_hint, write_hint};

    #[test]
    fn each_hint_has_a_command_that_works() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a file");
        fs::write(&file, "x").unwrap();
        let hints = [
            read_hint(&folder.path().join("no/mattermost.sql"), &NotFound.into()),
            read_hint(&file.join("x"), &NotADirectory.into()),
            read_hint(folder.path(), &IsADirectory.into()),
            read_hint(&file, &PermissionDenied.into()),
            write_hint(&folder.path().join("no/page.html"), &NotFound.into()),
            write_hint(&file, &StorageFull.into()),
            write_hint(&folder.path().join("new"), &PermissionDenied.into()),
            write_hint(&file.join("x"), &NotADirectory.into()),
        ];
        for hint in hints {
            let command = hint.split('`').nth(1).expect("a command");
            let run = Command::new("sh").args(["-c", command]).output().expect("a shell");
            assert!(run.status.success(), "{hint}: {run:?}");
        }
    }

    #[test]
    fn a_missing_file_leads_to_the_directory_that_exists() {
        let hint = |path: &str| read_hint(Path::new(path), &NotFound.into());
        insta::assert_snapshot!(hint("no.sql"), @"correct the path: `ls -la .` lists the files there");
        insta::assert_snapshot!(hint("/nowhere/no.sql"), @"correct the path: `ls -la /` lists the files there");
    }
}
