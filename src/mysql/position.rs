//! Positions in the source's binary log: parsing, printing, comparing, and reading them from a server.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use mysql_async::{Row, Value};

use super::gtid_set::GtidSet;
use super::{Connection, Error, Flavour, binlog};

/// A position in a binary log: everything that was committed before it.
///
/// It prints as MySQL and `MariaDB` do, and reads back: `binlog.000003:1234`,
/// `3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5`, `0-1-17903`. Positions of different kinds cannot be compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogPosition {
    /// A file of the log and an offset in it.
    File {
        /// The name, such as `binlog.000003`.
        file: String,
        /// The offset in bytes.
        offset: u64,
    },
    /// The transactions that MySQL has executed.
    GtidSet(GtidSet),
    /// The last transaction of each replication domain of `MariaDB`: its server and its number.
    Domains(BTreeMap<u32, (u32, u64)>),
}

impl LogPosition {
    /// Whether everything before the other position is included; `None` if the two cannot be compared.
    #[must_use]
    pub fn contains(&self, other: &Self) -> Option<bool> {
        match (self, other) {
            (Self::File { .. }, Self::File { .. }) => self.partial_cmp(other).map(Ordering::is_ge),
            (Self::GtidSet(all), Self::GtidSet(some)) => Some(all.contains(some)),
            (Self::Domains(all), Self::Domains(some)) => {
                Some(some.iter().all(|(domain, &(server, number))| {
                    let own = all.get(domain);
                    own.is_some_and(|&(own_server, own_number)| {
                        own_number > number || (own_number, own_server) == (number, server)
                    })
                }))
            }
            _ => None,
        }
    }
}

impl LogPosition {
    /// The file and the offset; `None` of a position of another kind.
    fn into_file(self) -> Option<binlog::Position> {
        match self {
            Self::File { file, offset } => Some(binlog::Position { file, offset }),
            Self::GtidSet(_) | Self::Domains(_) => None,
        }
    }
}

impl PartialOrd for LogPosition {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        if let (Self::File { file, offset }, Self::File { file: file_of_other, offset: other }) =
            (self, other)
        {
            let (name, number) = numbered(file)?;
            let (name_of_other, number_of_other) = numbered(file_of_other)?;
            let place = (number, *offset);
            return (name == name_of_other).then(|| place.cmp(&(number_of_other, *other)));
        }
        match (self.contains(other)?, other.contains(self)?) {
            (true, true) => Some(Ordering::Equal),
            (true, false) => Some(Ordering::Greater),
            (false, true) => Some(Ordering::Less),
            (false, false) => None,
        }
    }
}

/// The base name of a log file and its number: `binlog` and 3 for `binlog.000003`.
fn numbered(file: &str) -> Option<(&str, u64)> {
    let (name, number) = file.rsplit_once('.')?;
    Some((name, number.parse().ok()?))
}

impl fmt::Display for LogPosition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { file, offset } => write!(f, "{file}:{offset}"),
            Self::GtidSet(set) => set.fmt(f),
            Self::Domains(domains) => {
                for (place, (domain, (server, number))) in domains.iter().enumerate() {
                    let comma = if place > 0 { "," } else { "" };
                    write!(f, "{comma}{domain}-{server}-{number}")?;
                }
                Ok(())
            }
        }
    }
}

/// A text that is not a position in a binary log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a position in a binary log: {0}")]
pub struct ParseError(String);

impl FromStr for LogPosition {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let read = domains(text).map(Self::Domains);
        let read = read.or_else(|| text.parse().ok().map(Self::GtidSet));
        read.or_else(|| file(text)).ok_or_else(|| ParseError(text.to_owned()))
    }
}

fn domains(text: &str) -> Option<BTreeMap<u32, (u32, u64)>> {
    let mut domains = BTreeMap::new();
    for gtid in text.split(',') {
        let mut parts = gtid.trim().split('-');
        let (domain, server, number) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        let (domain, server) = (domain.parse().ok()?, server.parse().ok()?);
        domains.insert(domain, (server, number.parse().ok()?));
    }
    Some(domains)
}

