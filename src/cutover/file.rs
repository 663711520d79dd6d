//! The configuration in a file: replaced as a whole, the old one kept, and put back.

use std::fs::{self, File, Metadata, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _, fchown};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::Error;
use crate::clock::stamp;
use crate::secret::Secret;

/// A configuration as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigFile {
    /// The file itself, where the given path is a link to it.
    pub path: PathBuf,
    /// Its text.
    pub text: Secret,
}

/// What a switch left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Written {
    /// The configuration.
    pub path: PathBuf,
    /// Where the old one is kept, beside it.
    pub kept: PathBuf,
}

/// What going back left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Undone {
    /// The configuration, now as it was before the switch.
    pub path: PathBuf,
    /// Where the file is kept that stood there, if it was changed since the switch.
    pub changed: Option<PathBuf>,
}

/// The switches of one file, the latest last.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Record {
    switches: Vec<Switched>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Switched {
    at: String,
    kept: String,
    sha256_before: String,
    sha256_after: String,
}

/// A switch of a file that is on record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecordedSwitch {
    /// When it was made, in UTC, such as `20260131T235959Z`.
    pub at: String,
    /// The file with the configuration of before.
    pub kept: PathBuf,
}

/// The last switch of a file; `None` if none is on record.
pub fn last_switch(path: &Path) -> Result<Option<RecordedSwitch>, Error> {
    let path = fs::canonicalize(path)
        .map_err(|source| Error::Unreadable { path: path.to_owned(), source })?;
    let last = read_record(&path)?.and_then(|mut record| record.switches.pop());
    Ok(last.map(|it| RecordedSwitch { at: it.at, kept: path.with_file_name(it.kept) }))
}

/// Writes a file as a whole or not at all, with the owner and the mode of another.
pub(super) fn write_like(path: &Path, contents: &[u8], like: &Path) -> Result<(), Error> {
    let metadata =
        fs::metadata(like).map_err(|source| Error::Unreadable { path: like.to_owned(), source })?;
    write_beside(path, contents, &metadata)
}

/// Reads a configuration, following links.
pub fn read_config(path: &Path) -> Result<ConfigFile, Error> {
    let unreadable = |source| Error::Unreadable { path: path.to_owned(), source };
    let file = fs::canonicalize(path).map_err(unreadable)?;
    let text = fs::read_to_string(&file).map_err(unreadable)?;
    Ok(ConfigFile { path: file, text: Secret::new(text) })
}

/// Replaces a configuration that was read before; the old one stays beside it as `….mysql-TIME`.
///
/// Interrupted at any instant, the file is the old or the new one. Owner and mode stay.
pub fn replace(config: &ConfigFile, new: &str, now: SystemTime) -> Result<Written, Error> {
    let path = &config.path;
    let old = config.text.expose().as_bytes();
    let metadata = check_unchanged(path, old)?;
    let at = stamp(now);
    let kept = free_name(path, &format!("mysql-{at}"));
    write_beside(&kept, old, &metadata)?;
    let mut record = read_record(path)?.unwrap_or_default();
    record.switches.push(Switched {
        at,
        kept: file_name(&kept),
        sha256_before: digest(old),
        sha256_after: digest(new.as_bytes()),
    });
    write_record(path, &record, &metadata)?;
    check_unchanged(path, old)?;
    write_beside(path, new.as_bytes(), &metadata)?;
    Ok(Written { path: path.clone(), kept })
}

