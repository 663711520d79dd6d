//! Reasons why a binary log cannot be followed, each with what removes it.

use std::fmt;

use crate::mysql::{Flavour, MissingRights, Server, revoke_writing};
use crate::sql::Dialect::MySql;

/// Something that keeps a source from being followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Obstacle {
    /// The server keeps no binary log.
    NoLog,
    /// Statements are logged instead of changed rows.
    Format {
        /// The setting: `MIXED` or `STATEMENT`.
        found: String,
    },
    /// Only parts of rows are logged.
    RowImage {
        /// The setting, such as `MINIMAL`.
        found: String,
    },
    /// Only parts of JSON values are logged (MySQL).
    PartialJson,
    /// Events are compressed (`MariaDB`).
    CompressedEvents,
    /// The log is kept in a storage engine (`MariaDB` 12.3 and later).
    StorageEngine,
    /// The log is removed too early.
    Retention {
        /// For how many hours it is kept.
        hours: u64,
    },
    /// The server does not log what it replicates.
    Replica,
    /// The database is left out of the log.
    Filter,
    /// The account may not follow.
    Rights {
        /// What it lacks.
        missing: MissingRights,
        /// The account, quoted for a statement.
        account: String,
    },
    /// An account with sessions in the database writes to it although the server is read-only (`MariaDB`).
    Writer {
        /// The account, such as `mmuser@%`.
        account: String,
    },
    /// Changes of a table cannot be rolled back.
    Engine {
        /// The table.
        table: String,
        /// Its storage engine.
        engine: String,
    },
}

/// What a changed setting needs in addition: it applies to new sessions only.
const RESTART_MATTERMOST: &str =
    "open sessions keep the old setting: restart Mattermost after the change";

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoLog => f.write_str("the source keeps no binary log"),
            Self::Format { found } => {
                write!(f, "the source logs statements instead of rows (`binlog_format` is {found})")
            }
            Self::RowImage { found } => {
                write!(f, "the source logs only parts of rows (`binlog_row_image` is {found})")
            }
            Self::PartialJson => f.write_str(
                "the source logs only parts of JSON values (`binlog_row_value_options` is \
                 PARTIAL_JSON)",
            ),
            Self::CompressedEvents => {
                f.write_str("the source compresses events (`log_bin_compress` is ON)")
            }
            Self::StorageEngine => {
                f.write_str("the source keeps its binary log in a storage engine")
            }
            Self::Retention { hours } => write!(f, "the source keeps its binary log for {hours} h"),
            Self::Replica => {
                f.write_str("the source is a replica that does not log what it replicates")
            }
            Self::Filter => f.write_str(
                "`binlog_do_db` or `binlog_ignore_db` leaves the database out of the log",
            ),
            Self::Rights { .. } => f.write_str("the account may not follow the binary log"),
            Self::Writer { account } => write!(
                f,
                "account {account} has sessions in the database, and can write to it while the server is \
                 read-only"
            ),
            Self::Engine { engine, .. } => write!(f, "the table has the storage engine {engine}"),
        }
    }
}

impl Obstacle {
    /// The table that it is about.
    #[must_use]
    pub fn table(&self) -> Option<&str> {
        match self {
            Self::Engine { table, .. } => Some(table),
            _ => None,
        }
    }