fn file(text: &str) -> Option<LogPosition> {
    let (file, offset) = text.rsplit_once(':')?;
    numbered(file)?;
    Some(LogPosition::File { file: file.to_owned(), offset: offset.parse().ok()? })
}

/// The end of the server's binary log; `None` if it writes none, or the account cannot see it.
///
/// `MariaDB`'s, and that of MySQL without GTIDs, can count a transaction whose rows are not visible yet,
/// because it is written before the storage engine commits. MySQL's set of GTIDs grows after that commit.
pub async fn log_position(connection: &mut Connection) -> Result<Option<LogPosition>, Error> {
    let logs: Option<Option<i64>> = connection.query_optional("SELECT @@GLOBAL.log_bin").await?;
    if logs.flatten() != Some(1) || has_log_filter(connection).await? == Some(true) {
        return Ok(None);
    }
    // Without GTIDs, the variables keep their values from the time when there were some.
    let gtid = match connection.server().flavour {
        Flavour::MariaDb => "SELECT @@GLOBAL.gtid_binlog_pos",
        Flavour::MySql => "SELECT IF(@@GLOBAL.gtid_mode = 'ON', @@GLOBAL.gtid_executed, '')",
    };
    let gtid: Option<Option<String>> = match connection.query_optional(gtid).await {
        Err(error) if error.is_unknown_variable() => None,
        outcome => outcome?,
    };
    match gtid.flatten().filter(|it| !it.is_empty()) {
        Some(text) => Ok(Some(understood(&text)?)),
        None => file_position(connection).await,
    }
}

/// Where the server's binary log ends, as file and offset; `None` if it writes none, or the account may not
/// see it.
pub async fn log_file_position(
    connection: &mut Connection,
) -> Result<Option<binlog::Position>, Error> {
    Ok(file_position(connection).await?.and_then(LogPosition::into_file))
}

fn log_status(connection: &Connection) -> &'static str {
    let newer = connection.server().is_at_least(Flavour::MySql, (8, 2, 0));
    if newer { "SHOW BINARY LOG STATUS" } else { "SHOW MASTER STATUS" }
}

/// Whether the binary log leaves out databases (`binlog-do-db`, `binlog-ignore-db`), so that its position says
/// nothing about them; `None` if the account may not see that. `MariaDB` has variables for it since 11.7.
pub async fn has_log_filter(connection: &mut Connection) -> Result<Option<bool>, Error> {
    let variables_of_filters =
        "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('binlog_do_db', 'binlog_ignore_db')";
    let found = variables(connection, variables_of_filters).await?;
    if !found.is_empty() {
        return Ok(Some(found.values().any(|databases| !databases.is_empty())));
    }
    let statement = log_status(connection);
    match connection.query_optional::<Row>(statement).await {
        Err(error) if error.is_privilege_missing() => Ok(None),
        outcome => Ok(Some(outcome?.is_some_and(|row| {
            [2, 3].iter().any(|place| text(&row, *place).is_some_and(|it| !it.is_empty()))
        }))),
    }
}

async fn file_position(connection: &mut Connection) -> Result<Option<LogPosition>, Error> {
    let statement = log_status(connection);
    let row = match connection.query_optional::<Row>(statement).await {
        Err(error) if error.is_privilege_missing() => return Ok(None),
        outcome => outcome?,
    };
    let Some((file, offset)) = row.and_then(|row| Some((text(&row, 0)?, text(&row, 1)?))) else {
        return Ok(None);
    };
    Ok(Some(understood(&format!("{file}:{offset}"))?))
}

