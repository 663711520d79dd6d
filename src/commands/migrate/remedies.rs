//! The commands that lead on from a migration that did not end with a proof.

use crate::check::Step;
use crate::check::policy::{InvalidAction, OnInvalid};
use crate::commands::decisions;
use crate::workspace::{MigrationReport, unfit_rows};

/// The commands of which one leads on to a proof.
pub(super) fn remedies(report: &MigrationReport, dump: Option<&str>) -> Vec<Step> {
    let (Some(copy), Some(proof)) = (&report.copy, &report.verify) else { return Vec::new() };
    let decided = &report.decisions;
    let mut now = decided.clone();
    for index in report.indexes.iter().flat_map(|built| &built.failed) {
        let Some(oversized) = &index.oversized else { continue };
        let catalog = report.checks.as_ref().map(|checks| &checks.catalog);
        let table = catalog.and_then(|it| it.table(&index.table));
        let column = table.and_then(|it| it.column(&oversized.column));
        let place = match (table, column) {
            (Some(table), Some(column)) => format!("{}.{}", table.name, column.name),
            _ => format!("{}.{}", index.table, oversized.column),
        };
        now.invalid.push(OnInvalid { place, action: InvalidAction::Shorten });
    }
    let (unfit, others) = unfit_rows(proof);
    now.left_out.extend(unfit.into_iter().filter(|it| !decided.left_out.contains(it)));
    let mut steps = Vec::new();
    if now != *decided {
        let effect = match (
            now.invalid.len() > decided.invalid.len(),
            now.left_out.len() > decided.left_out.len(),
        ) {
            (true, false) => {
                "cut the texts that the index cannot take; the quarantine keeps them whole"
            }
            (false, true) => "leave out the rows that do not fit; the quarantine keeps them",
            _ => {
                "cut the texts that the index cannot take, and leave out the rows that do not fit; the \
                  quarantine keeps both"
            }
        };
        steps.push(Step { effect, command: decisions::migrate(&now, None, dump) });
    }
    let has_problems = proof.difference_count > 0 || copy.total.rows_quarantined > 0;
    if has_problems && (others || steps.is_empty()) && dump.is_none() {
        steps.push(Step {
            effect: "stop Mattermost, repair the rows listed above in the source, and copy again",
            command: decisions::migrate(decided, Some("--restart"), dump),
        });
    }
    steps
}