    /// What to do, in one sentence without a full stop.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        match self {
            Self::NoLog => {
                "add `log_bin`, `server_id=1` and `binlog_format=ROW` below `[mysqld]` in the server's \
                 configuration, and restart the server"
            }
            Self::Format { .. } | Self::RowImage { .. } | Self::PartialJson => RESTART_MATTERMOST,
            Self::CompressedEvents => "the setting applies to what is logged after the change",
            Self::StorageEngine => {
                "remove `binlog_storage_engine` from the server's configuration, and restart the server"
            }
            Self::Retention { .. } => {
                "the copy and the following afterwards need the log for 24 h at least; on Amazon RDS: \
                 CALL mysql.rds_set_configuration('binlog retention hours', 168);"
            }
            Self::Replica => {
                "name the primary in the MySQL DSN, or add `log_replica_updates=ON` (before MySQL 8.0.26 \
                 and on MariaDB `log_slave_updates=ON`) to the server's configuration and restart it"
            }
            Self::Filter => {
                "remove the filter from the server's configuration, and restart the server"
            }
            Self::Rights { .. } => "to be run by an administrator",
            Self::Writer { .. } => {
                "the switch makes the server read-only; open sessions keep the right: restart Mattermost \
                 after the change, or end the sessions if they are another program's"
            }
            Self::Engine { .. } => "a table without transactions cannot be followed",
        }
    }

    /// The statement that removes it, if one does.
    #[must_use]
    pub fn statement(&self, server: &Server) -> Option<String> {
        let set = |setting: &str| Some(set_statement(server, setting));
        match self {
            Self::Format { .. } => set("binlog_format = 'ROW'"),
            Self::RowImage { .. } => set("binlog_row_image = 'FULL'"),
            Self::PartialJson => set("binlog_row_value_options = ''"),
            Self::CompressedEvents => set("log_bin_compress = OFF"),
            Self::Retention { .. } => Some(longer_retention(server)),
            Self::Rights { missing, account } => Some(missing.grants(account)),
            Self::Engine { table, .. } => {
                Some(format!("ALTER TABLE {} ENGINE = InnoDB;", MySql.identifier(table)))
            }
            Self::Writer { account } => Some(revoke_writing(server, account)),
            Self::NoLog | Self::StorageEngine | Self::Replica | Self::Filter => None,
        }
    }
}

/// The statement with which a server keeps its log for 30 days.
#[must_use]
pub fn longer_retention(server: &Server) -> String {
    let has_seconds = server.is_at_least(Flavour::MySql, (8, 0, 1))
        || server.is_at_least(Flavour::MariaDb, (10, 6, 1));
    let setting =
        if has_seconds { "binlog_expire_logs_seconds = 2592000" } else { "expire_logs_days = 30" };
    set_statement(server, setting)
}

fn set_statement(server: &Server, setting: &str) -> String {
    // From 8.0 on, MySQL keeps a setting for its next start.
    let scope = if server.is_at_least(Flavour::MySql, (8, 0, 0)) { "PERSIST" } else { "GLOBAL" };
    format!("SET {scope} {setting};")
}

#[cfg(test)]
mod tests {
    use super::Obstacle;
    use crate::mysql::Server;

    #[test]
    fn statements_are_those_of_the_server() {
        let statement = |obstacle: Obstacle, version| {
            obstacle.statement(&Server::read(version, "")).expect("a statement")
        };
        let format = || Obstacle::Format { found: "MIXED".to_owned() };
        assert_eq!(statement(format(), "9.7.4"), "SET PERSIST binlog_format = 'ROW';");
        assert_eq!(statement(format(), "10.11.19-MariaDB"), "SET GLOBAL binlog_format = 'ROW';");
        let writer = || Obstacle::Writer { account: "mm@10.%".to_owned() };
        let revoke = "REVOKE READ_ONLY ADMIN ON *.* FROM 'mm'@'10.%';";
        assert_eq!(statement(writer(), "10.11.19-MariaDB"), revoke);
        let revoke = "REVOKE READ_ONLY ADMIN, SUPER ON *.* FROM 'mm'@'10.%';";
        assert_eq!(statement(writer(), "10.5.29-MariaDB"), revoke);
        let kept = || Obstacle::Retention { hours: 6 };
        assert_eq!(statement(kept(), "5.7.44"), "SET GLOBAL expire_logs_days = 30;");
        assert_eq!(statement(kept(), "8.4.0"), "SET PERSIST binlog_expire_logs_seconds = 2592000;");
    }
}
