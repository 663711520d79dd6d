//! A whole source with every planted problem, compared with the list at the head of `awkward.sql`.

use std::collections::BTreeMap;

use migration_assist::check::{Rule, Severity};

use super::seeds::report;
use crate::support::mysql::{Source, on_both_flavours, run, spelled_as_in};
use crate::workspace::{build, newest};

on_both_flavours!(everything_at_once);

const AWKWARD: &str = include_str!("../../../testdata/workspace/awkward.sql");

/// The planted problems of a kind by place, as the comment at the head of the file lists them.
fn planted(kind: &str) -> BTreeMap<String, u64> {
    let lines = AWKWARD.lines().take_while(|line| line.starts_with("--"));
    let of_kind = lines.filter_map(|line| line.strip_prefix("--   ")?.strip_prefix(kind));
    of_kind
        .filter(|line| !line.contains("(all columns)"))
        .map(|line| {
            let (place, count) = line.trim().rsplit_once(' ').expect("a place and a count");
            let place = place.trim().trim_start_matches("table ").to_owned();
            (place, count.parse().expect("a count"))
        })
        .collect()
}

async fn everything_at_once(mut source: Source) {
    build(&source, &newest()).await;
    run(&mut source.connect().await, AWKWARD).await;
    let reader = source.account("SELECT", "BY 'reader'").await;
    let report = report(&migration_assist::mysql::Dsn {
        password: migration_assist::secret::Secret::new("reader"),
        ..reader
    })
    .await;
    let found = |rules: &[Rule]| -> BTreeMap<String, u64> {
        let of_rules = report.findings.iter().filter(|finding| rules.contains(&finding.id));
        of_rules.map(|finding| (spelled_as_in(AWKWARD, &finding.place()), finding.count)).collect()
    };
    assert_eq!(found(&[Rule::NulEscape]), planted("json NUL"));
    assert_eq!(found(&[Rule::NulByte]), planted("raw NUL"));
    assert_eq!(found(&[Rule::TooLong]), planted("varchar"));
    assert_eq!(found(&[Rule::LeftoverTable, Rule::LeftoverColumn]), planted("artifact"));
    let others: Vec<String> = report
        .findings
        .iter()
        .filter(|finding| finding.severity != Severity::Note)
        .filter(|finding| ![Rule::NulEscape, Rule::NulByte, Rule::TooLong].contains(&finding.id))
        .map(|finding| format!("{} {}", finding.id, finding.place()))
        .collect();
    assert_eq!(others, Vec::<String>::new());
    assert_eq!(report.release.as_deref(), Some("10.11.21"));
}
