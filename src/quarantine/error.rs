//! Why a quarantine cannot be read or written.

use std::io;
use std::path::PathBuf;

use crate::file;

/// Why a quarantine cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be created or opened.
    #[error("cannot open the quarantine `{}`", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Something else lies there.
    #[error("`{}` is not a quarantine of migration-assist", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// A quarantine of a newer version.
    #[error("`{}` was written by a newer version of migration-assist (format {format})", path.display())]
    TooNew {
        /// The file.
        path: PathBuf,
        /// The format that its first line names.
        format: u32,
    },
    /// Another process uses it.
    #[error("the quarantine `{}` is in use by another process", path.display())]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// It cannot be read.
    #[error("cannot read the quarantine `{}`", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It cannot be written.
    #[error("cannot write to the quarantine `{}`", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A line that is none of ours.
    #[error("line {line} of the quarantine `{}` is damaged", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: u64,
    },
}

impl Error {
    /// The next step, as an imperative.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Read { path, source } => return Some(file::read_hint(path, source)),
            Self::Open { path, source } | Self::Write { path, source } => {
                return Some(file::write_hint(path, source));
            }
            Self::Foreign { .. } => "name another file",
            Self::TooNew { .. } => "use the version of migration-assist that wrote it",
            Self::InUse { .. } => "wait until the other run has ended, or name another file",
            Self::Damaged { .. } => "take the file from a backup",
        };
        Some(hint.to_owned())
    }
}
