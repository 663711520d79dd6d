//! Short dumps: rules that compare rows, and their reports if they cannot.

use std::io::Cursor;

use super::{Candidates, Error, Survey, survey};
use crate::check::{CheckOptions, CheckReport, Rule};
use crate::ddl;
use crate::dump::{Input, Reader};
use crate::models::Models;
use crate::progress::Silent;
use crate::release::MigrationSet;
use crate::schema::Catalog;
use crate::sql::Dialect;

const TARGET: &str = "CREATE TABLE policies (id varchar(26) PRIMARY KEY);
    CREATE TABLE members (id varchar(26) PRIMARY KEY, policyid varchar(26) REFERENCES policies (id));
    CREATE TABLE users (id varchar(26) PRIMARY KEY, username varchar(64));
    CREATE TABLE db_migrations (version bigint PRIMARY KEY, name varchar(64));";

/// Children precede their parents here, and colliding names are separated.
const DUMP: &str = "
    CREATE TABLE db_migrations (Version bigint PRIMARY KEY, Name varchar(64));
    CREATE TABLE Members (Id varchar(26) PRIMARY KEY, PolicyId varchar(26));
    INSERT INTO Members VALUES ('1','p'),('2','gone'),('3',NULL),('4','gone'),('5','P');
    CREATE TABLE Policies (Id varchar(26) PRIMARY KEY);
    INSERT INTO Policies VALUES ('p');
    CREATE TABLE Users (Id varchar(26) PRIMARY KEY, Username varchar(64));
    INSERT INTO Users VALUES ('a','ann'),('b','bob'),('c','ANN'),('d','Dora'),('e',NULL);
    INSERT INTO db_migrations VALUES (1,'one');";

fn target() -> Catalog {
    ddl::read(Dialect::Postgres, TARGET).expect("DDL")
}

async fn surveyed(text: &str, options: CheckOptions) -> Survey {
    let mut candidates = Candidates::default();
    candidates.add_forms(&target());
    let input = Input::of(Box::new(Cursor::new(text.as_bytes().to_vec())), None);
    let mut reader = Reader::new(input.expect("plain text"));
    survey(&mut reader, &candidates, options, &Silent).await.expect("a dump")
}

async fn report(text: &str, options: CheckOptions) -> CheckReport {
    let (target, known, nothing) = (target(), MigrationSet::default(), Catalog::default());
    let source = surveyed(text, options).await.select(None).expect("Mattermost");
    let applied = source.applied();
    let models = Models {
        past: &crate::schema::EMPTY_CATALOG,
        applied: applied.as_deref(),
        known: &known,
        source: &nothing,
        target: &target,
        products: &[],
    };
    source.report(&models, options)
}

#[tokio::test]
async fn rows_are_compared_whatever_their_order() {
    let report = report(DUMP, CheckOptions::default()).await;
    let of = |rule: Rule| {
        let found = report.findings.iter().find(|finding| finding.id == rule);
        found.map(|finding| (finding.count, finding.keys.concat().join(" ")))
    };
    assert_eq!(
        of(Rule::ForeignKey),
        Some((3, "2 4 5".to_owned())),
        "parents are compared letter by letter"
    );
    assert_eq!(of(Rule::NameCollision), Some((2, "a c".to_owned())));
    assert_eq!(of(Rule::NameCase), Some((2, "c d".to_owned())));
    assert_eq!(report.applied_migrations.to_string(), "1");
    let of_users = report.tables.iter().find(|entry| entry.table == "Users");
    assert_eq!(of_users.map(|entry| (entry.rows, entry.counted)), Some((5, true)));
}

#[tokio::test]
async fn what_does_not_fit_into_memory_is_listed_and_not_guessed() {
    let options = CheckOptions { memory: 100, ..CheckOptions::default() };
    let report = report(DUMP, options).await;
    let rules: Vec<Rule> = report
        .not_checked
        .iter()
        .filter(|it| it.table.is_some())
        .flat_map(|it| it.rules.clone())
        .collect();
    assert_eq!(rules, [Rule::NameCollision, Rule::ForeignKey]);
    let compared = |rule| matches!(rule, Rule::NameCollision | Rule::ForeignKey);
    assert!(!report.findings.iter().any(|finding| compared(finding.id)));
}

#[tokio::test]
async fn a_cut_is_a_finding_with_its_place() {
    let cut = DUMP.find("('b'").expect("a row") + 4;
    let report = report(&DUMP[..cut], CheckOptions::default()).await;
    let found = report.findings.iter().find(|it| it.id == Rule::TruncatedDump).expect("a finding");
    assert_eq!(found.details["offset"], DUMP.find("('b'").expect("a row"));
    assert_eq!(report.applied_migrations.len(), 0);
}

#[tokio::test]
async fn the_database_that_is_mattermost_s_is_found_among_others() {
    let other = "USE other;\nCREATE TABLE t (a int);\nUSE mm;\n";
    let select = async |text: &str, name: Option<&str>| {
        surveyed(text, CheckOptions::default()).await.select(name).map(|source| source.name)
    };
    let text = format!("{other}{DUMP}");
    assert_eq!(select(&text, None).await.expect("one"), "mm");
    assert!(matches!(select(&text, Some("other")).await, Err(Error::NoMattermost { .. })));
    assert!(matches!(select(&text, Some("none")).await, Err(Error::NoDatabase { .. })));
    let twice = format!("{text}\nUSE again;{DUMP}");
    assert!(matches!(select(&twice, None).await, Err(Error::Ambiguous { .. })));
    assert_eq!(select(&twice, Some("again")).await.expect("named"), "again");
    assert!(matches!(select("SET NAMES utf8;", None).await, Err(Error::NoTables)));
}
