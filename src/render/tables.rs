//! The tables of all reports: rows, bytes, seconds, the quarantine and the proof of each.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde_json::Value;

use super::saved::{SavedReport, at, list, number, seconds, text};

/// How a table compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    /// All rows are equal.
    Equal,
    /// So many rows differ.
    Different(u64),
    /// It changed while it was read.
    Unsettled,
}

/// What the reports state about one table.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct TableView {
    pub(super) name: String,
    pub(super) rows: Option<u64>,
    pub(super) bytes: Option<u64>,
    pub(super) seconds: Option<f64>,
    pub(super) quarantined: u64,
    pub(super) comparison: Option<Comparison>,
    /// What is done with it, if it is not copied.
    pub(super) disposition: String,
}

/// The tables of reports in their order of a migration, the most bytes first. A later report corrects an
/// earlier one.
pub(super) fn tables(reports: &[SavedReport]) -> Vec<TableView> {
    // By name without its case: the two sides spell it differently.
    let mut tables: BTreeMap<String, TableView> = BTreeMap::new();
    let mut table = |name: &str, change: &mut dyn FnMut(&mut TableView)| {
        let view = tables.entry(name.to_lowercase()).or_default();
        if view.name.is_empty() {
            name.clone_into(&mut view.name);
        }
        change(view);
    };
    for report in reports {
        let body = &report.body;
        let parts = [body, at(body, &["checks"]), at(body, &["copy"]), at(body, &["verify"])];
        for entry in parts.iter().flat_map(|part| list(part, "tables")) {
            let name =
                [text(entry, "table"), text(entry, "source")].into_iter().find(|it| !it.is_empty());
            if let Some(name) = name {
                table(name, &mut |view| add(entry, view));
            }
        }
    }
    let mut tables: Vec<TableView> = tables.into_values().collect();
    tables.sort_by_key(|table| Reverse((table.bytes, table.rows)));
    tables
}

/// Adds what an entry of `mysql`, of `copy` or of `verify` states.
fn add(entry: &Value, view: &mut TableView) {
    if entry.get("fate").is_some() {
        view.rows = Some(number(entry, "rows"));
        view.bytes = Some(number(entry, "bytes"));
        match text(entry, "fate") {
            "copied" => view.disposition.clear(),
            other => other.clone_into(&mut view.disposition),
        }
    } else if entry.get("rows_read").is_some() || entry.get("rows_written").is_some() {
        view.rows = Some(number(entry, "rows_read"));
        view.bytes = Some(number(entry, "bytes"));
        view.seconds = seconds(entry, "seconds");
        view.quarantined = number(entry, "rows_quarantined");
        view.comparison = None;
    } else if entry.get("source").is_none() {
        view.rows = Some(number(entry, "source_rows"));
        let different = ["missing", "extra", "different"].iter().map(|it| number(entry, it)).sum();
        view.comparison = Some(if entry.get("unsettled") == Some(&Value::Bool(true)) {
            Comparison::Unsettled
        } else if different > 0 {
            Comparison::Different(different)
        } else {
            Comparison::Equal
        });
    }
}
