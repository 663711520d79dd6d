//! Files on disk: bounded reads, and writes that are complete or not made at all.

mod hint;

use std::fs::{self, DirEntry, File, Metadata, OpenOptions, Permissions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{
    FileTypeExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _, fchown,
};
use std::path::{Path, PathBuf};

pub use hint::{read_hint, write_hint};

use crate::blocking::blocking;

/// Largest configuration, DSN file or document that is read. Mattermost's own are below 1 MiB.
pub const LIMIT: u64 = 16 * 1024 * 1024;

/// Part of the name of every file that is not complete yet.
const MARK: &str = ".migration-assist-";

/// Who may read a new file. One that replaces another file keeps the mode and the owner of that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Only its owner, since it contains a password; one that replaces another file only loses the
    /// rights of other users.
    Owner,
    /// As the umask of the process has it.
    Umask,
}

/// What a replacement did to other names of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Links {
    /// The file had one name.
    Kept,
    /// Other hard links exist and still have the old content.
    Separated,
}

/// Why a file was not written. The old content is in place.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The path does not lead to something that may be replaced.
    #[error("not a regular file: {kind}")]
    NotRegular {
        /// The kind of file, with its article.
        kind: &'static str,
    },
    /// The owner of the old file cannot own the new one.
    #[error("cannot set the owner of the new file to that of the old one")]
    Owner(#[source] io::Error),
    /// The operating system refused.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Kind of a file that is not regular, with its article; `None` for a regular file.
#[must_use]
pub fn special_kind(metadata: &Metadata) -> Option<&'static str> {
    let kind = metadata.file_type();
    if kind.is_file() {
        None
    } else if kind.is_dir() {
        Some("a directory")
    } else if kind.is_fifo() {
        Some("a pipe")
    } else if kind.is_char_device() {
        Some("a character device")
    } else if kind.is_block_device() {
        Some("a block device")
    } else if kind.is_socket() {
        Some("a socket")
    } else {
        Some("a special file")
    }
}

/// Reads a text of at most `limit` bytes from a file, a pipe or a device.
pub fn read_text(path: &Path, limit: u64) -> io::Result<String> {
    let file = open_to_read(path)?;
    if file.metadata()?.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    text(read_bounded(file, limit)?)
}

/// Reads a text of at most `limit` bytes from a regular file, and from nothing else.
pub fn read_regular_text(path: &Path, limit: u64) -> io::Result<String> {
    text(read_regular(path, limit)?)
}

/// Reads at most `limit` bytes from a regular file, and from nothing else.
pub fn read_regular(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    // Opening a pipe waits for its other end, and opening a device can have effects.
    if let Some(kind) = special_kind(&fs::metadata(path)?) {
        return Err(io::Error::other(format!("not a regular file: {kind}")));
    }
    read_bounded(File::open(path)?, limit)
}

fn text(bytes: Vec<u8>) -> io::Result<String> {
    let invalid = |_| io::Error::new(io::ErrorKind::InvalidData, "not UTF-8 text");
    String::from_utf8(bytes).map_err(invalid)
}

fn read_bounded(file: File, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        let message = format!("larger than {} MiB", limit / (1024 * 1024));
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    Ok(bytes)
}

/// Reads at most `limit` bytes from a file, a pipe or a device.
pub fn read(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    read_bounded(open_to_read(path)?, limit)
}

/// Opens without a wait: a pipe that no program writes into is empty.
fn open_to_read(path: &Path) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags};
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let file = rustix::fs::open(path, flags, Mode::empty())?;
    rustix::fs::fcntl_setfl(&file, OFlags::empty())?;
    Ok(file.into())
}

/// Writes into a pipe or a character device. A pipe that no program reads is an error, not a wait.
pub fn write_to_stream(path: &Path, contents: &[u8]) -> io::Result<()> {
    open_to_write(path, rustix::fs::OFlags::empty())?.write_all(contents)
}

/// Opens a file of this user, a pipe or a device to write at its end; a missing file is created.
pub fn open_to_append(path: &Path) -> io::Result<File> {
    use rustix::fs::OFlags;
    open_to_write(path, OFlags::CREATE | OFlags::APPEND)
}

