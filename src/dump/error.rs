//! Why a dump cannot be read.

use std::io;
use std::path::PathBuf;

use crate::file;

/// The command that makes a lossless dump on either server: a program ignores an unsupported option with
/// `loose-`. The account of Mattermost may lack privileges that the last two options make unnecessary.
pub const DUMP_COMMAND: &str = "mysqldump --single-transaction --hex-blob --default-character-set=utf8mb4 --no-tablespaces \
     --loose-set-gtid-purged=OFF --result-file=mattermost.sql DATABASE";

/// Why a dump cannot be read. An offset is in bytes of the uncompressed text.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be opened.
    #[error("cannot open the dump `{}`", path.display())]
    Open {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    /// The file cannot be read.
    #[error("cannot read the dump at byte {offset}")]
    Read {
        /// The position.
        offset: u64,
        #[source]
        source: io::Error,
    },
    /// The file is compressed in an unsupported format.
    #[error("unsupported compression of the dump: {format}")]
    Compression {
        /// The format.
        format: &'static str,
        /// The program that decompresses it.
        unpack: &'static str,
    },
    /// The compressed data is damaged.
    #[error("the compressed dump is damaged after byte {offset} of the decompressed text")]
    Damaged {
        /// The number of bytes that could be read.
        offset: u64,
        /// The decoder's error.
        #[source]
        source: io::Error,
    },
    /// The compressed data needs a larger window than is supported.
    #[error(
        "the dump is compressed with a window of {bytes} bytes, which is too large to be read here"
    )]
    Window {
        /// The size of the window.
        bytes: u64,
    },
    /// The file is something else.
    #[error("not a dump of `mysqldump` or `mariadb-dump`: {0}")]
    Foreign(&'static str),
    /// The file is in UTF-16.
    #[error("the dump is in UTF-16, as `>` of Windows PowerShell writes it")]
    Utf16,
    /// A statement that cannot be read.
    #[error("cannot read the dump at byte {offset}, line {line}: expected {expected}")]
    Malformed {
        /// The position.
        offset: u64,
        /// The line, from 1.
        line: u64,
        /// What was expected.
        expected: &'static str,
    },
    /// A row that ends where another dump begins.
    #[error(
        "the dump is cut short: a row of table `{table}` at byte {offset} has no end, and another dump begins at byte {next}"
    )]
    CutPart {
        table: String,
        /// The start of the row.
        offset: u64,
        /// The start of the other dump.
        next: u64,
    },
    /// A statement or a row is larger than any server accepts.
    #[error("the statement at byte {offset} is larger than 1 GiB, which no server accepts")]
    TooLarge {
        /// Its start.
        offset: u64,
    },
    /// A quote or a comment has no end.
    #[error("the {what} that opens at byte {offset} is not closed within 1 GiB")]
    Unclosed {
        /// A quote or a comment.
        what: &'static str,
        /// Its start.
        offset: u64,
    },
    /// The text is in an unsupported character set.
    #[error("the dump is in character set `{name}`, which cannot be read here")]
    CharacterSet {
        /// Its name.
        name: String,
    },
    /// The dump contains rows of a table without its definition.
    #[error("the dump contains rows of table `{table}` without its definition")]
    NoDefinition {
        /// The table.
        table: String,
    },
    /// What is read a second time is not what was there at first.
    #[error("the dump changed while it was read: table `{table}` is different")]
    Changed {
        /// The table.
        table: String,
    },
    /// A row that has more or fewer values than there are columns for them.
    #[error("a row of table `{table}` at byte {offset} has {values} values for {columns} columns")]
    RowWidth {
        table: String,
        /// The start of the row.
        offset: u64,
        /// The number of values.
        values: usize,
        /// The expected number of values.
        columns: usize,
    },
}

impl Error {
    /// The next step, as an imperative.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let again = || Some(format!("make the dump again: `{DUMP_COMMAND}`"));
        match self {
            Self::Compression { unpack, .. } => Some(format!(
                "decompress it and pass it on standard input: `{unpack} FILE | migration-assist mysql --dump -`"
            )),
            Self::Window { .. } => Some(
                "decompress it and pass it on standard input: \
                 `zstd -dc --long=31 FILE | migration-assist mysql --dump -`"
                    .to_owned(),
            ),
            Self::Changed { .. } => {
                Some("do not change the file while the command runs, and run it again".to_owned())
            }
            Self::Damaged { .. } => Some("copy the file again and compare its checksum".to_owned()),
            Self::NoDefinition { .. } => {
                Some(format!("make the dump again without `--no-create-info`: `{DUMP_COMMAND}`"))
            }
            Self::Foreign(_)
            | Self::Utf16
            | Self::Malformed { .. }
            | Self::CutPart { .. }
            | Self::TooLarge { .. }
            | Self::Unclosed { .. }
            | Self::CharacterSet { .. }
            | Self::RowWidth { .. } => again(),
            Self::Open { path, source } if source.kind() == io::ErrorKind::NotFound => {
                let hint = file::read_hint(path, source);
                Some(format!("{hint}; or make the dump: `{DUMP_COMMAND}`"))
            }
            Self::Open { path, source } => Some(file::read_hint(path, source)),
            Self::Read { .. } => Some(
                "copy the file to another disk, compare its checksum with that of the original, and run again \
                 with the copy"
                    .to_owned(),
            ),
        }
    }
}
