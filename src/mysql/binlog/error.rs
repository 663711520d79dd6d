//! Why the binary log cannot be followed any further.

use super::Position;

/// What ends the following of a binary log. No variant holds the value of a cell.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The server refuses, or the connection broke.
    #[error("cannot read the binary log of the source")]
    Server(#[from] crate::mysql::Error),
    /// The server says nothing, not even that there is nothing new.
    #[error("the source has sent no sign of life for {seconds} s")]
    Silent {
        /// How long.
        seconds: u64,
    },
    /// The server no longer has the file.
    #[error("the binary log of the source no longer reaches back to {position}")]
    Purged {
        /// The file and the offset, or the GTID set.
        position: String,
    },
    /// The log ends before the position: it is the log of another server, or events were lost.
    #[error("the binary log of the source ends at {end}, before {position}")]
    BeyondEnd {
        /// The position asked for.
        position: Position,
        /// Where the file ends.
        end: Position,
    },
    /// The log was reset: another file has the name.
    #[error("the binary log of the source was reset: its file `{}` is not the one of {position}", position.file)]
    Reset {
        /// The position asked for.
        position: Position,
    },
    /// Another replica uses the same number.
    #[error("the source ended the session: another replica has the same number")]
    ReplicaIdTaken,
    /// The driver cannot ask for such a position.
    #[error("cannot start at {position}: offsets from 4 GiB on cannot be requested")]
    OffsetTooLarge {
        /// The position asked for.
        position: Position,
    },
    /// An event of an unrecognised type.
    #[error("unrecognised event of type {code} in the binary log at {position}")]
    UnknownEvent {
        /// The event's type.
        code: u8,
        /// Where it ends.
        position: Position,
    },
    /// Bytes that do not follow the format.
    #[error("malformed event in the binary log at {position}: {reason}")]
    Malformed {
        /// Where the event ends.
        position: Position,
        /// What is wrong.
        reason: String,
    },
    /// A statement that changes rows was logged as a statement.
    #[error("the source logged a statement instead of changed rows ({statement}) at {position}")]
    LoggedStatement {
        /// Its first word, such as `UPDATE`.
        statement: String,
        /// Where the event ends.
        position: Position,
    },
    /// Only parts of rows were logged.
    #[error("the source logged only parts of rows of table `{table}` at {position}")]
    PartialRows {
        /// The table.
        table: String,
        /// Where the event ends.
        position: Position,
    },
    /// Only parts of JSON values were logged.
    #[error("the source logged only parts of JSON values at {position}")]
    PartialJson {
        /// Where the event ends.
        position: Position,
    },
    /// An event that `log_bin_compress` of MariaDB compressed.
    #[error("the source logged a compressed event at {position}")]
    CompressedEvent {
        /// Where the event ends.
        position: Position,
    },
    /// A transaction that is too large when it is decompressed.
    #[error("a compressed transaction of {bytes} bytes at {position}")]
    LargePayload {
        /// Its size without compression.
        bytes: u64,
        /// Where the event ends.
        position: Position,
    },
    /// The source says that its log is incomplete.
    #[error("the source lost events of its binary log at {position}")]
    Incident {
        /// Where the event ends.
        position: Position,
    },
    /// A transaction whose commit is decided elsewhere.
    #[error("an XA transaction at {position}")]
    Xa {
        /// Where the event ends.
        position: Position,
    },
    /// A transaction that changed rows was rolled back in the log.
    #[error("a transaction that was rolled back at {position}")]
    RolledBack {
        /// Where the event ends.
        position: Position,
    },
    /// A table no longer is what the catalog says, which was read before.
    #[error("table `{table}` has changed since its columns were read: {difference}")]
    CatalogChanged {
        /// The table.
        table: String,
        /// What differs.
        difference: String,
    },
    /// A table in the log is not what the catalog says.
    #[error("table `{table}` has changed at {position}: {difference}")]
    TableChanged {
        /// The table.
        table: String,
        /// Where the event ends.
        position: Position,
        /// What differs.
        difference: String,
    },
}

impl Error {
    /// Whether the connection was lost, so that following can start again from the last commit.
    #[must_use]
    pub fn is_connection_lost(&self) -> bool {
        match self {
            Self::Silent { .. } => true,
            Self::Server(error) => error.is_connection_lost(),
            _ => false,
        }
    }

    /// What the user can do next, as an imperative.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Server(error) => return error.hint(),
            Self::Silent { .. } => "check that the source runs, and run the same command again",
            Self::Purged { .. } => {
                "copy again with `migration-assist copy --live --restart`; on the source, keep binary logs for longer than the \
                 copy takes"
            }
            Self::BeyondEnd { .. } | Self::Reset { .. } | Self::Incident { .. } => {
                "copy again with `migration-assist copy --live --restart`: what the source's log has lost cannot be followed"
            }
            Self::ReplicaIdTaken => {
                "run the same command again: another number is chosen; end other runs that follow \
                 the same source"
            }
            Self::OffsetTooLarge { .. } => {
                "copy again with `migration-assist copy --live --restart`"
            }
            Self::LoggedStatement { .. } => {
                "run `SET GLOBAL binlog_format = 'ROW';` on the source, restart Mattermost (its open \
                 sessions keep the old setting), and copy again with `migration-assist copy --live --restart`"
            }
            Self::PartialRows { .. } => {
                "run `SET GLOBAL binlog_row_image = 'FULL';` on the source, restart Mattermost (its \
                 open sessions keep the old setting), and copy again with `migration-assist copy --live --restart`"
            }
            Self::PartialJson { .. } => {
                "run `SET GLOBAL binlog_row_value_options = '';` on the source, restart Mattermost \
                 (its open sessions keep the old setting), and copy again with `migration-assist copy --live --restart`"
            }
            Self::CompressedEvent { .. } => {
                "run `SET GLOBAL log_bin_compress = OFF;` on the source and copy again with \
                 `migration-assist copy --live --restart`"
            }
            Self::LargePayload { .. } => {
                "run `SET GLOBAL binlog_transaction_compression = OFF;` on the source, restart \
                 Mattermost (its open sessions keep the old setting), and copy again with \
                 `migration-assist copy --live --restart`"
            }
            Self::TableChanged { .. } | Self::CatalogChanged { .. } => {
                "complete the upgrade of Mattermost or its plugins, and copy again with `migration-assist copy --live --restart`"
            }
            Self::UnknownEvent { .. }
            | Self::Malformed { .. }
            | Self::Xa { .. }
            | Self::RolledBack { .. } => {
                "stop Mattermost and run `migration-assist migrate`, which reads no log; report the event's type and \
                 the version of the source"
            }
        };
        Some(hint.to_owned())
    }
}
