//! What can go wrong with the file.

use std::io;
use std::path::PathBuf;

/// Why a quarantine could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be made or opened.
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
    /// Another process writes to it.
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
    /// What the user can do next, as an imperative.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Open { .. } | Self::Read { .. } => {
                Some("check the path, and that you may write to the folder")
            }
            Self::Foreign { .. } => Some("name another file"),
            Self::TooNew { .. } => Some("use the version of migration-assist that wrote it"),
            Self::InUse { .. } => Some("wait until the other run has ended, or name another file"),
            Self::Write { .. } => {
                Some("make room on the disk, or name a file on another one, and run again")
            }
            Self::Damaged { .. } => Some("take the file from a backup"),
        }
    }
}
