//! What a copy prints at its end.

use crate::commands::Context;
use crate::copy::{Consistency, CopyCounts, CopyReport, PlannedCopy};
use crate::figures::{counted, grouped, human_bytes};
use crate::foreign_text::spell_out_names;
use crate::source::Doubt;
use crate::ui::table;

/// What a run had to copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::commands) enum CopyWork {
    /// Rows of some tables.
    Rows,
    /// Nothing: earlier runs have copied all rows.
    Nothing,
}

impl CopyWork {
    pub(in crate::commands) fn of(plan: &PlannedCopy) -> Self {
        if plan.changes_rows() { Self::Rows } else { Self::Nothing }
    }
}

pub(in crate::commands) fn describe(report: &CopyReport, work: CopyWork, context: Context) {
    let ui = context.ui;
    for doubt in &report.doubts {
        ui.warn(format!("accepted about the dump: {doubt}"));
    }
    if report.doubts.iter().any(|it| matches!(it, Doubt::LostCharacters { .. })) {
        ui.say("the values with lost characters are in the quarantine, each with its key");
    }
    if !report.created.is_empty() {
        ui.say(format!("tables created: {}", spell_out_names(&report.created)));
    }
    if work == CopyWork::Nothing && report.built.is_empty() {
        describe_earlier_runs(report, context);
    } else {
        ui.say(table(&table_of(report)).trim_end());
        ui.say(format!("indexes and constraints built: {}", report.built.len()));
        let claim = describe_consistency(report.consistency);
        if report.is_resumed() {
            ui.say(format!("this run, after earlier ones: {:.1} s; {claim}", report.seconds));
        } else {
            ui.say(format!("copied in {:.1} s; {claim}", report.seconds));
        }
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

/// One line in place of the table of what was copied.
fn describe_earlier_runs(report: &CopyReport, context: Context) {
    let total = &report.total;
    let tables = report.tables.iter().filter(|it| has_rows(&it.counts)).count();
    if tables > 0 {
        context.ui.say(format!(
            "copied by earlier runs: {} of {} ({})",
            counted(total.rows_written, "row"),
            counted(u64::try_from(tables).unwrap_or(u64::MAX), "table"),
            human_bytes(total.bytes)
        ));
    }
    if total.rows_quarantined > 0 {
        context.ui.warn(format!(
            "quarantined by earlier runs: {}",
            counted(total.rows_quarantined, "row")
        ));
    }
}

/// A figure of a table that the columns of a report show.
struct Figure {
    head: &'static str,
    of: fn(&CopyCounts) -> String,
    is_shown: fn(&CopyCounts) -> bool,
}

/// The figures of each table; rare ones only if a table has them.
const FIGURES: [Figure; 7] = [
    Figure { head: "rows", of: |it| grouped(it.rows_read), is_shown: are_all_written },
    Figure { head: "read", of: |it| grouped(it.rows_read), is_shown: |it| !are_all_written(it) },
    Figure {
        head: "written",
        of: |it| grouped(it.rows_written),
        is_shown: |it| !are_all_written(it),
    },
    Figure { head: "altered", of: |it| grouped(altered(it)), is_shown: |it| altered(it) > 0 },
    Figure {
        head: "quarantined",
        of: |it| grouped(it.rows_quarantined),
        is_shown: |it| it.rows_quarantined > 0,
    },
    Figure { head: "size", of: |it| human_bytes(it.bytes), is_shown: |_| true },
    Figure { head: "s", of: |it| format!("{:.1}", it.seconds), is_shown: |_| true },
];

/// The tables with rows, largest first, and their sum.
fn table_of(report: &CopyReport) -> Vec<Vec<String>> {
    let figures: Vec<&Figure> = FIGURES.iter().filter(|it| (it.is_shown)(&report.total)).collect();
    let row = |name: &str, counts: &CopyCounts| {
        let cells = figures.iter().map(|figure| (figure.of)(counts));
        std::iter::once(name.to_owned()).chain(cells).collect()
    };
    let (mut filled, empty): (Vec<_>, Vec<_>) =
        report.tables.iter().partition(|table| has_rows(&table.counts));
    filled.sort_by_key(|table| std::cmp::Reverse(table.counts.bytes));
    let heads = figures.iter().map(|figure| figure.head.to_owned());
    let mut rows = vec![std::iter::once("table".to_owned()).chain(heads).collect()];
    rows.extend(filled.iter().map(|table| row(&table.target, &table.counts)));
    if !empty.is_empty() {
        rows.push(vec![format!("tables without rows: {}", empty.len())]);
    }
    rows.push(row("all tables", &report.total));
    rows
}

fn has_rows(counts: &CopyCounts) -> bool {
    counts.rows_read + counts.rows_quarantined > 0
}

fn are_all_written(counts: &CopyCounts) -> bool {
    counts.rows_read == counts.rows_written
}

fn altered(counts: &CopyCounts) -> u64 {
    counts.changes.values().flat_map(|of_column| of_column.values()).sum()
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
