//! Copies as text.

use super::columns::aligned;
use super::evidence::{describe_consistency, doubt_line};
use crate::copy::{CopyCounts, CopyReport, CopyWork, Occupied, PlannedCopy};
use crate::figures::{counted, grouped, human_bytes};
use crate::foreign_text::spell_out_names;
use crate::source::Doubt;
use crate::transcript::Line;

impl PlannedCopy {
    /// Why options have no effect, if nothing is left to copy.
    pub(crate) fn lines(&self) -> Vec<Line> {
        if self.work() == CopyWork::Rows {
            return Vec::new();
        }
        let mut lines = vec![Line::text("all rows of these tables are already copied")];
        if self.options().occupied == Occupied::Truncate {
            lines.push(Line::hint(
                "`--truncate-target` empties tables whose rows no copy wrote; to copy again, use `--restart`",
            ));
        } else if self.options().only_failed {
            lines.push(Line::text(
                "no table failed; `migration-assist copy --restart` copies all tables again",
            ));
        }
        lines
    }
}

impl CopyReport {
    /// What was copied and built, and what was not.
    pub(crate) fn lines(&self, work: CopyWork) -> Vec<Line> {
        let mut lines: Vec<Line> = self.doubts.iter().map(doubt_line).collect();
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

#[cfg(test)]
pub(super) mod testing {
    use crate::copy::{Consistency, CopyCounts, CopyReport, TableReport};

    /// A copy of a table.
    pub(in crate::render) fn copied() -> CopyReport {
        let mut counts = CopyCounts {
            rows_read: 2000,
            rows_written: 2000,
            bytes: 5_000_000,
            seconds: 0.5,
            ..CopyCounts::default()
        };
        let changes = [("shorten".to_owned(), 7)].into();
        counts.changes.insert("Posts.Message".to_owned(), changes);
        let table = |name: &str, counts| TableReport {
            source: name.to_owned(),
            target: name.to_lowercase(),
            resumed: false,
            columns_left_out: Vec::new(),
            counts,
        };
        CopyReport {
            tables: vec![table("Posts", counts.clone()), table("Emoji", CopyCounts::default())],
            created: Vec::new(),
            total: counts,
            quarantined: Vec::new(),
            built: Vec::new(),
            not_built: Vec::new(),
            left_to_post_migrate: Vec::new(),
            left_out: Vec::new(),
            doubts: Vec::new(),
            consistency: Consistency::Lock,
            source_changed: Some(false),
            source_check_error: None,
            source_changed_between_runs: None,
            seconds: 0.8,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::testing::copied;
    use crate::copy::{CopyWork, RowProblem};
    use crate::transcript::testing::printed;

    #[test]
    fn a_copy_lists_its_tables_with_the_figures_that_they_have() {
        insta::assert_snapshot!(printed(&copied().lines(CopyWork::Rows)), @r"
        Text: table                    rows  altered     size    s
        posts                   2,000        7  4.8 MiB  0.5
        tables without rows: 1
        all tables              2,000        7  4.8 MiB  0.5
        Text: indexes and constraints built: 0
        Text: copied in 0.8 s; consistent snapshot, taken under a short read lock
        ");
    }

    #[test]
    fn what_earlier_runs_copied_is_one_line() {
        let mut report = copied();
        report.tables[0].resumed = true;
        report.source_changed_between_runs = Some(true);
        insta::assert_snapshot!(printed(&report.lines(CopyWork::Nothing)), @r"
        Text: copied by earlier runs: 2,000 rows of 1 table (4.8 MiB)
        Warning: the source has changed since the first run: the copied rows are not from one snapshot; stop Mattermost, and run `migration-assist copy --restart`
        ");
    }

    #[test]
    fn what_did_not_fit_or_may_be_stale_is_a_warning() {
        let mut report = copied();
        report.total.rows_quarantined = 1;
        report.quarantined = vec![RowProblem {
            table: "Posts".to_owned(),
            key: vec![("Id".to_owned(), "p1".to_owned())],
            column: Some("CreateAt".to_owned()),
            code: "22003".to_owned(),
            message: "numeric value out of range".to_owned(),
        }];
        report.left_out = vec!["Sketches".to_owned()];
        report.source_changed = Some(true);
        let lines = report.lines(CopyWork::Rows);
        insta::assert_snapshot!(printed(&lines[3..]), @r"
        Warning: quarantined: table `Posts`, column `CreateAt`: numeric value out of range at key `p1`
        Warning: tables that the target lacks: Sketches
        Warning: the source has changed since the copy began: stop Mattermost, and run `migration-assist copy --restart`
        ");
    }
}
