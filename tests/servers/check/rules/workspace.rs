//! The server, the account and the tables as a whole.

use migration_assist::check::Rule;
use migration_assist::mysql::{Dsn, Flavour};
use migration_assist::secret::Secret;

use super::found;
use crate::check::seeds::{SET, report, report_of_set};
use crate::support::mysql::{Source, on_both_flavours, run};

on_both_flavours!(
    unknown_tables_and_columns,
    types,
    character_sets,
    sessions_and_writes,
    a_configuration_in_the_database,
    accounts,
    missing_migrations,
);

async fn unknown_tables_and_columns(source: Source) {
    let sql = "CREATE TABLE schema_migrations (version bigint PRIMARY KEY); INSERT INTO schema_migrations VALUES (1);
        CREATE TABLE mine (id int); CREATE TABLE empty_one (id int); INSERT INTO mine VALUES (1), (2);
        CREATE TABLE Threads (PostId varchar(26) PRIMARY KEY, TeamId varchar(26), Mine text);
        INSERT INTO Threads VALUES ('a', 't', ''), ('b', NULL, 'x');";
    let rules =
        [Rule::LeftoverTable, Rule::LeftoverColumn, Rule::UnknownTable, Rule::UnknownColumn];
    let none = Vec::<String>::new;
    let mut found = found(&source, sql, &rules).await;
    // Their order is that of the names, which is another where names are in lower case.
    found.sort();
    assert_eq!(
        found,
        [
            ("leftover-column Threads.TeamId".to_owned(), 1, none()),
            ("leftover-table schema_migrations".to_owned(), 1, none()),
            ("unknown-column Threads.Mine".to_owned(), 2, none()),
            ("unknown-table empty_one".to_owned(), 0, none()),
            ("unknown-table mine".to_owned(), 2, none()),
        ]
    );
}

async fn types(source: Source) {
    let sql = "CREATE TABLE Status (UserId varchar(26) PRIMARY KEY, Manual datetime, DNDEndTime int(11));";
    let places: Vec<String> = found(&source, sql, &[Rule::TypeDiffers, Rule::MissingColumn])
        .await
        .into_iter()
        .map(|(place, _, _)| place)
        .collect();
    assert!(places.contains(&"type-differs Status.Manual".to_owned()), "{places:?}");
    assert!(places.contains(&"type-differs Status.DNDEndTime".to_owned()), "{places:?}");
    assert!(places.contains(&"missing-column Status.LastActivityAt".to_owned()), "{places:?}");
}

async fn character_sets(source: Source) {
    let sql =
        "CREATE TABLE Teams (Id varchar(26) PRIMARY KEY, Name varchar(64) CHARACTER SET latin1,
            Email varchar(64) CHARACTER SET ascii, DisplayName varchar(64) CHARACTER SET utf8mb3);";
    let expected = vec![("character-set ".to_owned(), 1, Vec::new()); 2];
    assert_eq!(found(&source, sql, &[Rule::CharacterSet]).await, expected, "ascii and latin1");
}

async fn sessions_and_writes(mut source: Source) {
    let sql = "CREATE TABLE Posts (Id varchar(26) PRIMARY KEY, UpdateAt bigint);
        INSERT INTO Posts VALUES ('a', 1000 * (UNIX_TIMESTAMP() - 5)), ('b', 7);";
    let other = source.connect().await;
    let found_so_far = found(&source, sql, &[Rule::InUse]).await;
    let report = report_of_set(&source.dsn, Some(SET)).await;
    let name = format!("(session {} of {} from ", other.id(), source.dsn.user);
    assert!(report.findings.iter().any(|it| it.message.contains(&name)), "{name}: {report:?}");
    assert!(report.not_checked.is_empty(), "{:?}", report.not_checked);
    let reader = source.account("SELECT", "BY 'secret'").await;
    let reader = Dsn { password: "secret".into(), ..reader };
    let unseen = report_of_set(&reader, Some(SET)).await.not_checked;
    let grant = format!("GRANT PROCESS ON *.* TO '{}'@'%';", reader.user);
    assert!(unseen.iter().any(|it| it.reason.contains(&grant)), "{unseen:?}");
    drop(other);
    let places: Vec<&str> = found_so_far.iter().map(|(place, _, _)| place.as_str()).collect();
    assert_eq!(places, ["in-use ", "in-use Posts"]);
}

async fn a_configuration_in_the_database(source: Source) {
    let sql = "CREATE TABLE Configurations (Id varchar(26) PRIMARY KEY, Value mediumtext, CreateAt bigint, Active tinyint(1));
        INSERT INTO Configurations VALUES ('a', '{}', 0, 1);";
    let expected = vec![("database-configuration Configurations".to_owned(), 1, Vec::new())];
    assert_eq!(found(&source, sql, &[Rule::DatabaseConfiguration]).await, expected);
}

async fn accounts(mut source: Source) {
    let dsn = source.account("SELECT", "BY 'reader'").await;
    let password = Secret::new("reader");
    let report = report_of_set(&Dsn { password, ..dsn }, Some(SET)).await;
    let ids: Vec<Rule> = report.findings.iter().map(|finding| finding.id).collect();
    assert!(!ids.contains(&Rule::Privileges), "{ids:?}");
    let speaks_native = source.flavour == Flavour::MariaDb;
    assert_eq!(ids.contains(&Rule::LoginPlugin), !speaks_native);
    let dsn = source.account("INSERT", "BY 'writer'").await;
    let password = Secret::new("writer");
    let report = report_of_set(&Dsn { password, ..dsn }, Some(SET)).await;
    let finding = report.findings.iter().find(|finding| finding.id == Rule::Privileges);
    assert_eq!(finding.expect("a finding").details["missing"], "SELECT");
}

async fn missing_migrations(source: Source) {
    let sql = "CREATE TABLE Systems (Name varchar(64) PRIMARY KEY, Value text);
        INSERT INTO Systems VALUES ('Version', '6.3.0');";
    run(&mut source.connect().await, sql).await;
    let report = report(&source.dsn).await;
    let finding = report.findings.iter().find(|finding| finding.id == Rule::NoMigrations);
    assert_eq!(finding.expect("a finding").details["systems-version"], "6.3.0");
}
