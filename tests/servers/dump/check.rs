//! A dump shows what the live check shows, whatever the flags it was made with.

use std::collections::BTreeMap;

use migration_assist::check::dump::{Candidates, survey};
use migration_assist::check::{CheckOptions, CheckReport, Finding, Rule, Severity};
use migration_assist::migrations::each_target_model;
use migration_assist::progress::Silent;

use super::program::{dump, reader};
use crate::check::seeds::{models_of, report};
use crate::support::mysql::{Source, on_both_flavours, run};
use crate::workspace::{build, newest};

on_both_flavours!(
    every_finding_is_the_same,
    an_old_schema_is_compared_with_its_own_target,
    a_dump_that_lost_text_is_reported,
);

const AWKWARD: &str = include_str!("../../../testdata/workspace/awkward.sql");
/// Problems that compare rows, or that no schema of Mattermost has.
const MORE: &str = "
    SET FOREIGN_KEY_CHECKS = 0;
    INSERT INTO RetentionPoliciesTeams (PolicyId, TeamId) VALUES ('missing', 't1'), ('missing', 't2');
    INSERT INTO RetentionPolicies (Id, DisplayName, PostDuration) VALUES ('p1', 'one', 1);
    INSERT INTO RetentionPoliciesChannels (PolicyId, ChannelId) VALUES ('p1', 'c1'), ('P1', 'c2');
    INSERT INTO Emoji (Id, Name, DeleteAt) VALUES
        ('e1', 'Smile', 0), ('e2', 'smile', 1), ('e3', 'plain', 0), ('e4', 'cafe\u{301}', 0),
        ('e5', 'caf\u{e9}', 2);
    INSERT INTO IncomingWebhooks (Id, DeleteAt) VALUES ('w1', 0), ('w2', 5);
    INSERT INTO Systems (Name, Value) VALUES ('Version', '9.9.0');
    INSERT INTO Preferences (UserId, Category, Name, Value) VALUES ('u', 'c', 'n', 'a\\0b');
    CREATE TABLE mine (Id int, A text CHARACTER SET latin1, B bit(9), C geometry);
    INSERT INTO mine (Id, A, B) VALUES (1, 'caf\u{e9}', b'100000001'), (2, '', NULL);
    ALTER TABLE Teams ADD COLUMN Mine varchar(9) DEFAULT '0', ADD COLUMN Nothing int;
    ALTER TABLE Teams MODIFY COLUMN Description longtext CHARACTER SET latin1;
    INSERT INTO Teams (Id, Description) VALUES ('latin', REPEAT('\u{e9}', 300));
    CREATE VIEW ids AS SELECT Id FROM Teams;
    CREATE TRIGGER onto BEFORE INSERT ON mine FOR EACH ROW SET NEW.Id = 1;
    CREATE TABLE IR_System (SKey varchar(64) PRIMARY KEY, SValue varchar(1024) NULL);
    INSERT INTO IR_System VALUES ('DatabaseVersion', '0.63.0'), ('Other', '9');
";

/// The flags that change how a dump is written.
const FLAGS: [&[&str]; 7] = [
    &[],
    &["--hex-blob", "--complete-insert"],
    &["--skip-extended-insert", "--skip-comments"],
    &["--skip-opt", "--quick", "--create-options"],
    &["--default-character-set=binary", "--routines", "--events"],
    &["--compact"],
    &["--databases", "--replace", "--order-by-primary"],
];

/// What a dump shows.
async fn surveyed(text: Vec<u8>) -> CheckReport {
    let mut candidates = Candidates::default();
    each_target_model(&mut |catalog| candidates.add_forms(catalog)).expect("known migrations");
    let mut reader = reader(text);
    let options = CheckOptions::default();
    let survey = survey(&mut reader, &candidates, options, &Silent).await.expect("a dump");
    let source = survey.select(None).expect("Mattermost");
    let applied = source.applied();
    models_of(applied, |models| source.report(models, options))
}

