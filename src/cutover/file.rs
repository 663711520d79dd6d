//! The configuration in a file: replaced as a whole, the old one kept, and put back.

use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Error;
use crate::clock::stamp;
use crate::digest::sha256_hex;
use crate::file::{self, Access};
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Written {
    /// The configuration.
    pub path: PathBuf,
    /// The old configuration, kept next to it.
    pub kept: PathBuf,
    /// Number of other hard links, which still have the old content.
    #[serde(skip_serializing_if = "is_zero")]
    pub other_links: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// What going back left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Undone {
    /// The configuration, now as it was before the switch.
    pub path: PathBuf,
    /// The copy of the previous file, if it was changed since the switch.
    pub changed: Option<PathBuf>,
}

/// The switches of one file, the latest last.
#[derive(Debug, Default, Serialize, JsonSchema, Deserialize)]
struct Record {
    switches: Vec<Switched>,
}

#[derive(Debug, Serialize, JsonSchema, Deserialize)]
struct Switched {
    at: String,
    kept: String,
    sha256_before: String,
    sha256_after: String,
}

/// A switch of a file that is on record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
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
    write_with_metadata(path, contents, &metadata)
}

/// Reads a configuration, following links.
pub fn read_config(path: &Path) -> Result<ConfigFile, Error> {
    let unreadable = |source| Error::Unreadable { path: path.to_owned(), source };
    let target = fs::canonicalize(path).map_err(unreadable)?;
    // The file is going to be replaced, so it has to be a regular one.
    let text = file::read_regular_text(&target, file::LIMIT).map_err(unreadable)?;
    Ok(ConfigFile { path: target, text: Secret::new(text) })
}

/// Replaces a configuration that was read before; the old one is kept next to it as `….mysql-TIME`.
///
/// Interrupted at any instant, the file is the old or the new one. Owner and mode stay.
pub fn replace(config: &ConfigFile, new: &str, now: SystemTime) -> Result<Written, Error> {
    let path = &config.path;
    let old = config.text.expose().as_bytes();
    let metadata = check_unchanged(path, old)?;
    let at = stamp(now);
    let kept = free_name(path, &format!("mysql-{at}"));
    write_with_metadata(&kept, old, &metadata)?;
    let mut record = read_record(path)?.unwrap_or_default();
    record.switches.push(Switched {
        at,
        kept: file_name(&kept),
        sha256_before: sha256_hex(old),
        sha256_after: sha256_hex(new.as_bytes()),
    });
    write_record(path, &record, &metadata)?;
    check_unchanged(path, old)?;
    write_with_metadata(path, new.as_bytes(), &metadata)?;
    Ok(Written { path: path.clone(), kept, other_links: metadata.nlink() - 1 })
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
    if sha256_hex(&old) != switched.sha256_before {
        return Err(Error::Damaged { path: kept });
    }
    let present = read(&path)?;
    let metadata = check_unchanged(&path, &present)?;
    let known = [&switched.sha256_before, &switched.sha256_after];
    let changed = (!known.contains(&&sha256_hex(&present)))
        .then(|| free_name(&path, &format!("postgres-{}", stamp(now))));
    if let Some(kept) = &changed {
        write_with_metadata(kept, &present, &metadata)?;
    }
    write_with_metadata(&path, &old, &metadata)?;
    if record.switches.is_empty() {
        let record = record_path(&path);
        fs::remove_file(&record).map_err(|source| Error::Unwritable { path: record, source })?;
    } else {
        write_record(&path, &record, &metadata)?;
    }
    Ok(Undone { path, changed })
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    file::read_regular(path, file::LIMIT)
        .map_err(|source| Error::Unreadable { path: path.to_owned(), source })
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
    match file::read_regular(&path, file::LIMIT) {
        Ok(text) => serde_json::from_slice(&text).map(Some).map_err(|_| Error::BadRecord { path }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(Error::Unreadable { path, source }),
    }
}

fn write_record(path: &Path, record: &Record, metadata: &Metadata) -> Result<(), Error> {
    let text = serde_json::to_vec_pretty(record).expect("a record of texts is JSON");
    write_with_metadata(&record_path(path), &text, metadata)
}

/// An unused name next to the file.
fn free_name(path: &Path, ending: &str) -> PathBuf {
    let name = format!("{}.{ending}", file_name(path));
    let numbered = (2..).map(|number| path.with_file_name(format!("{name}-{number}")));
    let mut names = std::iter::once(path.with_file_name(&name)).chain(numbered);
    names.find(|name| !name.exists()).expect("the names do not end")
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Writes a file completely or not at all, with the owner and the mode of another.
fn write_with_metadata(path: &Path, contents: &[u8], like: &Metadata) -> Result<(), Error> {
    match file::write_atomically(path, contents, Access::Umask, Some(like)) {
        Ok(_) => Ok(()),
        Err(file::Error::Owner(source)) => Err(Error::Owner { path: path.to_owned(), source }),
        Err(file::Error::Io(source)) => Err(Error::Unwritable { path: path.to_owned(), source }),
        Err(error @ file::Error::NotRegular { .. }) => {
            Err(Error::Unwritable { path: path.to_owned(), source: io::Error::other(error) })
        }
    }
}

#[cfg(test)]
mod tests;
