//! A sample of the rows: the same on both sides, and no more than a sample.

use migration_assist::verify::{Sample, VerifyOptions};

use super::shapes::{ROWS, build};
use crate::support::mysql::{Source, on_both_flavours};

async fn a_sample_is_the_same_on_both_sides(source: Source) {
    let pair = build(source).await;
    let options = VerifyOptions { sample: Sample::percent(30.0), ..VerifyOptions::default() };
    let report = pair.verify(&options).await;
    assert_eq!(report.differences, []);
    assert!(report.is_equal() && !report.proof, "a sample proves nothing");
    for table in &report.tables {
        assert_eq!(table.source_rows, table.target_rows, "{}", table.table);
        // `ByPair` and `ByThree` begin with one of seven ids: all rows of one are taken, or none.
        if !["ByPair", "ByThree"].contains(&table.table.as_str()) {
            let share = table.source_rows * 100 / u64::from(ROWS);
            assert!((15..45).contains(&share), "{}: {share} %", table.table);
        }
    }
    pair.change("DELETE FROM byid; DELETE FROM nokey").await;
    let report = pair.verify(&options).await;
    let sampled = |name: &str| {
        let table = report.tables.iter().find(|table| table.table == name).expect("the table");
        (table.source_rows, table.missing)
    };
    for name in ["ById", "NoKey"] {
        let (rows, missing) = sampled(name);
        assert_eq!(rows, missing, "{name}");
    }
}

on_both_flavours!(a_sample_is_the_same_on_both_sides);
