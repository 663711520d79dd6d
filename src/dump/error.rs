//! Why a dump cannot be read.

use std::io;

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
    /// The file is something else.
    #[error("the file is no dump of `mysqldump` or `mariadb-dump`: {0}")]
    Foreign(&'static str),
    /// A statement that no dump has.
    #[error("the dump cannot be understood at byte {offset}: {expected}")]
    Malformed {
        /// Where.
        offset: u64,
        /// What should stand there.
        expected: &'static str,
    },
    /// A statement or a row larger than any server takes.
    #[error("a statement at byte {offset} is larger than 2 GiB, which no server takes")]
    TooLarge {
        /// Where it begins.
        offset: u64,
    },
    /// The text is in a character set that is not read here.
    #[error("the dump's text is in the character set `{name}`, which is not read here")]
    CharacterSet {
        /// Its name.
        name: String,
    },
    /// Rows of a table whose definition the dump does not hold.
    #[error("the dump holds rows of table `{table}` and not its definition")]
    NoDefinition {
        /// The table.
        table: String,
    },
    /// What is read a second time is not what was there at first.
    #[error("the dump is not the one that was read at first: table `{table}` is another")]
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
        const AGAIN: &str = "make the dump with `mysqldump --single-transaction --hex-blob \
                             --default-character-set=utf8mb4 DATABASE > mattermost.sql`";
        match self {
            Self::Compression { unpack, .. } => Some(format!(
                "unpack it and hand it over: `{unpack} FILE | migration-assist mysql --dump -`"
            )),
            Self::Changed { .. } => Some(
                "leave the file alone until the command has ended, and run it again".to_owned(),
            ),
            Self::Damaged { .. } => Some("copy the file again and compare its checksum".to_owned()),
            Self::Foreign(_)
            | Self::Malformed { .. }
            | Self::TooLarge { .. }
            | Self::CharacterSet { .. }
            | Self::NoDefinition { .. }
            | Self::RowWidth { .. } => Some(AGAIN.to_owned()),
            Self::Open { .. } | Self::Read { .. } => None,
        }
    }
}