/// What both can know of.
fn comparable(report: &CheckReport) -> BTreeMap<String, Finding> {
    let of_a_server = [
        Rule::Privileges,
        Rule::LoginPlugin,
        Rule::InUse,
        Rule::LiveMigration,
        Rule::ServerVersion,
        // A server's pages and a dump's statements are of different sizes.
        Rule::PhraseSearch,
    ];
    // What is wrong with a file is wrong with no server.
    let of_a_dump =
        [Rule::IncompleteDump, Rule::LossyDump, Rule::LostCharacters, Rule::ReencodedText];
    let findings = report
        .findings
        .iter()
        .filter(|finding| !of_a_server.contains(&finding.id) && !of_a_dump.contains(&finding.id));
    findings
        .map(|finding| (format!("{} {}", finding.id, finding.place()), finding.clone()))
        .collect()
}

fn assert_same(live: &CheckReport, dumped: &CheckReport, flags: &[&str]) {
    let (mine, others) = (comparable(live), comparable(dumped));
    for (name, finding) in &mine {
        assert_eq!(Some(finding), others.get(name), "{name} with {flags:?}");
    }
    let more: Vec<_> = others.keys().filter(|name| !mine.contains_key(*name)).collect();
    assert_eq!(more, Vec::<&String>::new(), "only in the dump made with {flags:?}");
    assert_eq!(live.release, dumped.release);
    assert_eq!(live.products, dumped.products);
    let rows = |report: &CheckReport| -> Vec<_> {
        let tables = report.tables.iter();
        tables.map(|it| (it.table.clone(), it.disposition, it.product, it.rows)).collect()
    };
    assert_eq!(rows(live), rows(dumped));
    for (name, table) in &live.catalog.tables {
        assert_eq!(Some(table), dumped.catalog.tables.get(name), "{name} with {flags:?}");
    }
    let views = |report: &CheckReport| report.catalog.views.keys().cloned().collect::<Vec<_>>();
    assert_eq!(views(live), views(dumped));
}

async fn every_finding_is_the_same(source: Source) {
    build(&source, &newest()).await;
    let mut connection = source.connect().await;
    run(&mut connection, AWKWARD).await;
    run(&mut connection, MORE).await;
    let live = report(&source.dsn).await;
    for rule in [Rule::ForeignKey, Rule::NameCollision, Rule::UnknownTable, Rule::UnknownColumn] {
        assert!(live.findings.iter().any(|finding| finding.id == rule), "{rule} is planted");
    }
    for flags in FLAGS {
        let dumped = surveyed(dump(&source, flags)).await;
        let blind: Vec<_> = dumped.not_checked.iter().filter(|it| it.table.is_some()).collect();
        assert!(blind.is_empty(), "{flags:?}: {blind:?}");
        assert_same(&live, &dumped, flags);
        assert!(dumped.not_checked.iter().any(|it| it.rules.contains(&Rule::InUse)));
    }
}

async fn a_dump_that_lost_text_is_reported(source: Source) {
    build(&source, &newest()).await;
    run(&mut source.connect().await, "INSERT INTO Emoji (Id, Name) VALUES ('e', '日')").await;
    let is_it = |finding: &&Finding| finding.id == Rule::LossyDump;
    // The second is what the program of MySQL 5.7 does by default.
    for flag in ["--default-character-set=latin1", "--default-character-set=utf8"] {
        let lossy = surveyed(dump(&source, &[flag])).await;
        let finding = lossy.findings.iter().find(is_it).expect("a finding");
        assert_eq!(finding.severity, Severity::Blocks);
    }
    let sound = surveyed(dump(&source, &[])).await;
    assert!(!sound.findings.iter().any(|finding| is_it(&finding)));
}

async fn an_old_schema_is_compared_with_its_own_target(source: Source) {
    build(&source, &"1-101".parse().expect("a set")).await;
    let sql = "INSERT INTO Posts (Id, Hashtags) VALUES ('p', REPEAT('x', 1001));";
    run(&mut source.connect().await, sql).await;
    let live = report(&source.dsn).await;
    assert_same(&live, &surveyed(dump(&source, &[])).await, &[]);
}
