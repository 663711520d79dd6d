//! What can go wrong when Mattermost is pointed elsewhere.

use std::io;
use std::path::{Path, PathBuf};

use crate::mattermost::config::Malformed;
use crate::shell::shell_word;
use crate::{file, ledger, mysql, postgres};

/// Why the switch, or the way back, could not be made. Nothing is half done then.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The configuration cannot be read.
    #[error("cannot read `{}`", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The unit that was named does not exist.
    #[error("cannot find unit `{name}` ({})", searched(folders))]
    UnitMissing {
        /// Its name, as it was given.
        name: String,
        /// The directories of units that exist.
        folders: Vec<PathBuf>,
    },
    /// It is not Mattermost's configuration.
    #[error("`{place}` is not a configuration of Mattermost")]
    Malformed {
        /// The file or the row.
        place: String,
        /// What is wrong with it.
        source: Malformed,
    },
    /// A file cannot be written.
    #[error("cannot write `{}`", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The new file could not be given to the owner of the old one.
    #[error("cannot give the new `{}` to the owner of the old one", path.display())]
    Owner {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The configuration changed between planning and writing.
    #[error("another program changed `{place}` meanwhile")]
    ChangedMeanwhile {
        /// The file or the row.
        place: String,
    },
    /// There is no record of a switch.
    #[error("no cutover of `{place}` is on record")]
    NothingToUndo {
        /// The file or the row.
        place: String,
    },
    /// The record cannot be understood.
    #[error("cannot read the record `{}`", path.display())]
    BadRecord {
        /// The record.
        path: PathBuf,
    },
    /// What was kept is not what was there before.
    #[error("`{}` is not the configuration that was kept there", path.display())]
    Damaged {
        /// The kept file.
        path: PathBuf,
    },
    /// The target holds no configuration.
    #[error("the target has no active configuration")]
    NoStoredConfig,
    /// The row that was active before is not there any more.
    #[error("cannot find the configuration's row `{id}`")]
    RowGone {
        /// Its id.
        id: String,
    },
    /// The source.
    #[error(transparent)]
    Source(#[from] mysql::Error),
    /// The target.
    #[error(transparent)]
    Target(#[from] postgres::Error),
    /// The record of copies, proofs, freezes and switches.
    #[error(transparent)]
    Ledger(#[from] ledger::Error),
}

impl Error {
    /// What to do next, where something can be said: an imperative.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Unreadable { path, source } => return Some(file::read_hint(path, source)),
            Self::UnitMissing { .. } => {
                "run `cutover` where Mattermost runs, or name the unit as `systemctl list-unit-files` \
                 lists it; name its directory with `--unit-dir DIR`"
            }
            Self::Malformed { .. } => {
                "fix the configuration, or restore a good one; it was left unchanged"
            }
            Self::Unwritable { source, .. } if source.kind() == io::ErrorKind::ResourceBusy => {
                "the file is mounted by itself, as into a container: run this on the host, on the \
                 file that is mounted"
            }
            Self::Unwritable { path, source } => {
                let hint = file::write_hint(path, source);
                return Some(format!("{hint}; the old file is in place"));
            }
            Self::Owner { .. } => "run as root, or as the owner of the file",
            Self::ChangedMeanwhile { .. } => "stop Mattermost, and run the same command again",
            Self::NothingToUndo { place } if !Path::new(place).is_absolute() => {
                "nothing to put back"
            }
            Self::NothingToUndo { place } => {
                return Some(format!(
                    "nothing to put back; if Mattermost uses PostgreSQL, copy the configuration that was kept \
                     over it: `ls {}.mysql-*` lists what was kept",
                    shell_word(place)
                ));
            }
            Self::BadRecord { path } => {
                let folder = path.parent().unwrap_or(Path::new(".")).to_string_lossy();
                return Some(format!(
                    "copy the configuration that was kept over the present one: `ls {}/*.mysql-*` lists what was \
                     kept",
                    shell_word(&folder)
                ));
            }
            Self::Damaged { .. } => "restore the configuration from a backup",
            Self::RowGone { .. } => {
                "copy the table `Configurations` again, or point MM_CONFIG at MySQL"
            }
            Self::NoStoredConfig => {
                "copy the table `Configurations` with `migration-assist copy` first, or name the \
                 file that Mattermost reads: `--config FILE`"
            }
            Self::Source(error) => return error.hint(),
            Self::Target(error) => return error.hint(),
            Self::Ledger(error) => return error.hint(),
        };
        Some(hint.to_owned())
    }
}

/// The directories in which a unit was looked for.
fn searched(folders: &[PathBuf]) -> String {
    if folders.is_empty() {
        return "no directory of units exists".to_owned();
    }
    let shown: Vec<String> = folders.iter().map(|it| it.display().to_string()).collect();
    format!("searched: {}", shown.join(", "))
}
