//! What else on this machine sends Mattermost to MySQL, and where that was looked for.

mod command;
mod compose;
mod container;
mod dotenv;
mod manifest;
mod supervisor;
mod unit;
mod variable;
mod yaml;

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::Error;
use crate::file;
use variable::Variable;

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
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
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
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
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
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Gap {
    /// What it is.
    pub what: String,
    /// Why, or how to look at it.
    pub why: String,
}

/// How Mattermost is started.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Start {
    /// By compose.
    Compose {
        /// The directory of the compose file.
        folder: PathBuf,
        /// The file, if compose does not find it by itself.
        #[serde(skip_serializing_if = "Option::is_none")]
        file: Option<PathBuf>,
        /// The service.
        service: String,
    },
    /// As a container without a description: it has to be created again.
    Container {
        /// `docker` or `podman`.
        engine: &'static str,
        /// Its name.
        name: String,
    },
    /// By Kubernetes.
    Kubernetes {
        /// The manifest.
        file: PathBuf,
    },
    /// By a process supervisor or an init script.
    Supervisor {
        /// The command that starts Mattermost.
        start: String,
        /// The command that stops it.
        stop: String,
    },
    /// By systemd.
    Unit {
        /// The unit, without `.service`.
        name: String,
    },
}

impl Start {
    fn unit(&self) -> Option<String> {
        match self {
            Self::Unit { name } => Some(name.clone()),
            _ => None,
        }
    }

    /// The command that stops Mattermost.
    #[must_use]
    pub fn stop(&self) -> String {
        match self {
            Self::Unit { name } => format!("systemctl stop {}", shell_word(name)),
            Self::Compose { .. } => self.to_string().replacen(" up -d ", " stop ", 1),
            Self::Container { engine, name } => format!("{engine} stop {}", shell_word(name)),
            Self::Kubernetes { file } => {
                format!("kubectl scale --replicas=0 -f {}", shell_word(&file.to_string_lossy()))
            }
            Self::Supervisor { stop, .. } => stop.clone(),
        }
    }

    /// The command that follows Mattermost's log, if its name is known.
    #[must_use]
    pub fn log(&self) -> Option<String> {
        match self {
            Self::Unit { name } => Some(format!("journalctl -u {} -f", shell_word(name))),
            Self::Compose { .. } => Some(self.to_string().replacen(" up -d ", " logs -f ", 1)),
            Self::Container { engine, name } => {
                Some(format!("{engine} logs -f {}", shell_word(name)))
            }
            Self::Kubernetes { .. } | Self::Supervisor { .. } => None,
        }
    }

    /// Whether Mattermost runs in a container.
    #[must_use]
    pub fn is_container(&self) -> bool {
        matches!(self, Self::Compose { .. } | Self::Container { .. } | Self::Kubernetes { .. })
    }
}

/// The command that starts Mattermost. A folder is quoted for a shell by the caller's working
/// directory alone: compose is told its files by absolute paths.
impl fmt::Display for Start {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unit { name } => write!(f, "systemctl start {}", shell_word(name)),
            Self::Compose { file: Some(file), service, .. } => {
                let (file, service) = (shell_word(&file.to_string_lossy()), shell_word(service));
                write!(f, "docker compose -f {file} up -d {service}")
            }
            Self::Compose { folder, service, .. } if folder.as_os_str().is_empty() => {
                write!(f, "docker compose up -d {}", shell_word(service))
            }
            Self::Compose { folder, service, .. } => {
                let (folder, service) =
                    (shell_word(&folder.to_string_lossy()), shell_word(service));
                write!(f, "cd {folder} && docker compose up -d {service}")
            }
            Self::Container { engine, name } => write!(f, "{engine} start {}", shell_word(name)),
            Self::Kubernetes { file } => {
                write!(f, "kubectl apply -f {}", shell_word(&file.to_string_lossy()))
            }
            Self::Supervisor { start, .. } => f.write_str(start),
        }
    }
}

/// A text as one word for a shell.
#[must_use]
pub fn shell_word(word: &str) -> String {
    let is_plain = |it: char| it.is_ascii_alphanumeric() || "/._-+@:".contains(it);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

/// Looks at everything through which Mattermost can be given variables on this machine. A file or
/// directory that was named and does not exist is an error, and so is a unit, as asked; what cannot be read is reported.
pub fn search(search: &Search<'_>) -> Result<Surroundings, Error> {
    let mut look = Look::new(search);
    for path in search.environment_files {
        let path = search.working_dir.join(path);
        let missing = |source| Error::Unreadable { path: path.clone(), source };
        fs::metadata(&path).map_err(missing)?;
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
        self.gaps.insert(Gap { what: what.to_owned(), why });
    }

    /// The text of a file that may concern Mattermost; `None` if it does not exist, or, with a gap, if
    /// it cannot be read.
    fn peek(&mut self, path: &Path) -> Option<String> {
        let metadata = match fs::metadata(path) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                self.gap(&path.display().to_string(), error.to_string());
                return None;
            }
            Err(_) => return None,
        };
        if file::special_kind(&metadata).is_some() {
            return None;
        }
        match file::read_regular(path, LIMIT) {
            Ok(bytes) => Some(String::from_utf8_lossy(&bytes).into_owned()),
            Err(error) => {
                self.gap(&path.display().to_string(), error.to_string());
                None
            }
        }
    }

    /// The same, for a file that is part of what was looked at.
    fn read(&mut self, path: &Path) -> Option<String> {
        let text = self.peek(path)?;
        self.looked_at.insert(path.to_owned());
        Some(text)
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

fn missing(path: &Path, expected: &'static str) -> Error {
    let path = path.to_owned();
    let source = if path.exists() {
        io::Error::other(format!("not {expected}"))
    } else {
        io::ErrorKind::NotFound.into()
    };
    Error::Unreadable { path, source }
}

/// The entries of a directory by their names.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    paths
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn parent(path: &Path) -> &Path {
    file::folder(path)
}

/// The files that match a pattern, as `glob(3)` matches it.
fn matching(pattern: &Path) -> Vec<PathBuf> {
    if pattern.exists() {
        return vec![pattern.to_owned()];
    }
    let paths = glob::glob(&pattern.to_string_lossy()).into_iter().flatten().flatten();
    paths.filter(|path| path.is_file()).collect()
}

#[cfg(test)]
mod tests;