/// The end of `MariaDB`'s binary log when the session's consistent snapshot began: exactly the logged
/// transactions before it are visible. `None` if the log does not contain all changes, or it is MySQL.
///
/// Needs no privilege (`MariaDB`'s manual, "START TRANSACTION WITH CONSISTENT SNAPSHOT").
pub async fn snapshot_position(connection: &mut Connection) -> Result<Option<LogPosition>, Error> {
    let Some(binlog::Position { file, offset }) = snapshot_file_position(connection).await? else {
        return Ok(None);
    };
    // The set of GTIDs outlives a change of the log file.
    let gtid =
        format!("SELECT BINLOG_GTID_POS({}, {offset})", crate::sql::Dialect::MySql.literal(&file));
    let gtid: Option<Option<String>> = connection.query_optional(&gtid).await?;
    let place = gtid.flatten().filter(|it| !it.is_empty());
    Ok(Some(understood(&place.unwrap_or_else(|| format!("{file}:{offset}")))?))
}

/// The same as file and offset.
pub async fn snapshot_file_position(
    connection: &mut Connection,
) -> Result<Option<binlog::Position>, Error> {
    if connection.server().flavour != Flavour::MariaDb {
        return Ok(None);
    }
    let sql = "SHOW SESSION STATUS WHERE Variable_name IN
        ('Binlog_snapshot_file', 'Binlog_snapshot_position')";
    let mut status = variables(connection, sql).await?;
    let place =
        status.remove("binlog_snapshot_file").zip(status.remove("binlog_snapshot_position"));
    let Some((file, offset)) = place.filter(|(file, _)| !file.is_empty()) else { return Ok(None) };
    Ok(understood(&format!("{file}:{offset}"))?.into_file())
}

/// Whether all changes to the server's rows are in its binary log: replicated changes are logged only if the
/// server is set to do so.
pub async fn logs_everything(connection: &mut Connection) -> Result<bool, Error> {
    let sql = "SHOW GLOBAL VARIABLES WHERE Variable_name IN
        ('log_bin', 'log_slave_updates', 'log_replica_updates', 'wsrep_on')";
    let found = variables(connection, sql).await?;
    let is_on = |name: &str| found.get(name).is_some_and(|value| value == "ON" || value == "1");
    if !is_on("log_bin") || has_log_filter(connection).await? == Some(true) {
        return Ok(false);
    }
    if is_on("log_slave_updates") || is_on("log_replica_updates") {
        return Ok(true);
    }
    let sql = "SHOW GLOBAL STATUS WHERE Variable_name IN ('Slave_running', 'Slaves_running')";
    let status = variables(connection, sql).await?;
    let replicates = status.values().any(|value| value != "OFF" && value != "0");
    Ok(!replicates && !is_on("wsrep_on"))
}

/// Whether the server is a node of a Galera cluster: a lock on it blocks the writers of all nodes.
pub async fn is_galera(connection: &mut Connection) -> Result<bool, Error> {
    let found = variables(connection, "SHOW GLOBAL VARIABLES LIKE 'wsrep_on'").await?;
    Ok(found.values().any(|value| value == "ON" || value == "1"))
}

/// Whether nothing can change the server's rows now, not even an administrator. That is known only if the
/// account can see that the server is not a replica.
pub async fn is_closed_for_writes(connection: &mut Connection) -> Result<bool, Error> {
    let found = variables(connection, "SHOW GLOBAL VARIABLES LIKE 'super_read_only'").await?;
    if !found.values().any(|value| value == "ON" || value == "1") {
        return Ok(false);
    }
    let newer = connection.server().is_at_least(Flavour::MySql, (8, 0, 22));
    let statement = if newer { "SHOW REPLICA STATUS" } else { "SHOW SLAVE STATUS" };
    match connection.query::<Row>(statement).await {
        Err(error) if error.is_privilege_missing() => Ok(false),
        outcome => Ok(outcome?.is_empty()),
    }
}

/// Variables with their names in lower case.
async fn variables(
    connection: &mut Connection,
    sql: &str,
) -> Result<BTreeMap<String, String>, Error> {
    let rows: Vec<(String, String)> = connection.query(sql).await?;
    Ok(rows.into_iter().map(|(name, value)| (name.to_lowercase(), value)).collect())
}

