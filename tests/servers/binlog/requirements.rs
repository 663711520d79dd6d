//! What keeps a source from being followed is named, and what is advised removes it.

use migration_assist::mysql::binlog::{Follower, LogStart, Obstacle, read_requirements};
use migration_assist::mysql::{Access, Connection, Dsn, Flavour, read_catalog};
use migration_assist::secret::Secret;

use super::fixture::{end_of_log, replica_id};
use crate::support::mysql::{Source, on_both_flavours, open, run};
use crate::support::own_server::{OwnServer, on_servers_of_both_flavours};

on_both_flavours![the_grants_that_are_advised_let_an_account_follow, tables_without_transactions];
on_servers_of_both_flavours![settings_are_named_with_what_changes_them];

async fn obstacles(connection: &mut Connection) -> Vec<Obstacle> {
    read_requirements(connection).await.expect("the requirements")
}

/// Those that the rights of the account are, each with its statement.
async fn rights(connection: &mut Connection) -> Vec<String> {
    let server = connection.server().clone();
    let obstacles = obstacles(connection).await;
    let rights = obstacles.iter().filter(|it| matches!(it, Obstacle::Rights { .. }));
    rights.map(|it| it.statement(&server).expect("a statement")).collect()
}

async fn the_grants_that_are_advised_let_an_account_follow(mut source: Source) {
    let mut administrator = source.connect().await;
    run(&mut administrator, "CREATE TABLE Posts (id int PRIMARY KEY)").await;
    assert_eq!(rights(&mut administrator).await, [""; 0], "an administrator lacks nothing");

    let account = source.account("SELECT", "BY 'pw'").await;
    let account = Dsn { password: Secret::new("pw"), ..account };
    let mut reader = open(&account, Access::ReadOnly).await;
    let catalog = read_catalog(&mut reader).await.expect("a catalog");
    let start = LogStart::Position(end_of_log(&mut administrator).await);
    let follow = async || Follower::open(&account, &catalog, &start, replica_id()).await;
    assert!(follow().await.is_err(), "SELECT is not enough");

    let [statements] = rights(&mut reader).await.try_into().expect("one obstacle");
    run(&mut administrator, &statements).await;
    let mut again = open(&account, Access::ReadOnly).await;
    assert_eq!(rights(&mut again).await, [""; 0], "after {statements}");
    let mut follower = follow().await.expect("a follower");
    run(&mut administrator, "SET SESSION binlog_format = 'ROW'; INSERT INTO Posts VALUES (1)")
        .await;
    let end = end_of_log(&mut administrator).await;
    assert!(!super::fixture::events_until(&mut follower, &end).await.is_empty());
}

async fn tables_without_transactions(source: Source) {
    let mut connection = source.connect().await;
    run(&mut connection, "CREATE TABLE `odd ``name` (id int PRIMARY KEY) ENGINE = MyISAM").await;
    let engines = |obstacles: Vec<Obstacle>| {
        obstacles.into_iter().filter(|it| matches!(it, Obstacle::Engine { .. })).collect::<Vec<_>>()
    };
    let found = engines(obstacles(&mut connection).await);
    let [obstacle] = &found[..] else { panic!("one table: {found:?}") };
    assert_eq!(obstacle.table(), Some("odd `name"));
    assert_eq!(obstacle.to_string(), "the table has the storage engine MyISAM");
    let statement = obstacle.statement(connection.server()).expect("a statement");
    run(&mut connection, &statement).await;
    assert_eq!(engines(obstacles(&mut connection).await), []);
}

/// Settings that keep a source from being followed, and what is said of them.
const OF_BOTH: [(&str, &str); 2] = [
    (
        "binlog_format = 'MIXED'",
        "the source logs statements instead of rows (`binlog_format` is MIXED)",
    ),
    (
        "binlog_row_image = 'MINIMAL'",
        "the source logs only parts of rows (`binlog_row_image` is MINIMAL)",
    ),
];
const OF_MYSQL: [(&str, &str); 2] = [
    (
        "binlog_row_value_options = 'PARTIAL_JSON'",
        "the source logs only parts of JSON values (`binlog_row_value_options` is PARTIAL_JSON)",
    ),
    ("binlog_expire_logs_seconds = 7200", "the source keeps its binary log for 2 h"),
];
/// `MariaDB` before 10.6 counts the last one in days.
const OF_MARIADB: [(&str, &str); 2] = [
    ("log_bin_compress = ON", "the source compresses events (`log_bin_compress` is ON)"),
    ("binlog_expire_logs_seconds = 7200", "the source keeps its binary log for 2 h"),
];

async fn settings_are_named_with_what_changes_them(flavour: Flavour) {
    let kind = match flavour {
        Flavour::MySql => "mysql",
        Flavour::MariaDb => "mariadb",
    };
    let server = OwnServer::start(kind);
    let administrator = server.dsn().parse().expect("a DSN");
    let source = Source::create_on(flavour, administrator).await;
    let mut connection = source.connect().await;
    run(&mut connection, "SET GLOBAL binlog_format = 'ROW'").await;
    assert_eq!(obstacles(&mut connection).await, []);
    let own = match flavour {
        Flavour::MySql => &OF_MYSQL[..],
        Flavour::MariaDb if connection.server().is_at_least(flavour, (10, 6, 1)) => &OF_MARIADB,
        Flavour::MariaDb => &OF_MARIADB[..1],
    };
    for (setting, message) in OF_BOTH.iter().chain(own) {
        run(&mut connection, &format!("SET GLOBAL {setting}")).await;
        let found = obstacles(&mut connection).await;
        let messages: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(messages, [*message]);
        let statement = found[0].statement(connection.server()).expect("a statement");
        run(&mut connection, &statement).await;
        assert_eq!(obstacles(&mut connection).await, [], "after {statement}");
    }
}
