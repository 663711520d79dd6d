//! The last sentence of a migration: that the target is proven equal, or what is not.

use std::collections::BTreeMap;
use std::path::Path;

use super::{ExitStatus, MigrateReport};
use crate::copy::CopyReport;
use crate::ui::Ui;
use crate::verify::{SourceChange, VerifyReport};

/// Says it, and what to do next. What a dump holds is not proven to be what its source holds now.
pub(super) fn say(report: &MigrateReport, is_dump: bool, ui: Ui) -> ExitStatus {
    let (Some(copy), Some(proof)) = (&report.copy, &report.verify) else {
        unreachable!("all steps of a complete migration leave their reports");
    };
    let lacking = lacking(report, copy, proof);
    if lacking.is_empty() && !proof.proof {
        let changes = changes(copy, report.quarantine.as_deref());
        let (rows, tables) = (proof.rows(), proof.tables.len());
        ui.good(format!(
            "all compared rows are equal: {rows} rows of {tables} tables; {changes}; tables were left out \
             as asked for, so this is no proof of the whole"
        ));
        ui.hint(
            "run `migration-assist migrate` without `--tables`, `--exclude` and `--products` for a proof",
        );
        ExitStatus::Success
    } else if proof.proof && lacking.is_empty() {
        let changes = changes(copy, report.quarantine.as_deref());
        let (rows, tables) = (proof.rows(), proof.tables.len());
        if proof.doubts.is_empty() {
            ui.good(format!(
                "the target is proven equal: {rows} rows of {tables} tables; {changes}"
            ));
        } else {
            ui.good(format!(
                "the target is proven equal to the dump, about which doubts were accepted: {rows} rows of \
                 {tables} tables; {changes}"
            ));
        }
        ui.hint(if is_dump {
            "run `migration-assist verify` against the source's server next, for what was written \
             since the dump; if no server is left, `migration-assist cutover --unproven`"
        } else {
            "print the steps of the switch next: \
             `migration-assist cutover --config /opt/mattermost/config/config.json --plan`"
        });
        ExitStatus::Success
    } else {
        ui.warn(format!("the target is not proven equal: {}", lacking.join("; ")));
        ui.hint(if proof.difference_count > 0 || copy.total.rows_quarantined > 0 {
            "stop Mattermost, repair the rows listed above in the source, and copy again: \
             `migration-assist migrate --restart`"
        } else {
            "fix the problems listed above and run the same command again; finished work is kept"
        });
        ExitStatus::Findings
    }
}

/// The transforms, and where the values are as they were.
fn changes(copy: &CopyReport, quarantine: Option<&Path>) -> String {
    let mut by_transform: BTreeMap<&str, u64> = BTreeMap::new();
    for (transform, count) in copy.total.changes.values().flatten() {
        *by_transform.entry(transform).or_default() += count;
    }
    if by_transform.is_empty() {
        return "no value was changed on the way".to_owned();
    }
    let listed: Vec<_> =
        by_transform.iter().map(|(transform, count)| format!("{count} by {transform}")).collect();
    let kept = quarantine.map(|path| format!("; the originals are in `{}`", path.display()));
    format!("values changed on the way: {}{}", listed.join(", "), kept.unwrap_or_default())
}

/// What keeps the target from being proven equal.
fn lacking(report: &MigrateReport, copy: &CopyReport, proof: &VerifyReport) -> Vec<String> {
    let mut lacking = Vec::new();
    if proof.difference_count > 0 {
        lacking.push(format!("rows that differ: {}", proof.difference_count));
    }
    if copy.total.rows_quarantined > 0 {
        lacking.push(format!("rows in the quarantine: {}", copy.total.rows_quarantined));
    }
    let left_out = proof.not_compared.iter().filter(|it| it.breaks_proof).count();
    if left_out > 0 {
        lacking.push(format!("{left_out} tables or columns were not compared"));
    }
    let unsettled = proof.tables.iter().any(|table| table.unsettled);
    if unsettled || proof.source_changed == SourceChange::Yes {
        lacking.push("the source changed while it was read".to_owned());
    }
    for index in report.indexes.iter().flat_map(|built| &built.failed) {
        lacking.push(format!("the index `{}` was not built", index.index));
    }
    for (view, _) in report.refresh.iter().flat_map(|refreshed| &refreshed.failed) {
        lacking.push(format!("the materialized view `{view}` was not refreshed"));
    }
    lacking
}
