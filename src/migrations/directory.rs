//! A directory of Mattermost's migration files, `NNNNNN_name.up.sql`.

use std::fs;
use std::path::{Path, PathBuf};

use super::Migration;
use crate::file;
use crate::shell::shell_word;

/// The marker of a file that must not run inside a transaction.
const NONTRANSACTIONAL: &str = "-- morph:nontransactional";

/// The migrations of a directory, in the order of their file names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directory {
    pub migrations: Vec<Migration>,
}

/// Why a directory of migrations cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// The directory or a file in it cannot be read.
    #[error("cannot read `{}`", path.display())]
    Unreadable {
        /// The directory or file.
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    /// There is no migration file.
    #[error("`{}` holds no file of the form `000001_name.up.sql`", path.display())]
    Empty {
        /// The directory.
        path: PathBuf,
    },
    /// Two files of one number.
    #[error("duplicate migration number {number}: `{first}` and `{second}`")]
    Twice {
        number: u32,
        /// The first file by name.
        first: String,
        /// The second file by name.
        second: String,
    },
}

impl DirectoryError {
    /// The next step, as an imperative.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Unreadable { path, source } => Some(file::read_hint(path, source)),
            Self::Empty { path } => Some(format!(
                "name the directory server/channels/db/migrations/postgres of Mattermost's source code; `ls -la {}` \
                 lists the files of this one",
                shell_word(&path.to_string_lossy())
            )),
            Self::Twice { first, .. } => Some(format!(
                "unpack the migrations of one release into an empty directory; one of the two files belongs to \
                 another release, such as `{first}`"
            )),
        }
    }
}

impl Directory {
    /// Reads every `*.up.sql` file of a directory and skips other files.
    pub fn read(path: &Path) -> Result<Self, DirectoryError> {
        let unreadable = |path: &Path| {
            let path = path.to_owned();
            move |source| DirectoryError::Unreadable { path, source }
        };
        let mut migrations = Vec::new();
        for entry in fs::read_dir(path).map_err(unreadable(path))? {
            let entry = entry.map_err(unreadable(path))?;
            let Some((number, name)) = entry.file_name().to_str().and_then(parse_file_name) else {
                continue;
            };
            let sql = fs::read_to_string(entry.path()).map_err(unreadable(&entry.path()))?;
            let transactional = !sql.starts_with(NONTRANSACTIONAL);
            migrations.push(Migration { number, name, sql, changes_rows: true, transactional });
        }
        if migrations.is_empty() {
            return Err(DirectoryError::Empty { path: path.to_owned() });
        }
        migrations.sort_by(|a, b| (a.number, &a.name).cmp(&(b.number, &b.name)));
        for pair in migrations.windows(2) {
            if pair[0].number == pair[1].number {
                let [first, second] = [0, 1].map(|place: usize| pair[place].name.clone());
                return Err(DirectoryError::Twice { number: pair[0].number, first, second });
            }
        }
        Ok(Self { migrations })
    }
}

/// The number and the name of `000056_upgrade_channels_v6.0.up.sql`.
fn parse_file_name(file: &str) -> Option<(u32, String)> {
    let (number, name) = file.strip_suffix(".up.sql")?.split_once('_')?;
    Some((number.parse().ok()?, name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::{Directory, DirectoryError, parse_file_name};

    #[test]
    fn reads_names_with_dots() {
        assert_eq!(
            parse_file_name("000056_upgrade_channels_v6.0.up.sql"),
            Some((56, "upgrade_channels_v6.0".to_owned()))
        );
        assert_eq!(parse_file_name("000056_upgrade_channels_v6.0.down.sql"), None);
        assert_eq!(parse_file_name("README.up.sql"), None);
    }

    #[test]
    fn reads_the_files_and_the_marker() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, sql: &str| {
            std::fs::write(folder.path().join(name), sql).expect("a file");
        };
        let read = || Directory::read(folder.path());
        write("README.md", "");
        assert!(matches!(read(), Err(DirectoryError::Empty { .. })));
        write(
            "000002_index.up.sql",
            "-- morph:nontransactional\nCREATE INDEX CONCURRENTLY i ON t (c);",
        );
        write("000001_table.up.sql", "CREATE TABLE t (c int);");
        let directory = read().expect("two files");
        let shape: Vec<_> = directory
            .migrations
            .iter()
            .map(|m| (m.number, m.name.as_str(), m.transactional))
            .collect();
        assert_eq!(shape, [(1, "table", true), (2, "index", false)]);
        write("000002_other.up.sql", "");
        assert!(matches!(read(), Err(DirectoryError::Twice { number: 2, .. })));
    }
}
