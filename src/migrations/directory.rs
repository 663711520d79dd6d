//! A directory of Mattermost's own migration files, `NNNNNN_name.up.sql`.

use std::fs;
use std::path::{Path, PathBuf};

use super::Migration;

/// The marker by which a file says that it must not run inside a transaction.
const NONTRANSACTIONAL: &str = "-- morph:nontransactional";

/// The migrations of a directory, in the order of their file names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directory {
    /// The migrations.
    pub migrations: Vec<Migration>,
}

/// Why a directory of migrations could not be read.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// The directory or a file in it cannot be read.
    #[error("cannot read `{}`", path.display())]
    Unreadable {
        /// What could not be read.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// No file of that form.
    #[error("`{}` holds no file of the form `000001_name.up.sql`", path.display())]
    Empty {
        /// The directory.
        path: PathBuf,
    },
    /// Two files of one number.
    #[error("the migration number {number} stands twice: `{first}` and `{second}`")]
    Twice {
        /// The number.
        number: u32,
        /// The name that comes first.
        first: String,
        /// The name that comes second.
        second: String,
    },
}

impl Directory {
    /// Reads every `*.up.sql` file of a directory; other files are passed over.
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
