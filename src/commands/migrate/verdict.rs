//! The last message of a migration: the target is proven equal, or why not.

use std::collections::BTreeMap;
use std::path::Path;

use super::{ExitStatus, MigrateReport};
use crate::check::Step;
use crate::check::policy::{Decisions, InvalidAction, OnInvalid};
use crate::commands::decisions::{self, offer};
use crate::commands::verify::PLAN;
use crate::convert::Transform;
use crate::copy::CopyReport;
use crate::figures::grouped;
use crate::render::extent;
use crate::ui::Ui;
use crate::verify::{SourceChange, VerifyReport};
use crate::workspace::unfit_rows;

/// Prints it, and the next step. A proof against a dump says nothing about later writes to its source.
pub(super) fn say(
    report: &mut MigrateReport,
    decided: &Decisions,
    dump: Option<&str>,
    ui: Ui,
) -> ExitStatus {
    let (Some(copy), Some(proof)) = (&report.copy, &report.verify) else {
        unreachable!("all steps of a complete migration leave their reports");
    };
    let lacking = lacking(report, copy, proof);
    if !lacking.is_empty() {
        ui.warn(format!("the target is not proven equal: {}", lacking.join("; ")));
        let steps = remedies(report, copy, proof, decided, dump);
        offer(&steps, ui);
        if steps.is_empty() {
            ui.hint("fix the problems listed above and run the same command again; finished work is kept");
        }
        report.next = steps;
        return ExitStatus::Findings;
    }
    let changes = changes(copy, report.quarantine.as_deref());
    let extent = extent(proof.rows(), proof.tables.len() as u64);
    let left_out = left_out(proof, report.quarantine.as_deref());
    if !proof.proof {
        ui.good(format!(
            "all compared rows are equal{left_out}: {extent}; {changes}; tables were \
             left out as asked for, so this is no proof of the whole"
        ));
        ui.hint(
            "for a proof, run the same command without `--tables`, `--exclude` and `--products`",
        );
        return ExitStatus::Success;
    }
    if proof.doubts.is_empty() {
        ui.good(format!("the target is proven equal{left_out}: {extent}; {changes}"));
    } else {
        ui.good(format!(
            "the target is proven equal to the dump, about which doubts were accepted{left_out}: {extent}; \
             {changes}"
        ));
    }
    if dump.is_some() {
        ui.hint(
            "put the DSN of the source's server into the file mysql.dsn, and run `migration-assist verify \
             --mysql-dsn-file mysql.dsn` next, for what was written since the dump; if no server is left, \
             `migration-assist cutover --config /opt/mattermost/config/config.json --unproven`",
        );
    } else {
        ui.hint(format!("print the steps of the switch next: `{PLAN}`"));
        report.next = vec![Step::new("print the steps of the switch", PLAN)];
    }
    ExitStatus::Success
}

/// The rows that are left out by decision, in words.
fn left_out(proof: &VerifyReport, quarantine: Option<&Path>) -> String {
    match (proof.left_out(), quarantine) {
        (0, _) => String::new(),
        (rows, None) => format!(", with rows left out by decision: {}", grouped(rows)),
        (rows, Some(path)) => {
            let (rows, path) = (grouped(rows), path.display());
            format!(", with rows left out by decision: {rows} (listed in `{path}`)")
        }
    }
}

/// The commands of which one leads on to a proof.
fn remedies(
    report: &MigrateReport,
    copy: &CopyReport,
    proof: &VerifyReport,
    decided: &Decisions,
    dump: Option<&str>,
) -> Vec<Step> {
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

/// The transforms, and the file with the originals.
fn changes(copy: &CopyReport, quarantine: Option<&Path>) -> String {
    let mut by_transform: BTreeMap<&str, u64> = BTreeMap::new();
    for (transform, count) in copy.total.changes.values().flatten() {
        *by_transform.entry(transform).or_default() += count;
    }
    if by_transform.is_empty() {
        return "no value was changed".to_owned();
    }
    let described = |id: &str| {
        let known = Transform::ALL.iter().find(|it| it.id() == id);
        known.map_or_else(|| id.to_owned(), |it| it.description().to_owned())
    };
    let listed: Vec<_> = by_transform
        .iter()
        .map(|(transform, count)| format!("{}: {}", described(transform), grouped(*count)))
        .collect();
    let kept = quarantine.map(|path| format!("; the originals are in `{}`", path.display()));
    format!("values changed while copying: {}{}", listed.join(", "), kept.unwrap_or_default())
}

/// Why the target is not proven equal.
fn lacking(report: &MigrateReport, copy: &CopyReport, proof: &VerifyReport) -> Vec<String> {
    let mut lacking = Vec::new();
    if proof.difference_count > 0 {
        lacking.push(format!("rows that differ: {}", grouped(proof.difference_count)));
    }
    if copy.total.rows_quarantined > 0 {
        lacking.push(format!("rows in the quarantine: {}", grouped(copy.total.rows_quarantined)));
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
