//! What is not compared, and what that means for the proof.

use std::collections::BTreeSet;
use std::sync::Arc;

use migration_assist::ledger;
use migration_assist::progress::Silent;
use migration_assist::verify::{
    Error, Exception, SourceChange, VerifyOptions, VerifyReport, verify,
};

use super::fixture::Pair;
use super::shapes::build;
use crate::support::mysql::{Source, on_both_flavours, run};

async fn changed(pair: &Pair, source: &str, target: &str) {
    run(&mut pair.source.connect().await, source).await;
    pair.change(target).await;
}

fn exceptions(report: &VerifyReport) -> Vec<(&str, Option<&str>, Exception, bool)> {
    let all = report.not_compared.iter();
    let mut all: Vec<_> = all
        .map(|it| (it.table.as_str(), it.column.as_deref(), it.exception, it.breaks_proof))
        .collect();
    all.sort_by_key(|it| (it.0, it.1));
    all
}

async fn everything_left_out_is_reported(source: Source) {
    let pair = build(source).await;
    changed(
        &pair,
        "CREATE TABLE Unknown (Id int PRIMARY KEY); CREATE TABLE Expected (Id int PRIMARY KEY);
         CREATE TABLE Place (Id int PRIMARY KEY, Point point);
         ALTER TABLE ById ADD COLUMN Leftover text",
        "CREATE TABLE empty (id int); CREATE TABLE full_one AS SELECT 1;
         CREATE TABLE place (id int PRIMARY KEY, point boolean);
         ALTER TABLE byid ADD COLUMN fresh int",
    )
    .await;
    let options = VerifyOptions {
        required: BTreeSet::from(["expected".to_owned()]),
        exclude: vec!["BYPAIR".to_owned()],
        ..VerifyOptions::default()
    };
    let report = pair.verify(&options).await;
    assert_eq!(
        exceptions(&report),
        [
            ("ById", Some("Leftover"), Exception::SourceOnly, false),
            ("ById", Some("fresh"), Exception::TargetOnly, false),
            ("ByPair", None, Exception::Excluded, false),
            ("Expected", None, Exception::SourceOnly, true),
            ("Place", None, Exception::NotConvertible, true),
            ("Unknown", None, Exception::SourceOnly, false),
            ("empty", None, Exception::TargetOnly, false),
            ("full_one", None, Exception::TargetOnly, true),
        ]
    );
    assert_eq!(report.difference_count, 0);
    assert!(!report.is_equal() && !report.proof);
    let options = VerifyOptions { tables: vec!["nokey".to_owned()], ..VerifyOptions::default() };
    let report = pair.verify(&options).await;
    assert!(report.is_equal() && !report.proof, "one table is not the whole");
    let options = VerifyOptions { tables: vec!["nowhere".to_owned()], ..VerifyOptions::default() };
    let refused =
        verify(&pair.source.dsn, &pair.target.dsn, &options, Arc::new(Silent)).await.err();
    assert!(matches!(refused, Some(Error::UnknownTable { table }) if table == "nowhere"));
}

async fn values_that_cannot_arrive_are_no_proof(source: Source) {
    let pair = build(source).await;
    run(&mut pair.source.connect().await, "UPDATE ById SET Flag = 7 WHERE Number = -90").await;
    let report = pair.verify(&VerifyOptions::default()).await;
    let [difference] = report.differences.as_slice() else { panic!("{:?}", report.differences) };
    assert_eq!(difference.columns[0].column, "Flag");
    assert_eq!(difference.columns[0].reason.as_deref(), Some("not-boolean"));
    assert_ne!(report.source_changed, SourceChange::Yes, "it was still while it was read");
}

async fn a_result_that_cannot_be_recorded_is_an_error_with_its_cause(source: Source) {
    let pair = build(source).await;
    // Not a missing privilege, which would only be reported.
    let other = "CREATE SCHEMA migration_assist; CREATE TABLE migration_assist.proofs (other int)";
    pair.target.connect().await.batch_execute(other).await.expect("a table");
    let options = VerifyOptions::default();
    let failed = verify(&pair.source.dsn, &pair.target.dsn, &options, Arc::new(Silent)).await.err();
    let Some(Error::Record(ledger::Error::Target(error))) = failed else { panic!("{failed:?}") };
    assert_eq!(error.sqlstate(), Some("42703"), "{error}");
}

on_both_flavours!(
    everything_left_out_is_reported,
    values_that_cannot_arrive_are_no_proof,
    a_result_that_cannot_be_recorded_is_an_error_with_its_cause,
);
