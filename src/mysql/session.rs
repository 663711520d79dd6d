//! The settings of a session, which do not depend on the server's configuration.

use std::collections::BTreeMap;

use mysql_async::Conn;
use mysql_async::prelude::Queryable as _;

use super::{Access, Error};

/// Whether a session can work without a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    /// Without it, rows could be read or written differently, or not at all.
    Required,
    /// Not every server has it, or the account may not change it.
    IfPossible,
}

use Need::{IfPossible, Required};

/// Settings that the others depend on, which every version has: a value that does not fit is rejected, not
/// cut, and `SHOW VARIABLES` is complete. In a strict mode, a server may reject a value of another variable
/// that it would otherwise adjust.
const FIRST: &str = "SET sql_mode = 'STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO', sql_big_selects = 1,
    sql_select_limit = 18446744073709551615";

/// Names, values in the form of statements, and whether the session depends on them.
///
/// Text arrives as UTF-8 and times in UTC; rows, time and `GROUP_CONCAT` have no limit; messages are in
/// English. Every statement is a transaction of its own unless one is begun.
const SETTINGS: [(&str, &str, Need); 34] = [
    ("sql_mode", "'STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO'", Required),
    ("sql_big_selects", "1", Required),
    ("sql_select_limit", "18446744073709551615", Required),
    ("time_zone", "'+00:00'", Required),
    ("autocommit", "1", Required),
    // The end of a transaction neither begins another one nor ends the session.
    ("completion_type", "'NO_CHAIN'", Required),
    ("sql_auto_is_null", "0", Required),
    ("sql_quote_show_create", "1", Required),
    ("sql_safe_updates", "0", Required),
    ("foreign_key_checks", "1", Required),
    ("unique_checks", "1", Required),
    ("lc_messages", "'en_US'", IfPossible),
    // The greatest value that all versions accept.
    ("group_concat_max_len", "1073741824", IfPossible),
    ("sql_buffer_result", "0", IfPossible),
    // The reader of the rows may pause: the target builds an index, the user is asked.
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
    // Current row counts instead of counts that were cached up to a day ago.
    ("information_schema_stats_expiry", "0", IfPossible),
    // Starting several threads takes longer than counting the rows of most tables.
    ("innodb_parallel_read_threads", "1", IfPossible),
    // MariaDB only.
    ("max_statement_time", "0", Required),
    ("idle_transaction_timeout", "0", IfPossible),
    ("idle_readonly_transaction_timeout", "0", IfPossible),
    ("idle_write_transaction_timeout", "0", IfPossible),
    ("idle_readwrite_transaction_timeout", "0", IfPossible),
    ("check_constraint_checks", "1", IfPossible),
    ("sql_if_exists", "0", IfPossible),
    // Galera: a read would wait for what other nodes have committed, which never arrives under a lock.
    ("wsrep_sync_wait", "0", IfPossible),
    ("wsrep_causal_reads", "0", IfPossible),
];

/// How long a session that writes waits for a lock, in seconds: other sessions queue behind its request. The
/// target's sessions have the same limit.
const LOCK_TIMEOUTS: [(&str, &str, Need); 2] =
    [("lock_wait_timeout", "60", IfPossible), ("innodb_lock_wait_timeout", "60", IfPossible)];

/// The names of the transaction's characteristics, which depend on the version.
const TRANSACTION: [&str; 4] =
    ["transaction_isolation", "tx_isolation", "transaction_read_only", "tx_read_only"];

/// Applies the settings to a new session. A setting that the server does not have, or does not allow to
/// change, is skipped unless the session depends on it.
pub(super) async fn configure_session(driver: &mut Conn, access: Access) -> Result<(), Error> {
    run(driver, FIRST).await?;
    run(driver, "SET NAMES utf8mb4 COLLATE utf8mb4_bin").await?;
    let found = read(driver).await?;
    let wanted: Vec<(&str, &str, Need)> = SETTINGS
        .into_iter()
        .filter(|(name, value, _)| found.get(*name).is_some_and(|found| !is_equal(found, value)))
        .collect();
    set(driver, &wanted).await?;
    if access == Access::Writing {
        set(driver, &LOCK_TIMEOUTS).await?;
    }
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

/// The session's values of all settings that the server has.
async fn read(driver: &mut Conn) -> Result<BTreeMap<String, String>, Error> {
    let names = SETTINGS.iter().map(|(name, _, _)| *name).chain(TRANSACTION);
    let names: Vec<String> = names.map(|name| format!("'{name}'")).collect();
    let sql = format!("SHOW SESSION VARIABLES WHERE Variable_name IN ({})", names.join(", "));
    let rows: Vec<(String, String)> = driver.query(sql).await.map_err(Error::of_statement)?;
    Ok(rows.into_iter().map(|(name, value)| (name.to_lowercase(), value)).collect())
}

/// Sets all at once, or one by one if the server rejects that.
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

/// Refuses a session without a required setting.
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

/// Whether a printed value equals a value in the form of a statement.
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
    use std::collections::BTreeMap;

    use super::{Access, Error, is_equal, require};

    /// The variables of a session by the manual of a release.
    fn variables(manual: &str) -> BTreeMap<String, String> {
        let (_, rest) = manual.split_once("[session variables]\n").expect("a section");
        let lines = rest.lines().take_while(|line| !line.is_empty());
        let pairs = lines.map(|line| line.split_once(' ').expect("a name and a value"));
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    /// These releases cannot be installed here; their answers are written from their manuals.
    #[test]
    fn sessions_of_releases_known_by_their_manuals_have_what_is_required() {
        for manual in [
            include_str!("../../testdata/manuals/mysql-5.7.txt"),
            include_str!("../../testdata/manuals/mysql-8.0.txt"),
            include_str!("../../testdata/manuals/mysql-8.4.txt"),
        ] {
            let mut found = variables(manual);
            require(&found, Access::ReadOnly).expect("every required setting");
            found.insert("time_zone".to_owned(), "SYSTEM".to_owned());
            let error =
                require(&found, Access::ReadOnly).expect_err("a required setting is missing");
            assert!(matches!(error, Error::Setting { name, .. } if name == "time_zone"));
        }
    }

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
