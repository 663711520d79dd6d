//! What else on this machine sends Mattermost to MySQL, and where that was looked for.

mod command;
mod compose;
mod container;
mod dotenv;
mod lines;
mod manifest;
mod start;
mod supervisor;
mod unit;
mod variable;
mod yaml;

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::Serialize;

use super::Error;
use crate::file;
use variable::Variable;

pub use start::Start;
pub(super) use variable::variables_naming_mysql;

/// Largest file that is looked at. Units and descriptions of containers have a few KiB.
const LIMIT: u64 = 1024 * 1024;

/// Where to look.
#[derive(Debug, Clone)]
pub struct Search<'a> {
    /// Directory above the system's own files, `/` except in tests.
    pub root: &'a Path,
    /// The unit of Mattermost, if it was named.
    pub unit: Option<&'a str>,
    /// If the named unit does not exist.
    pub missing_unit: MissingUnit,
    /// Directories of units, if they were named; else those of systemd and Podman.
    pub unit_dirs: &'a [PathBuf],
    /// Files with variables or descriptions of containers that were named.
    pub environment_files: &'a [PathBuf],
    /// The configuration: containers are described next to it or above it.
    pub configuration: Option<&'a Path>,
    /// The working directory.
    pub working_dir: &'a Path,
    /// The new DSN as it may be shown.
    pub target: &'a str,
    /// Whether the target runs on this machine too, so that Mattermost has to be started after it.
    pub target_is_local: bool,
}

/// What to do if the unit that was named does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MissingUnit {
    /// Fail.
    Refuse,
    /// List it among what was not looked at: a plan can be made on another machine.
    Report,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Surroundings {
    /// The lines that name MySQL.
    pub leftovers: Vec<Leftover>,
    /// The files that were read.
    pub looked_at: Vec<PathBuf>,
    /// What can give Mattermost variables too, and was not read.
    pub not_looked_at: Vec<Gap>,
    /// How Mattermost is started on this machine, as far as known.
    pub starts: Vec<Start>,
}

/// A line that names MySQL, and the edit that corrects it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Leftover {
    /// The file.
    pub path: PathBuf,
    /// The line, from 1; 0 for the file as a whole.
    pub line: usize,
    /// The present text, with passwords masked.
    pub present: String,
    /// The new text; `None` if the line has to be removed.
    pub instead: Option<String>,
    /// What happens otherwise.
    pub why: String,
}

/// Something that was not looked at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Gap {
    /// What it is.
    pub what: String,
    /// Why, or how to look at it.
    pub why: String,
    /// Whether it could not be read, although it is a part of what starts Mattermost.
    pub is_unreadable: bool,
}

impl Surroundings {
    /// Whether all that starts Mattermost here was looked at, so that no finding means that nothing else
    /// names MySQL. A file that the user named counts as what starts it.
    #[must_use]
    pub fn is_evidence(&self, has_named_files: bool) -> bool {
        (has_named_files || !self.starts.is_empty())
            && !self.not_looked_at.iter().any(|gap| gap.is_unreadable)
    }

    /// How Mattermost is started here, by the unit that was named, if one was. A unit that only starts
    /// compose is left out, because the container's variables count.
    #[must_use]
    pub fn starts_of(&self, unit: Option<&str>) -> Vec<Start> {
        let containers = self.starts.iter().filter(|start| start.is_container());
        let containers: Vec<Start> = containers.cloned().collect();
        if !containers.is_empty() {
            return containers;
        }
        let Some(unit) = unit else { return self.starts.clone() };
        // A plan can be made on another machine than that of the unit.
        let name = unit.trim_end_matches(".service").to_owned();
        let named = Start::Unit { name };
        if self.starts.contains(&named) { self.starts.clone() } else { vec![named] }
    }
}

/// Looks at everything through which Mattermost can be given variables on this machine. A file or directory
/// that was named and does not exist is an error, and so is a unit, as asked; what cannot be read is
/// reported.
pub fn search(search: &Search<'_>) -> Result<Surroundings, Error> {
    let mut look = Look::new(search);
    for path in search.environment_files {
        let path = search.working_dir.join(path);
        require(&path, Expected::File)?;
        if look.read(&path).is_none() {
            let source = file::read_regular_text(&path, LIMIT).err();
            let source = source.unwrap_or_else(|| io::ErrorKind::InvalidData.into());
            return Err(Error::Unreadable { path, source });
        }
        look.file(&path, "it was named");
    }
    unit::look(&mut look)?;
    supervisor::look(&mut look);
    compose::look(&mut look);
    container::look(&mut look);
    manifest::look(&mut look);
    Ok(look.finish())
}

/// A search that is under way.
struct Look<'a> {
    search: &'a Search<'a>,
    found: BTreeSet<Leftover>,
    looked_at: BTreeSet<PathBuf>,
    gaps: BTreeSet<Gap>,
    starts: BTreeSet<Start>,
    /// Descriptions of containers that were read, with everything that they include.
    described: BTreeSet<PathBuf>,
}

