//! What keeps the binary log of a server from being followed, and what removes it.

use std::collections::BTreeMap;

use super::obstacle::Obstacle;
use crate::mysql::{
    Connection, Error, Flavour, OpenSession, Row, global_rights, logs_everything, missing_rights,
    open_sessions, user_of, writers_on_read_only,
};

/// How long the log has to be kept at least, in hours: a copy, and time to look after it.
const SHORTEST_RETENTION: u64 = 24;
/// Seconds of an hour.
const SECONDS: u64 = 3600;

/// The settings that matter. A variable that a server does not know is not listed.
const VARIABLES: &str = "SHOW GLOBAL VARIABLES WHERE Variable_name IN
    ('log_bin', 'binlog_format', 'binlog_row_image', 'binlog_row_value_options', 'log_bin_compress',
     'binlog_storage_engine', 'binlog_expire_logs_seconds', 'expire_logs_days')";

/// Reads what keeps the source from being followed: its settings, the rights of the account, and the
/// tables of the current database. Empty if nothing does.
pub async fn read_requirements(connection: &mut Connection) -> Result<Vec<Obstacle>, Error> {
    let variables = read_variables(connection).await?;
    let server = connection.server().clone();
    let mut obstacles = of_settings(&variables, server.flavour);
    let database = connection.database().await?;
    let rights = missing_rights(connection, &database).await?;
    obstacles.extend(rights.map(|(missing, account)| Obstacle::Rights { missing, account }));
    if is_on(variables.get("log_bin")) {
        if !logs_everything(connection).await? {
            obstacles.push(Obstacle::Replica);
        }
        obstacles.extend(filter(connection, &database).await?);
    }
    obstacles.extend(other_engines(connection).await?);
    Ok(obstacles)
}

fn is_on(value: Option<&String>) -> bool {
    value.is_some_and(|value| value == "ON" || value == "1")
}

/// The obstacles that the server's settings are.
fn of_settings(variables: &BTreeMap<String, String>, flavour: Flavour) -> Vec<Obstacle> {
    let mut obstacles = Vec::new();
    let value = |name: &str| variables.get(name).map(|value| value.to_uppercase());
    if !is_on(variables.get("log_bin")) {
        obstacles.push(Obstacle::NoLog);
    }
    if let Some(found) = value("binlog_format").filter(|it| it != "ROW") {
        obstacles.push(Obstacle::Format { found });
    }
    if let Some(found) = value("binlog_row_image").filter(|it| it != "FULL") {
        obstacles.push(Obstacle::RowImage { found });
    }
    if value("binlog_row_value_options").is_some_and(|it| it.contains("PARTIAL_JSON")) {
        obstacles.push(Obstacle::PartialJson);
    }
    if flavour == Flavour::MariaDb && is_on(variables.get("log_bin_compress")) {
        obstacles.push(Obstacle::CompressedEvents);
    }
    if value("binlog_storage_engine").is_some_and(|it| !it.is_empty()) {
        obstacles.push(Obstacle::StorageEngine);
    }
    if let Some(hours) = retention(variables).filter(|&hours| hours < SHORTEST_RETENTION) {
        obstacles.push(Obstacle::Retention { hours });
    }
    obstacles
}

/// For how long a server keeps its log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogRetention(Option<u64>);

impl LogRetention {
    /// Whether more than half of the time is over after so many seconds.
    #[must_use]
    pub fn is_half_over(self, seconds: u64) -> bool {
        self.0.is_some_and(|hours| seconds > hours * SECONDS / 2)
    }
}

/// Reads for how long the server keeps its log.
pub async fn log_retention(connection: &mut Connection) -> Result<LogRetention, Error> {
    Ok(LogRetention(retention(&read_variables(connection).await?)))
}

async fn read_variables(connection: &mut Connection) -> Result<BTreeMap<String, String>, Error> {
    let variables: Vec<(String, String)> = connection.query(VARIABLES).await?;
    Ok(variables.into_iter().map(|(name, value)| (name.to_lowercase(), value)).collect())
}

/// For how many hours the log is kept; `None` if it is not removed by age. Where a server has both
/// settings, the days are the seconds, rounded.
fn retention(variables: &BTreeMap<String, String>) -> Option<u64> {
    let seconds = variables.get("binlog_expire_logs_seconds").and_then(|it| it.parse::<u64>().ok());
    if let Some(seconds) = seconds.filter(|&seconds| seconds > 0) {
        return Some(seconds / SECONDS);
    }
    // MariaDB takes parts of a day, and prints six digits of them.
    let (days, fraction) = variables.get("expire_logs_days").map(|days| {
        let (days, fraction) = days.split_once('.').unwrap_or((days, ""));
        (days.parse::<u64>().ok(), format!("{fraction:0<6}").parse::<u64>().ok())
    })?;
    let millionths = days? * 1_000_000 + fraction?;
    (millionths > 0).then_some(millionths * 24 / 1_000_000)
}

/// Whether `binlog_do_db` or `binlog_ignore_db` leaves the database out of the log. An account that may
/// not see positions has that reported already.
async fn filter(connection: &mut Connection, database: &str) -> Result<Option<Obstacle>, Error> {
    let newer = connection.server().is_at_least(Flavour::MySql, (8, 2, 0));
    let statement = if newer { "SHOW BINARY LOG STATUS" } else { "SHOW MASTER STATUS" };
    let row: Option<Row> = match connection.query_optional(statement).await {
        Err(error) if error.is_privilege_missing() => None,
        outcome => outcome?,
    };
    let Some(row) = row else { return Ok(None) };
    let column = |place| row.get_opt::<Option<String>, _>(place).and_then(Result::ok).flatten();
    let (only, not) = (column(2).unwrap_or_default(), column(3).unwrap_or_default());
    Ok(leaves_out(&only, &not, database).then_some(Obstacle::Filter))
}

