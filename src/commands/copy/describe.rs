//! What a copy prints at its end.

use crate::check::grouped;
use crate::commands::Context;
use crate::copy::{Consistency, CopyCounts, CopyReport};
use crate::foreign_text::spell_out_names;
use crate::source::Doubt;
use crate::ui::{human_bytes, table};

pub(in crate::commands) fn describe(report: &CopyReport, context: Context) {
    let ui = context.ui;
    for doubt in &report.doubts {
        ui.warn(format!("accepted about the dump: {doubt}"));
    }
    if report.doubts.iter().any(|it| matches!(it, Doubt::LostCharacters { .. })) {
        ui.say("the values with lost characters are in the quarantine, each with its key");
    }
    let head = ["table", "read", "written", "altered", "quarantined", "size", "s"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    let has_rows = |counts: &CopyCounts| counts.rows_read + counts.rows_quarantined > 0;
    let (filled, empty): (Vec<_>, Vec<_>) =
        report.tables.iter().partition(|table| has_rows(&table.counts));
    rows.extend(filled.iter().map(|table| row(&table.target, &table.counts)));
    if !empty.is_empty() {
        rows.push(vec![format!("tables without rows: {}", empty.len())]);
    }
    rows.push(row("all tables", &report.total));
    if !report.created.is_empty() {
        ui.say(format!("tables created: {}", spell_out_names(&report.created)));
    }
    ui.say(table(&rows).trim_end());
    ui.say(format!("indexes and constraints built: {}", report.built.len()));
    let claim = describe_consistency(report.consistency);
    if report.is_resumed() {
        ui.say(format!("this run, after earlier ones: {:.1} s; {claim}", report.seconds));
    } else {
        ui.say(format!("copied in {:.1} s; {claim}", report.seconds));
    }
    for definition in &report.not_built {
        ui.warn(format!(
            "`{}` on `{}` was not built: {} (SQLSTATE {})",
            definition.name, definition.table, definition.message, definition.sqlstate
        ));
    }
    for problem in &report.quarantined {
        ui.warn(format!("quarantined: table `{}`, {problem}", problem.table));
    }
    if !report.left_out.is_empty() {
        ui.warn(format!("tables that the target lacks: {}", spell_out_names(&report.left_out)));
    }
    describe_changes(report, context);
}

/// Prints whether the source changed meanwhile.
fn describe_changes(report: &CopyReport, context: Context) {
    let ui = context.ui;
    match report.source_changed {
        Some(true) => ui.warn(
            "the source has changed since the copy began: stop Mattermost, and run `migration-assist \
             copy --restart`",
        ),
        Some(false) => {}
        None => match &report.source_check_error {
            Some(error) => ui.warn(format!("cannot determine whether the source has changed: {error}")),
            None => ui.say("cannot determine whether the source has changed since the copy began"),
        },
    }
    match (report.source_changed_between_runs, report.is_resumed()) {
        (Some(true), _) => ui.warn(
            "the source has changed since the first run: the copied rows are not from one snapshot; stop \
             Mattermost, and run `migration-assist copy --restart`",
        ),
        (None, true) => ui.say(
            "cannot determine whether the source has changed since the first run; `migration-assist \
             verify` compares all rows",
        ),
        _ => {}
    }
}

/// The evidence that all rows of a run come from one snapshot.
pub(in crate::commands) fn describe_consistency(consistency: Consistency) -> &'static str {
    match consistency {
        Consistency::Lock => "consistent snapshot, taken under a short read lock",
        Consistency::Position => "consistent snapshot, at one position of the binary log",
        Consistency::PositionIfUnfiltered => {
            "all sessions at one position of the binary log: a consistent snapshot, unless the log leaves out \
             this database (`binlog_do_db`, `binlog_ignore_db`), which the account may not see"
        }
        Consistency::ReadOnly => "consistent snapshot of a read-only server",
        Consistency::SingleReader => "consistent snapshot, read by one session",
        Consistency::Dump => "the state at the time of the dump",
        Consistency::Nothing => {
            "no consistent snapshot: the rows are consistent only if Mattermost was stopped"
        }
    }
}

fn row(name: &str, counts: &CopyCounts) -> Vec<String> {
    let altered: u64 = counts.changes.values().flat_map(|of_column| of_column.values()).sum();
    vec![
        name.to_owned(),
        grouped(counts.rows_read),
        grouped(counts.rows_written),
        grouped(altered),
        grouped(counts.rows_quarantined),
        human_bytes(counts.bytes),
        format!("{:.1}", counts.seconds),
    ]
}
