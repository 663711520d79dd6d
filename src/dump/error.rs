//! Why a dump cannot be read.

use std::io;

/// The command that makes a dump which loses nothing, of either server: one that does not know an option
/// with `loose-` passes over it. The account of Mattermost may lack what the last two options spare it.
pub const DUMP_COMMAND: &str = "mysqldump --single-transaction --hex-blob --default-character-set=utf8mb4 --no-tablespaces \
     --loose-set-gtid-purged=OFF --result-file=mattermost.sql DATABASE";

/// Why a dump cannot be read. An offset counts bytes of the plain text from its start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be opened.
    #[error("cannot open the dump `{file}`")]
    Open {
        /// Its name.
        file: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// Reading failed.
    #[error("cannot read the dump at byte {offset}")]
    Read {
        /// Where.
        offset: u64,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The file is compressed in a way that is not read here.
    #[error("the dump is compressed by {format}, which is not read here")]
    Compression {
        /// The format.
        format: &'static str,
        /// The program that unpacks it.
        unpack: &'static str,
    },
    /// The compressed data is damaged.
    #[error("the compressed dump is damaged after byte {offset} of its plain text")]
    Damaged {
        /// How much could be read.
        offset: u64,
        /// What the decoder said.
        #[source]
        source: io::Error,
    },
    /// The compressed data needs a larger window than is read here.
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
    /// A statement that no dump has.
    #[error("cannot read the dump at byte {offset}, line {line}: expected {expected}")]
    Malformed {
        /// Where.
        offset: u64,
        /// The line, from 1.
        line: u64,
        /// What should stand there.
        expected: &'static str,
    },
    /// A row that ends where another dump begins.
    #[error(
        "the dump is cut short: a row of table `{table}` at byte {offset} has no end, and another dump begins at byte {next}"
    )]
    CutPart {
        /// The table.
        table: String,
        /// Where the row begins.
        offset: u64,
        /// Where the other dump begins.
        next: u64,
    },
    /// A statement or a row larger than any server takes.
    #[error("the statement at byte {offset} is larger than 1 GiB, which no server accepts")]
    TooLarge {
        /// Where it begins.
        offset: u64,
    },
    /// A quote or a comment without an end.
    #[error("the {what} that opens at byte {offset} is not closed within 1 GiB")]
    Unclosed {
        /// A quote or a comment.
        what: &'static str,
        /// Where it opens.
        offset: u64,
    },
    /// The text is in a character set that is not read here.
    #[error("the dump is in character set `{name}`, which cannot be read here")]
    CharacterSet {
        /// Its name.
        name: String,
    },
    /// Rows of a table whose definition the dump does not hold.
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
        /// The table.
        table: String,
        /// Where the row begins.
        offset: u64,
        /// How many values it has.
        values: usize,
        /// How many columns there are for them.
        columns: usize,
    },
}

impl Error {
    /// What to do next, where something can be said: an imperative.
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
            Self::Changed { .. } => Some(
                "leave the file alone until the command has ended, and run it again".to_owned(),
            ),
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
            Self::Open { .. } | Self::Read { .. } => None,
        }
    }
}
