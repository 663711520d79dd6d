//! Copies as text.

use super::columns::aligned;
use crate::copy::{Consistency, CopyCounts, CopyReport, PlannedCopy};
use crate::figures::{counted, grouped, human_bytes};
use crate::foreign_text::spell_out_names;
use crate::source::Doubt;
use crate::transcript::Line;

/// What a run had to copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CopyWork {
    /// Rows of some tables.
    Rows,
    /// Nothing: earlier runs have copied all rows.
    Nothing,
}

impl CopyWork {
    pub(crate) fn of(plan: &PlannedCopy) -> Self {
        if plan.changes_rows() { Self::Rows } else { Self::Nothing }
    }
}

impl CopyReport {
    /// What was copied and built, and what was not.
    pub(crate) fn lines(&self, work: CopyWork) -> Vec<Line> {
        let doubt = |it| Line::warning(format!("accepted about the dump: {it}"));
        let mut lines: Vec<Line> = self.doubts.iter().map(doubt).collect();
        if self.doubts.iter().any(|it| matches!(it, Doubt::LostCharacters { .. })) {
            let text = "the values with lost characters are in the quarantine, each with its key";
            lines.push(Line::text(text));
        }
        if !self.created.is_empty() {
            let created = spell_out_names(&self.created);
            lines.push(Line::text(format!("tables created: {created}")));
        }
        if work == CopyWork::Nothing && self.built.is_empty() {
            lines.extend(lines_of_earlier_runs(self));
        } else {
            lines.push(Line::text(aligned(&table_of(self)).trim_end()));
            lines.push(Line::text(format!("indexes and constraints built: {}", self.built.len())));
            let claim = describe_consistency(self.consistency);
            lines.push(Line::text(if self.is_resumed() {
                format!("this run, after earlier ones: {:.1} s; {claim}", self.seconds)
            } else {
                format!("copied in {:.1} s; {claim}", self.seconds)
            }));
        }
        lines.extend(self.not_built.iter().map(|definition| {
            Line::warning(format!(
                "`{}` on `{}` was not built: {} (SQLSTATE {})",
                definition.name, definition.table, definition.message, definition.sqlstate
            ))
        }));
        lines.extend(self.quarantined.iter().map(|problem| {
            Line::warning(format!("quarantined: table `{}`, {problem}", problem.table))
        }));
        if !self.left_out.is_empty() {
            let names = spell_out_names(&self.left_out);
            lines.push(Line::warning(format!("tables that the target lacks: {names}")));
        }
        lines.extend(change_of_source(self));
        lines.extend(change_between_runs(self));
        lines
    }
}

/// One line in place of the table of what was copied, and one for rows that were not.
fn lines_of_earlier_runs(report: &CopyReport) -> Vec<Line> {
    let total = &report.total;
    let tables = report.tables.iter().filter(|it| has_rows(&it.counts)).count();
    let mut lines = Vec::new();
    if tables > 0 {
        lines.push(Line::text(format!(
            "copied by earlier runs: {} of {} ({})",
            counted(total.rows_written, "row"),
            counted(u64::try_from(tables).unwrap_or(u64::MAX), "table"),
            human_bytes(total.bytes)
        )));
    }
    if total.rows_quarantined > 0 {
        let rows = counted(total.rows_quarantined, "row");
        lines.push(Line::warning(format!("quarantined by earlier runs: {rows}")));
    }
    lines
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

/// Whether the source changed since the copy began.
fn change_of_source(report: &CopyReport) -> Option<Line> {
    match (report.source_changed, &report.source_check_error) {
        (Some(false), _) => None,
        (Some(true), _) => Some(Line::warning(
            "the source has changed since the copy began: stop Mattermost, and run `migration-assist \
             copy --restart`",
        )),
        (None, Some(error)) => {
            Some(Line::warning(format!("cannot determine whether the source has changed: {error}")))
        }
        (None, None) => {
            Some(Line::text("cannot determine whether the source has changed since the copy began"))
        }
    }
}

/// Whether it changed between the runs of a copy.
fn change_between_runs(report: &CopyReport) -> Option<Line> {
    match (report.source_changed_between_runs, report.is_resumed()) {
        (Some(true), _) => Some(Line::warning(
            "the source has changed since the first run: the copied rows are not from one snapshot; stop \
             Mattermost, and run `migration-assist copy --restart`",
        )),
        (None, true) => Some(Line::text(
            "cannot determine whether the source has changed since the first run; `migration-assist \
             verify` compares all rows",
        )),
        _ => None,
    }
}

/// The evidence that all rows of a run come from one snapshot.
pub(super) fn describe_consistency(consistency: Consistency) -> &'static str {
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
