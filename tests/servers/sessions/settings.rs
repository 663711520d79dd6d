//! Settings of the source's server change nothing in a session.

use migration_assist::mysql::{Access, Dsn, Flavour};

use crate::copy::workspace::Pair;
use crate::support::mysql::{Source, open, run as execute};
use crate::support::own_server::OwnServer;
use crate::support::program::{command_in, finish};

/// Of both kinds of servers: settings with which a session would read, write or end differently.
const GLOBAL: &str =
    "SET GLOBAL group_concat_max_len = 4, sql_select_limit = 7, time_zone = '+05:30',
    completion_type = 'RELEASE', net_write_timeout = 1, wait_timeout = 1, sql_safe_updates = 1,
    foreign_key_checks = 0, sql_buffer_result = 1, autocommit = 0, sql_quote_show_create = 0";

async fn change_nothing(kind: &str, flavour: Flavour, more: &str, expected: &[(&str, &str)]) {
    let server = OwnServer::start(kind);
    let dsn: Dsn = server.dsn().parse().expect("a DSN");
    let mut administrator = open(&dsn, Access::Writing).await;
    assert_eq!(administrator.server().flavour, flavour);
    execute(&mut administrator, "CREATE USER reader@'%' IDENTIFIED BY 'secret'").await;
    let reader = Dsn { user: "reader".to_owned(), password: "secret".into(), ..dsn.clone() };
    for mode in ["TRADITIONAL", "STRICT_ALL_TABLES", "ANSI,NO_BACKSLASH_ESCAPES"] {
        execute(&mut administrator, &format!("{GLOBAL}; {more}; SET GLOBAL sql_mode = '{mode}'"))
            .await;
        for dsn in [&dsn, &reader] {
            let mut connection = open(dsn, Access::ReadOnly).await;
            let both = [
                ("sql_select_limit", "18446744073709551615"),
                ("group_concat_max_len", "1073741824"),
                ("time_zone", "+00:00"),
                ("completion_type", "NO_CHAIN"),
                ("autocommit", "ON"),
                ("net_write_timeout", "86400"),
                ("foreign_key_checks", "ON"),
                ("sql_mode", "NO_AUTO_VALUE_ON_ZERO,STRICT_ALL_TABLES"),
            ];
            for (name, value) in both.iter().chain(expected) {
                let sql = format!("SHOW SESSION VARIABLES LIKE '{name}'");
                let found: Vec<(String, String)> = connection.query(&sql).await.expect("a setting");
                let found: Vec<_> = found.into_iter().map(|(_, value)| value).collect();
                let sorted = |text: &str| {
                    let mut parts: Vec<_> = text.split(',').map(str::to_owned).collect();
                    parts.sort();
                    parts
                };
                assert_eq!(found.len(), 1, "{name}");
                assert_eq!(sorted(&found[0]), sorted(value), "{name} under {mode}");
            }
        }
    }
}

#[tokio::test]
async fn settings_of_mysql_change_nothing() {
    let more = "SET GLOBAL max_execution_time = 1000, sql_generate_invisible_primary_key = 1,
        sql_require_primary_key = 1";
    change_nothing("mysql", Flavour::MySql, more, &[("max_execution_time", "0")]).await;
}

/// A table without a key that a repair removed comes back where the server requires keys.
#[tokio::test]
async fn a_table_without_a_key_comes_back_where_keys_are_required() {
    let server = OwnServer::start("mysql");
    let administrator: Dsn = server.dsn().parse().expect("a DSN");
    let source = Source::create_on(Flavour::MySql, administrator).await;
    let pair = Pair::filled(source).await;
    let table =
        "CREATE TABLE schema_migrations (version bigint NOT NULL, dirty tinyint(1) NOT NULL);
        INSERT INTO schema_migrations VALUES (1, 0)";
    pair.sql(&format!("{table}; SET GLOBAL sql_require_primary_key = 1")).await;
    let folder = tempfile::tempdir().expect("a folder");
    let sides = (&pair.source.dsn, &pair.target.dsn);
    let run = |arguments: &[&str]| finish(command_in(folder.path(), sides, arguments));
    let tables = "SELECT count(*) FROM information_schema.TABLES
        WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'schema_migrations'";
    let mut connection = pair.source.connect().await;
    run(&["mysql", "--fix-artifacts"]).expect(0);
    assert_eq!(connection.query_optional::<u64>(tables).await.expect("a count"), Some(0));
    run(&["mysql", "--undo", "quarantine.jsonl"]).expect(0);
    let row = "SELECT CONCAT(version, ' ', dirty) FROM schema_migrations";
    let row: Option<String> = connection.query_optional(row).await.expect("a table");
    assert_eq!(row.as_deref(), Some("1 0"));
}

#[tokio::test]
async fn settings_of_mariadb_change_nothing() {
    let more = "SET GLOBAL max_statement_time = 1, idle_transaction_timeout = 1,
        idle_readonly_transaction_timeout = 1, idle_write_transaction_timeout = 1";
    let expected = [
        ("max_statement_time", "0.000000"),
        ("idle_transaction_timeout", "0"),
        ("idle_readonly_transaction_timeout", "0"),
        ("idle_write_transaction_timeout", "0"),
    ];
    change_nothing("mariadb", Flavour::MariaDb, more, &expected).await;
}