/// Opens without a wait.
fn open_to_write(path: &Path, how: rustix::fs::OFlags) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags};
    let flags = OFlags::WRONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC | how;
    let opened = rustix::fs::open(path, flags, Mode::RUSR | Mode::WUSR);
    let file = opened.map_err(|error| match error {
        rustix::io::Errno::NXIO => io::Error::other("no program reads from this pipe"),
        error => error.into(),
    })?;
    rustix::fs::fcntl_setfl(&file, how & OFlags::APPEND)?;
    Ok(file.into())
}

/// Whether a regular file has exactly this content.
#[must_use]
pub fn has_content(path: &Path, contents: &[u8]) -> bool {
    read_regular(path, contents.len() as u64).is_ok_and(|present| present == contents)
}

/// Writes a file completely or not at all, and removes what interrupted runs have left next to it.
///
/// A symbolic link is followed, also to a file that does not exist yet. `like` gives mode and owner
/// if the file itself does not exist.
pub fn write_atomically(
    path: &Path,
    contents: &[u8],
    access: Access,
    like: Option<&Metadata>,
) -> Result<Links, Error> {
    let path = &resolve(path)?;
    let present = match fs::metadata(path) {
        Ok(metadata) => Some(metadata),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error.into()),
    };
    if let Some(kind) = present.as_ref().and_then(special_kind) {
        return Err(Error::NotRegular { kind });
    }
    remove_abandoned(folder(path));
    let (temporary, mut file) = create_temporary(path)?;
    let written = fill(&mut file, contents, access, present.as_ref().or(like)).and_then(|()| {
        fs::rename(&temporary, path)?;
        // The rename is permanent once the directory is on disk.
        sync_folder(path)?;
        Ok(())
    });
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    written?;
    let links = present.map_or(1, |metadata| metadata.nlink());
    Ok(if links > 1 { Links::Separated } else { Links::Kept })
}

/// Syncs the directory of a file, so that a new name in it survives a power failure.
pub fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(folder(path)).and_then(|folder| blocking(|| folder.sync_all()))
}

/// Removes incomplete files that killed processes have left in a directory.
///
/// A process that still writes holds a lock on its file.
pub fn remove_abandoned(folder: &Path) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for entry in entries.filter(is_temporary) {
        let path = entry.path();
        if File::open(&path).is_ok_and(|file| file.try_lock().is_ok()) {
            let _ = fs::remove_file(path);
        }
    }
}

fn is_temporary(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy().into_owned();
    let process = name.strip_prefix('.').and_then(|name| name.rsplit_once(MARK));
    process.is_some_and(|(_, id)| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()))
        && entry.file_type().is_ok_and(|kind| kind.is_file())
}