/// Puts the configuration back that the last switch replaced, byte for byte.
pub fn undo_file(path: &Path, now: SystemTime) -> Result<Undone, Error> {
    let path = fs::canonicalize(path)
        .map_err(|source| Error::Unreadable { path: path.to_owned(), source })?;
    let nothing = || Error::NothingToUndo { place: path.display().to_string() };
    let mut record = read_record(&path)?.ok_or_else(nothing)?;
    let switched = record.switches.pop().ok_or_else(nothing)?;
    let kept = path.with_file_name(&switched.kept);
    let old = read(&kept)?;
    if digest(&old) != switched.sha256_before {
        return Err(Error::Damaged { path: kept });
    }
    let present = read(&path)?;
    let metadata = check_unchanged(&path, &present)?;
    let known = [&switched.sha256_before, &switched.sha256_after];
    let changed = (!known.contains(&&digest(&present)))
        .then(|| free_name(&path, &format!("postgres-{}", stamp(now))));
    if let Some(aside) = &changed {
        write_beside(aside, &present, &metadata)?;
    }
    write_beside(&path, &old, &metadata)?;
    if record.switches.is_empty() {
        let record = record_path(&path);
        fs::remove_file(&record).map_err(|source| Error::Unwritable { path: record, source })?;
    } else {
        write_record(&path, &record, &metadata)?;
    }
    Ok(Undone { path, changed })
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    fs::read(path).map_err(|source| Error::Unreadable { path: path.to_owned(), source })
}

fn check_unchanged(path: &Path, expected: &[u8]) -> Result<Metadata, Error> {
    if read(path)? != expected {
        return Err(Error::ChangedMeanwhile { place: path.display().to_string() });
    }
    fs::metadata(path).map_err(|source| Error::Unreadable { path: path.to_owned(), source })
}

fn record_path(path: &Path) -> PathBuf {
    path.with_file_name(format!("{}.cutover", file_name(path)))
}

fn read_record(path: &Path) -> Result<Option<Record>, Error> {
    let path = record_path(path);
    match fs::read(&path) {
        Ok(text) => serde_json::from_slice(&text).map(Some).map_err(|_| Error::BadRecord { path }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(Error::Unreadable { path, source }),
    }
}

fn write_record(path: &Path, record: &Record, metadata: &Metadata) -> Result<(), Error> {
    let text = serde_json::to_vec_pretty(record).expect("a record of texts is JSON");
    write_beside(&record_path(path), &text, metadata)
}

/// A name beside the file that nothing has.
fn free_name(path: &Path, ending: &str) -> PathBuf {
    let name = format!("{}.{ending}", file_name(path));
    let numbered = (2..).map(|number| path.with_file_name(format!("{name}-{number}")));
    let mut names = std::iter::once(path.with_file_name(&name)).chain(numbered);
    names.find(|name| !name.exists()).expect("the names do not end")
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn digest(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Writes a file as a whole or not at all, with the owner and the mode of another.
fn write_beside(path: &Path, contents: &[u8], like: &Metadata) -> Result<(), Error> {
    let temporary = path.with_file_name(format!(".{}.{}", file_name(path), std::process::id()));
    let written = write_new(&temporary, path, contents, like).and_then(|()| {
        let unwritable = |source| Error::Unwritable { path: path.to_owned(), source };
        fs::rename(&temporary, path).map_err(unwritable)?;
        // The rename lasts once the directory is on the disk.
        let directory = path.parent().unwrap_or(Path::new("/"));
        File::open(directory).and_then(|directory| directory.sync_all()).map_err(unwritable)
    });
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    written
}

fn write_new(temporary: &Path, path: &Path, contents: &[u8], like: &Metadata) -> Result<(), Error> {
    let unwritable = |source| Error::Unwritable { path: path.to_owned(), source };
    // One that an interrupted run has left.
    let _ = fs::remove_file(temporary);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    let mut file = options.open(temporary).map_err(unwritable)?;
    file.write_all(contents).map_err(unwritable)?;
    let own = file.metadata().map_err(unwritable)?;
    if (own.uid(), own.gid()) != (like.uid(), like.gid()) {
        fchown(&file, Some(like.uid()), Some(like.gid()))
            .map_err(|source| Error::Owner { path: path.to_owned(), source })?;
    }
    let mode = Permissions::from_mode(like.mode() & 0o7777);
    file.set_permissions(mode).and_then(|()| file.sync_all()).map_err(unwritable)
}

#[cfg(test)]
mod tests;