fn leaves_out(only: &str, not: &str, database: &str) -> bool {
    let names = |list: &str| list.split(',').any(|name| name.eq_ignore_ascii_case(database));
    (!only.is_empty() && !names(only)) || names(not)
}

/// The tables of the current database whose changes cannot be rolled back: the log of a failed statement
/// shows changes of them alone.
async fn other_engines(connection: &mut Connection) -> Result<Vec<Obstacle>, Error> {
    let tables: Vec<(String, String)> = connection
        .query(
            "SELECT TABLE_NAME, t.ENGINE FROM information_schema.TABLES t \
             JOIN information_schema.ENGINES e ON e.ENGINE = t.ENGINE \
             WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE' \
               AND COALESCE(e.TRANSACTIONS, 'NO') <> 'YES' ORDER BY TABLE_NAME",
        )
        .await?;
    Ok(tables.into_iter().map(|(table, engine)| Obstacle::Engine { table, engine }).collect())
}

/// The same before a copy, and the accounts that would keep it from being switched later.
pub async fn read_obstacles(connection: &mut Connection) -> Result<Vec<Obstacle>, Error> {
    let mut obstacles = read_requirements(connection).await?;
    obstacles.extend(find_writers(connection).await?);
    Ok(obstacles)
}

/// The accounts whose sessions in the current database a read-only server does not keep from writing, so
/// that nothing could be switched while they are open. An account that may not see the rights of others has
/// its own looked at.
async fn find_writers(connection: &mut Connection) -> Result<Vec<Obstacle>, Error> {
    if connection.server().flavour == Flavour::MySql {
        return Ok(Vec::new());
    }
    let database = connection.database().await?;
    let sessions = open_sessions(connection).await?.sessions;
    let is_connected = |account: &String| {
        let is_of = |it: &OpenSession| it.user == user_of(account);
        sessions.iter().any(|it| is_of(it) && it.database.as_ref() == Some(&database))
    };
    let writers = if let Some(writers) = writers_on_read_only(connection).await? {
        writers
    } else {
        let own = global_rights(connection).await?;
        let may_write = own.may_freeze(connection.server());
        may_write.then_some(own.account).into_iter().collect()
    };
    let writers = writers.into_iter().filter(is_connected);
    Ok(writers.map(|account| Obstacle::Writer { account }).collect())
}

#[cfg(test)]
mod tests {
    use super::{Flavour, LogRetention, Obstacle, leaves_out, of_settings};

    fn found(settings: &[(&str, &str)], flavour: Flavour) -> Vec<Obstacle> {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        of_settings(&settings.iter().map(owned).collect(), flavour)
    }

    const GOOD: [(&str, &str); 3] =
        [("log_bin", "ON"), ("binlog_format", "ROW"), ("binlog_row_image", "FULL")];

    #[test]
    fn settings_that_log_less_than_rows_are_obstacles() {
        assert_eq!(found(&GOOD, Flavour::MySql), []);
        let with = |name, value| {
            let others = GOOD.into_iter().filter(|(other, _)| *other != name);
            let settings: Vec<_> = others.chain([(name, value)]).collect();
            found(&settings, Flavour::MariaDb)
        };
        assert_eq!(with("log_bin", "OFF"), [Obstacle::NoLog]);
        assert_eq!(with("binlog_format", "MIXED"), [Obstacle::Format { found: "MIXED".into() }]);
        let minimal = Obstacle::RowImage { found: "MINIMAL".to_owned() };
        assert_eq!(with("binlog_row_image", "minimal"), [minimal]);
        assert_eq!(with("binlog_row_value_options", "PARTIAL_JSON"), [Obstacle::PartialJson]);
        assert_eq!(with("binlog_row_value_options", ""), []);
        assert_eq!(with("log_bin_compress", "ON"), [Obstacle::CompressedEvents]);
        assert_eq!(with("binlog_storage_engine", "innodb"), [Obstacle::StorageEngine]);
    }

    #[test]
    fn the_log_is_kept_for_a_day_at_least() {
        let with = |name, value| found(&[&GOOD[..], &[(name, value)]].concat(), Flavour::MySql);
        assert_eq!(with("binlog_expire_logs_seconds", "0"), []);
        assert_eq!(with("binlog_expire_logs_seconds", "2592000"), []);
        let short = with("binlog_expire_logs_seconds", "21600");
        assert_eq!(short, [Obstacle::Retention { hours: 6 }]);
        assert_eq!(with("expire_logs_days", "1"), []);
        let day = LogRetention(Some(24));
        assert!(day.is_half_over(50_000) && !day.is_half_over(40_000));
        assert!(!LogRetention(None).is_half_over(u64::MAX));
        assert_eq!(with("expire_logs_days", "0.500000"), [Obstacle::Retention { hours: 12 }]);
    }

    #[test]
    fn filters_are_lists_of_names() {
        assert!(!leaves_out("", "", "chat"));
        assert!(!leaves_out("other,Chat", "", "chat"));
        assert!(leaves_out("other", "", "chat"));
        assert!(leaves_out("", "other,chat", "chat"));
    }
}