fn create_temporary(path: &Path) -> io::Result<(PathBuf, File)> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_string_lossy();
    // A file name has at most 255 bytes.
    let name: String = name.chars().take(50).collect();
    for attempt in 0..1000 {
        let id = u64::from(std::process::id()) * 1000 + attempt;
        let temporary = path.with_file_name(format!(".{name}{MARK}{id}"));
        let mut options = OpenOptions::new();
        match options.write(true).create_new(true).mode(0o600).open(&temporary) {
            Ok(file) => {
                // Not every file system has locks; there the file is only not protected.
                let _ = file.try_lock();
                // Another run can have removed it before the lock.
                if file.metadata()?.nlink() > 0 {
                    return Ok((temporary, file));
                }
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

fn fill(
    file: &mut File,
    contents: &[u8],
    access: Access,
    like: Option<&Metadata>,
) -> Result<(), Error> {
    file.write_all(contents)?;
    if let Some(like) = like {
        let own = file.metadata()?;
        if (own.uid(), own.gid()) != (like.uid(), like.gid()) {
            fchown(&*file, Some(like.uid()), Some(like.gid())).map_err(Error::Owner)?;
        }
    }
    let mode = match (access, like) {
        (Access::Owner, Some(like)) => like.mode() & 0o770,
        (Access::Owner, None) => 0o600,
        (Access::Umask, Some(like)) => like.mode() & 0o7777,
        (Access::Umask, None) => 0o666 & !umask(),
    };
    file.set_permissions(Permissions::from_mode(mode))?;
    blocking(|| file.sync_all())?;
    Ok(())
}

/// The umask, which Linux shows without changing it (proc(5), since 4.7).
fn umask() -> u32 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let value = status.lines().find_map(|line| line.strip_prefix("Umask:"));
    value.and_then(|value| u32::from_str_radix(value.trim(), 8).ok()).unwrap_or(0o022)
}

/// The file that a chain of symbolic links leads to, whether or not it exists.
fn resolve(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    // Linux follows at most 40.
    for _ in 0..40 {
        match fs::read_link(&path) {
            Ok(target) => path = folder(&path).join(target),
            Err(_) => return Ok(path),
        }
    }
    Err(io::Error::other("too many symbolic links"))
}

/// The directory that a file is in.
#[must_use]
pub fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        Some(_) => Path::new("."),
        None => Path::new("/"),
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use std::path::Path;

    use super::{
        Access, Error, Links, create_temporary, has_content, read_regular, read_text,
        remove_abandoned, write_atomically,
    };

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    fn write(path: &Path, text: &str, access: Access) -> Result<Links, Error> {
        write_atomically(path, text.as_bytes(), access, None)
    }

    #[test]
    fn a_file_is_replaced_as_a_whole_and_keeps_its_mode() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mysql.output");
        write(&path, "one", Access::Umask).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert_eq!(write(&path, "two", Access::Umask).unwrap(), Links::Kept);
        assert!(has_content(&path, b"two") && !has_content(&path, b"tw"));
        assert_eq!(mode(&path), 0o640);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        write(&path, "secret", Access::Owner).unwrap();
        assert_eq!(mode(&path), 0o640);
        let new = folder.path().join("new");
        write(&new, "secret", Access::Owner).unwrap();
        assert_eq!(mode(&new), 0o600);
        fs::remove_file(new).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_failure_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        assert!(write(&folder.path().join("none/file"), "x", Access::Umask).is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn links_are_followed_and_separated_hard_links_are_reported() {
        let folder = tempfile::tempdir().unwrap();
        let [path, link, dangling] = ["file", "link", "dangling"].map(|it| folder.path().join(it));
        fs::write(&path, "one").unwrap();
        symlink("file", &link).unwrap();
        write(&link, "two", Access::Umask).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert!(has_content(&path, b"two"));
        symlink("new", &dangling).unwrap();
        write(&dangling, "three", Access::Umask).unwrap();
        assert!(has_content(&folder.path().join("new"), b"three"));
        fs::hard_link(&path, folder.path().join("other")).unwrap();
        assert_eq!(write(&path, "four", Access::Umask).unwrap(), Links::Separated);
    }

    #[test]
    fn only_a_regular_file_is_replaced_or_compared() {
        let folder = tempfile::tempdir().unwrap();
        let directory = folder.path().join("directory");
        fs::create_dir(&directory).unwrap();
        for path in [Path::new("/dev/null"), Path::new("/dev/zero"), &directory] {
            let error = write(path, "x", Access::Umask).unwrap_err();
            assert!(matches!(error, Error::NotRegular { .. }), "{error}");
            assert!(read_regular(path, 10).is_err());
        }
        let error = read_text(Path::new("/dev/zero"), 1024 * 1024).unwrap_err();
        assert_eq!(error.to_string(), "larger than 1 MiB");
    }

    #[test]
    fn what_a_killed_run_left_is_removed_and_a_running_one_keeps_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let abandoned = folder.path().join(".config.json.migration-assist-17");
        let foreign = folder.path().join(".config.json.17");
        File::create(&abandoned).unwrap();
        File::create(&foreign).unwrap();
        let (busy, file) = create_temporary(&folder.path().join("config.json")).unwrap();
        remove_abandoned(folder.path());
        assert!(busy.exists() && foreign.exists() && !abandoned.exists());
        drop(file);
    }
}