impl<'a> Look<'a> {
    fn new(search: &'a Search<'a>) -> Self {
        Self {
            search,
            found: BTreeSet::new(),
            looked_at: BTreeSet::new(),
            gaps: BTreeSet::new(),
            starts: BTreeSet::new(),
            described: BTreeSet::new(),
        }
    }

    fn finish(self) -> Surroundings {
        let mut leftovers: Vec<Leftover> = self.found.into_iter().rev().collect();
        // Two ways can lead to one line; the longer explanation is kept.
        leftovers.dedup_by(|it, kept| {
            (&it.path, it.line, &it.present) == (&kept.path, kept.line, &kept.present)
        });
        leftovers.reverse();
        Surroundings {
            leftovers,
            looked_at: self.looked_at.into_iter().collect(),
            not_looked_at: self.gaps.into_iter().collect(),
            starts: self.starts.into_iter().collect(),
        }
    }

    /// A file of the system, which is below the root.
    fn system(&self, path: &str) -> PathBuf {
        self.search.root.join(path.trim_start_matches('/'))
    }

    fn gap(&mut self, what: &str, why: String) {
        self.gaps.insert(Gap { what: what.to_owned(), why, is_unreadable: false });
    }

    /// Something that is a part of what starts Mattermost and cannot be read.
    fn unreadable(&mut self, path: &Path, error: &io::Error) {
        let (what, why) = (path.display().to_string(), error.to_string());
        self.gaps.insert(Gap { what, why, is_unreadable: true });
    }

    /// The text of a file that may concern Mattermost; `None` if it does not exist, or, with a gap, if
    /// it cannot be read.
    fn peek(&mut self, path: &Path) -> Option<String> {
        read_text(path).unwrap_or_else(|error| {
            self.gap(&path.display().to_string(), error.to_string());
            None
        })
    }

    /// The same, for a file that is part of what was looked at.
    fn read(&mut self, path: &Path) -> Option<String> {
        let text = read_text(path).unwrap_or_else(|error| {
            self.unreadable(path, &error);
            None
        })?;
        self.looked_at.insert(path.to_owned());
        Some(text)
    }

    /// The entries of a directory by their names; with a gap if it cannot be read.
    fn entries(&mut self, folder: &Path) -> Vec<PathBuf> {
        entries(folder).unwrap_or_else(|error| {
            self.gap(&folder.display().to_string(), error.to_string());
            Vec::new()
        })
    }

    /// Looks at a file of any kind that something names.
    fn file(&mut self, path: &Path, named_by: &str) {
        if !path.exists() {
            self.gap(&path.display().to_string(), format!("does not exist; {named_by}"));
            return;
        }
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("yml" | "yaml" | "json") => compose::document(self, path),
            _ => supervisor::script(self, path),
        }
    }

    fn judge(&mut self, variables: impl IntoIterator<Item = Variable>) {
        let target = self.search.target;
        self.found.extend(variables.into_iter().filter_map(|variable| variable.judge(target)));
    }
}

/// What a path that was named has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expected {
    File,
    Directory,
}

/// Refuses a path that was named and does not exist, or is of another kind.
fn require(path: &Path, expected: Expected) -> Result<(), Error> {
    let checked = fs::metadata(path).and_then(|found| match (expected, found.is_dir()) {
        (Expected::Directory, false) => Err(io::ErrorKind::NotADirectory.into()),
        (Expected::File, true) => Err(io::ErrorKind::IsADirectory.into()),
        _ => Ok(()),
    });
    checked.map_err(|source| Error::Unreadable { path: path.to_owned(), source })
}

/// The text of a regular file; `None` if there is none.
fn read_text(path: &Path) -> io::Result<Option<String>> {
    let metadata = match fs::metadata(path) {
        Err(error) if is_missing(&error) => return Ok(None),
        outcome => outcome?,
    };
    if file::special_kind(&metadata).is_some() {
        return Ok(None);
    }
    file::read_regular(path, LIMIT).map(|bytes| Some(String::from_utf8_lossy(&bytes).into_owned()))
}

fn is_missing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// The entries of a directory by their names; none if there is no such directory.
fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if is_missing(&error) => return Ok(Vec::new()),
        outcome => outcome?,
    };
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<PathBuf>>>()?;
    paths.sort();
    Ok(paths)
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn parent(path: &Path) -> &Path {
    file::folder(path)
}

/// The files that match a pattern, as `glob(3)` matches it.
fn matching(pattern: &Path) -> io::Result<Vec<PathBuf>> {
    match fs::metadata(pattern) {
        Ok(_) => return Ok(vec![pattern.to_owned()]),
        Err(error) if is_missing(&error) => {}
        Err(error) => return Err(error),
    }
    // What is no pattern is the name of a file that does not exist.
    let Ok(paths) = glob::glob(&pattern.to_string_lossy()) else { return Ok(Vec::new()) };
    let mut matching = Vec::new();
    for path in paths {
        let path = path?;
        if path.is_file() {
            matching.push(path);
        }
    }
    Ok(matching)
}

#[cfg(test)]
mod tests;
