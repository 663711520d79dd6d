//! The settings of a session, which do not depend on the server's configuration.

use std::collections::BTreeMap;

use mysql_async::Conn;
use mysql_async::prelude::Queryable as _;

use super::{Access, Error};

/// Whether a session can work without a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    /// Rows could be read or written differently, or not at all.
    Required,
    /// Not every server knows it, or the account may not change it.
    IfPossible,
}

use Need::{IfPossible, Required};

/// The settings that the others depend on, known to every version: a value that does not fit is refused,
/// not cut, and `SHOW VARIABLES` shows all it has. In a strict mode, a server may refuse a value of
/// another variable that it would otherwise adjust.
const FIRST: &str = "SET sql_mode = 'STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO', sql_big_selects = 1,
    sql_select_limit = 18446744073709551615";

/// Names, values as statements take them, and whether the session depends on them.
///
/// Text arrives as UTF-8 and times in UTC; no limit on rows, time or `GROUP_CONCAT` is left; messages
/// are in English. Every statement is a transaction of its own unless one is begun.
const SETTINGS: [(&str, &str, Need); 34] = [
    ("sql_mode", "'STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO'", Required),
    ("sql_big_selects", "1", Required),
    ("sql_select_limit", "18446744073709551615", Required),
    ("time_zone", "'+00:00'", Required),
    ("autocommit", "1", Required),
    // A transaction that ends does not begin another one, and does not end the session.
    ("completion_type", "'NO_CHAIN'", Required),
    ("sql_auto_is_null", "0", Required),
    ("sql_quote_show_create", "1", Required),
    ("sql_safe_updates", "0", Required),
    ("foreign_key_checks", "1", Required),
    ("unique_checks", "1", Required),
    ("lc_messages", "'en_US'", IfPossible),
    // The greatest value that all versions take.
    ("group_concat_max_len", "1073741824", IfPossible),
    ("sql_buffer_result", "0", IfPossible),
    // Whoever takes the rows may pause: the target builds an index, the user is asked.
    ("net_write_timeout", "86400", IfPossible),
    ("net_read_timeout", "86400", IfPossible),
    ("wait_timeout", "86400", IfPossible),
    // MySQL only.
    ("max_execution_time", "0", Required),
    ("use_secondary_engine", "'OFF'", IfPossible),
    ("sql_require_primary_key", "0", IfPossible),
    ("sql_generate_invisible_primary_key", "0", IfPossible),
    ("show_old_temporals", "0", IfPossible),
    ("show_create_table_verbosity", "0", IfPossible),
    // Row counts as they are now, not as they were cached up to a day ago.
    ("information_schema_stats_expiry", "0", IfPossible),
    // To start several threads takes longer than to count the rows of most tables.
    ("innodb_parallel_read_threads", "1", IfPossible),
    // MariaDB only.
    ("max_statement_time", "0", Required),
    ("idle_transaction_timeout", "0", IfPossible),
    ("idle_readonly_transaction_timeout", "0", IfPossible),
    ("idle_write_transaction_timeout", "0", IfPossible),
    ("idle_readwrite_transaction_timeout", "0", IfPossible),
    ("check_constraint_checks", "1", IfPossible),
    ("sql_if_exists", "0", IfPossible),
    // Galera: a read waits for what other nodes have committed, which never arrives under a lock.
    ("wsrep_sync_wait", "0", IfPossible),
    ("wsrep_causal_reads", "0", IfPossible),
];

/// The names of the transaction's characteristics, which depend on the version.
const TRANSACTION: [&str; 4] =
    ["transaction_isolation", "tx_isolation", "transaction_read_only", "tx_read_only"];

/// Puts the settings of a new session in order. One that the server does not know, or does not allow to
/// be changed, costs that setting alone, unless the session depends on it.
pub(super) async fn settle(driver: &mut Conn, access: Access) -> Result<(), Error> {
    run(driver, FIRST).await?;
    run(driver, "SET NAMES utf8mb4 COLLATE utf8mb4_bin").await?;
    let found = read(driver).await?;
    let wanted: Vec<(&str, &str, Need)> = SETTINGS
        .into_iter()
        .filter(|(name, value, _)| found.get(*name).is_some_and(|found| !is_equal(found, value)))
        .collect();
    set(driver, &wanted).await?;
    let transactions = match access {
        Access::ReadOnly => "READ ONLY",
        Access::Writing => "READ WRITE",
    };
    let isolation = "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ";
    run(driver, &format!("{isolation}, {transactions}")).await?;
    require(&read(driver).await?, access)
}

