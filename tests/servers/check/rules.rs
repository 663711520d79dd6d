//! Each rule finds its problem, lists the rows, and is silent about similar rows.

mod json;
mod text;
mod values;
mod workspace;

use migration_assist::check::Rule;

use super::seeds::{SET, report_of_set};
use crate::support::mysql::{Source, run, spelled_as_in};

/// What the findings of one rule are: place, count and keys.
type Found = Vec<(String, u64, Vec<String>)>;

/// Runs `sql` in the empty database, checks it, and lists the findings of the rules.
async fn found(source: &Source, sql: &str, rules: &[Rule]) -> Found {
    run(&mut source.connect().await, &format!("SET SESSION sql_mode = ''; {sql}")).await;
    let report = report_of_set(&source.dsn, Some(SET)).await;
    let of_rules = report.findings.into_iter().filter(|finding| rules.contains(&finding.id));
    of_rules
        .map(|finding| {
            let keys = finding.keys.iter().map(|key| key.join("/")).collect();
            let place = spelled_as_in(sql, &finding.place());
            (format!("{} {place}", finding.id), finding.count, keys)
        })
        .collect()
}

fn one(place: &str, keys: &[&str]) -> Found {
    let count = u64::try_from(keys.len()).expect("a count");
    vec![(place.to_owned(), count, keys.iter().map(|&key| key.to_owned()).collect())]
}