fn understood(text: &str) -> Result<LogPosition, Error> {
    text.parse().map_err(|error: ParseError| Error::Unexpected(error.to_string()))
}

fn text(row: &Row, place: usize) -> Option<String> {
    match row.as_ref(place)? {
        Value::Bytes(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        _ => None,
    }
}

/// The server's time, as it prints it.
pub(super) async fn server_time(connection: &mut Connection) -> Result<Option<String>, Error> {
    connection.query_optional("SELECT CAST(NOW() AS CHAR)").await
}

/// The time of the last write to a table of the database, as the server prints it; `None` if the server has
/// no record of a write, which a restart clears.
pub(super) async fn last_write(connection: &mut Connection) -> Result<Option<String>, Error> {
    let last: Option<Option<String>> = connection
        .query_optional(
            "SELECT CAST(MAX(UPDATE_TIME) AS CHAR) FROM information_schema.TABLES \
             WHERE TABLE_SCHEMA = DATABASE()",
        )
        .await?;
    Ok(last.flatten())
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering;

    use super::LogPosition;

    const UUID: &str = "3e11fa47-71ca-11e1-9e33-c80aa9429562";

    fn position(text: &str) -> LogPosition {
        text.parse().unwrap_or_else(|error| panic!("{error}"))
    }

    #[test]
    fn a_position_is_read_as_it_is_printed() {
        for text in [
            "binlog.000003:1234",
            "a:b.c.1000000:4",
            "0-1-17903",
            "0-1-17903,7-2-1",
            "3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5",
            "3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5:7",
        ] {
            assert_eq!(position(text).to_string(), text);
        }
        for text in ["", "binlog:7", "binlog.000003", "0-1", "0-1-2-3", "binlog.000003:x"] {
            assert!(text.parse::<LogPosition>().is_err(), "{text}");
        }
    }

    #[test]
    fn positions_of_one_kind_are_ordered() {
        let compare = |one: &str, two: &str| position(one).partial_cmp(&position(two));
        assert_eq!(compare("b.000009:9", "b.000010:4"), Some(Ordering::Less));
        assert_eq!(compare("b.000010:40", "b.000010:4"), Some(Ordering::Greater));
        assert_eq!(compare("b.000010:4", "b.000010:4"), Some(Ordering::Equal));
        assert_eq!(compare("a.000010:4", "b.000010:4"), None, "another log");
        assert_eq!(compare("0-1-7", "0-1-8"), Some(Ordering::Less));
        assert_eq!(compare("0-1-7", "0-2-7"), None, "the servers diverged");
        assert_eq!(compare("0-1-7,1-1-1", "0-1-7"), Some(Ordering::Greater));
        assert_eq!(compare("0-1-7,1-1-1", "0-1-8"), None);
        assert_eq!(compare(&format!("{UUID}:1-5"), &format!("{UUID}:1-6")), Some(Ordering::Less));
        assert_eq!(compare("0-1-7", "b.000010:4"), None, "another kind");
    }

    #[test]
    fn a_position_contains_earlier_ones() {
        let contains = |one: &str, two: &str| position(one).contains(&position(two));
        assert_eq!(contains("b.000010:4", "b.000009:9"), Some(true));
        assert_eq!(contains("b.000009:9", "b.000010:4"), Some(false));
        assert_eq!(contains("0-1-9", "0-2-7"), Some(true), "another server wrote before");
        assert_eq!(contains("0-1-7", "0-2-7"), Some(false));
        assert_eq!(contains(&format!("{UUID}:1-5:9"), &format!("{UUID}:2-4:9")), Some(true));
        assert_eq!(contains(&format!("{UUID}:1-5:9"), &format!("{UUID}:5-9")), Some(false));
        assert_eq!(contains("0-1-7", "b.000010:4"), None);
    }
}
