//! The settings of a session, which leave nothing to the server's configuration.

use super::{Access, Flavour, Server};

/// The statements that settle a new session.
///
/// Text arrives as UTF-8 and times in UTC; comparisons of text from expressions are by code point;
/// no limit on rows, time or `GROUP_CONCAT` is left; messages are in English. Every statement is a
/// transaction of its own unless one is begun, and that sees one state of the database.
pub(super) fn statements(server: &Server, access: Access) -> Vec<String> {
    let mut settings = vec![
        "NAMES utf8mb4 COLLATE utf8mb4_bin".to_owned(),
        "time_zone = '+00:00'".to_owned(),
        // A value that does not fit is refused, not cut; nor is a text that cannot be converted.
        "sql_mode = 'STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO'".to_owned(),
        "autocommit = 1".to_owned(),
        "lc_messages = 'en_US'".to_owned(),
        "group_concat_max_len = 4294967295".to_owned(),
        "sql_select_limit = 18446744073709551615".to_owned(),
        "sql_big_selects = 1".to_owned(),
        "sql_auto_is_null = 0".to_owned(),
        "sql_quote_show_create = 1".to_owned(),
        // Whoever takes the rows may pause: the target builds an index, a person is asked.
        "net_write_timeout = 86400".to_owned(),
        "net_read_timeout = 86400".to_owned(),
        "wait_timeout = 86400".to_owned(),
    ];
    match server.flavour {
        Flavour::MariaDb => settings.push("max_statement_time = 0".to_owned()),
        Flavour::MySql => {
            settings.push("max_execution_time = 0".to_owned());
            if server.is_at_least(Flavour::MySql, (8, 0, 0)) {
                // Row counts as they are now, not as they were cached up to a day ago.
                settings.push("information_schema_stats_expiry = 0".to_owned());
            }
            if server.is_at_least(Flavour::MySql, (8, 0, 14)) {
                // To start several threads takes longer than to count the rows of most tables.
                settings.push("innodb_parallel_read_threads = 1".to_owned());
            }
        }
    }
    let transactions = match access {
        Access::ReadOnly => "READ ONLY",
        Access::Writing => "READ WRITE",
    };
    vec![
        format!("SET {}", settings.join(", ")),
        format!("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ, {transactions}"),
    ]
}