async fn run(driver: &mut Conn, sql: &str) -> Result<(), Error> {
    driver.query_drop(sql).await.map_err(Error::of_statement)
}

/// The session's values of all settings that the server knows.
async fn read(driver: &mut Conn) -> Result<BTreeMap<String, String>, Error> {
    let names = SETTINGS.iter().map(|(name, _, _)| *name).chain(TRANSACTION);
    let names: Vec<String> = names.map(|name| format!("'{name}'")).collect();
    let sql = format!("SHOW SESSION VARIABLES WHERE Variable_name IN ({})", names.join(", "));
    let rows: Vec<(String, String)> = driver.query(sql).await.map_err(Error::of_statement)?;
    Ok(rows.into_iter().map(|(name, value)| (name.to_lowercase(), value)).collect())
}

/// Sets all at once, or each by itself if the server refuses that.
async fn set(driver: &mut Conn, settings: &[(&str, &str, Need)]) -> Result<(), Error> {
    let assignment = |(name, value, _): &(&str, &str, Need)| format!("SESSION {name} = {value}");
    let all: Vec<String> = settings.iter().map(assignment).collect();
    if all.is_empty() {
        return Ok(());
    }
    match run(driver, &format!("SET {}", all.join(", "))).await {
        Err(Error::Server { .. }) => {}
        outcome => return outcome,
    }
    for setting in settings {
        match run(driver, &format!("SET {}", assignment(setting))).await {
            Err(Error::Server { .. }) if setting.2 == IfPossible => {}
            outcome => outcome?,
        }
    }
    Ok(())
}

/// Refuses a session that does not have what it depends on.
fn require(found: &BTreeMap<String, String>, access: Access) -> Result<(), Error> {
    let read_only = if access == Access::ReadOnly { "1" } else { "0" };
    let transaction = [
        ("transaction_isolation", "REPEATABLE-READ"),
        ("tx_isolation", "REPEATABLE-READ"),
        ("transaction_read_only", read_only),
        ("tx_read_only", read_only),
    ];
    let required = SETTINGS.iter().filter(|(_, _, need)| *need == Required);
    for (name, wanted) in required.map(|(name, value, _)| (*name, *value)).chain(transaction) {
        if let Some(found) = found.get(name).filter(|found| !is_equal(found, wanted)) {
            let (name, found) = (name.to_owned(), found.clone());
            return Err(Error::Setting { name, wanted: wanted.to_owned(), found });
        }
    }
    Ok(())
}

/// Whether a value as the server prints it is one as a statement takes it.
fn is_equal(printed: &str, written: &str) -> bool {
    let number = |text: &str| match text {
        "ON" => Some(1.0),
        "OFF" => Some(0.0),
        text => text.parse::<f64>().ok(),
    };
    let written = written.trim_matches('\'');
    let parts = |text: &str| {
        let mut parts: Vec<String> = text.split(',').map(str::to_uppercase).collect();
        parts.sort();
        parts
    };
    match (number(printed), number(written)) {
        (Some(printed), Some(written)) => printed.total_cmp(&written).is_eq(),
        _ => parts(printed) == parts(written),
    }
}

#[cfg(test)]
mod tests {
    use super::is_equal;

    #[test]
    fn values_are_compared_as_servers_print_them() {
        for (printed, written) in [
            ("ON", "1"),
            ("0.000000", "0"),
            ("18446744073709551615", "18446744073709551615"),
            (
                "NO_AUTO_VALUE_ON_ZERO,STRICT_ALL_TABLES",
                "'STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO'",
            ),
            ("+00:00", "'+00:00'"),
        ] {
            assert!(is_equal(printed, written), "{printed} {written}");
        }
        assert!(!is_equal("OFF", "1"));
        assert!(!is_equal("SYSTEM", "'+00:00'"));
        assert!(!is_equal("STRICT_ALL_TABLES", "'STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO'"));
    }
}
