//! Comparisons of rows as text.

use std::path::Path;

use super::columns::aligned;
use super::evidence::{describe_consistency, doubt_line};
use crate::figures::{counted, grouped};
use crate::foreign_text::spell_out;
use crate::transcript::{Line, LineKind};
use crate::verify::{Difference, Exception, Kind, NotCompared, SourceChange, VerifyReport};

/// How much was compared.
pub(crate) fn extent(rows: u64, tables: u64) -> String {
    format!("{} of {}", counted(rows, "row"), counted(tables, "table"))
}

impl VerifyReport {
    /// What was compared, and the verdict.
    pub(crate) fn lines(&self) -> Vec<Line> {
        let mut lines = self.lines_without_verdict();
        let altered: u64 = self.tables.iter().map(|table| table.altered).sum();
        if altered > 0 {
            let altered = counted(altered, "value");
            lines.push(Line::text(format!("compared in converted form: {altered}")));
        }
        lines.push(verdict(self));
        lines
    }

    /// Everything except the verdict.
    pub(crate) fn lines_without_verdict(&self) -> Vec<Line> {
        let sides = format!("source: {}; target: {}", self.source, self.target);
        let mut lines = vec![Line::text(sides)];
        lines.extend(self.doubts.iter().map(doubt_line));
        lines.push(tables(self));
        lines.extend(self.not_compared.iter().map(not_compared));
        lines.extend(self.differences.iter().map(|it| Line::warning(difference_line(it))));
        let named = self.differences.len() as u64;
        if named < self.difference_count {
            let more = grouped(self.difference_count - named);
            lines.push(Line::warning(format!("{more} more differ; `--limit` prints more of them")));
        }
        let unsettled = self.tables.iter().filter(|table| table.unsettled);
        lines.extend(
            unsettled.map(|it| Line::warning(format!("{} changed while it was read", it.table))),
        );
        let claim = describe_consistency(self.consistency);
        lines.push(Line::text(format!("rows of the source: {claim}")));
        match self.source_changed {
            SourceChange::Yes => lines
                .push(Line::warning("the source changed while it was read; stop Mattermost first")),
            SourceChange::Unknown => {
                lines.push(Line::text("cannot determine whether the source changed meanwhile"));
            }
            SourceChange::No | SourceChange::Followed => {}
        }
        if !self.recorded {
            lines.push(Line::warning(
                "the result was not recorded: the role may not write to the target's schema \
                 `migration_assist`",
            ));
        }
        lines
    }
}

/// The rows of each table on both sides; a detail, if none differs.
fn tables(report: &VerifyReport) -> Line {
    let mut rows = vec![["table", "source", "target", "differ"].map(str::to_owned).to_vec()];
    let concerning = report.tables.iter().filter(|it| it.source_rows + it.target_rows > 0);
    rows.extend(concerning.map(|it| {
        let numbers = [it.source_rows, it.target_rows, it.differences()].map(grouped);
        [vec![it.table.clone()], numbers.to_vec()].concat()
    }));
    let kind = if report.difference_count > 0 { LineKind::Text } else { LineKind::Detail };
    Line::new(kind, aligned(&rows).trim_end())
}

/// What was not compared, and why.
fn not_compared(left_out: &NotCompared) -> Line {
    let column = left_out.column.as_ref().map_or(String::new(), |name| format!(".{name}"));
    let kind = match left_out.exception {
        _ if left_out.breaks_proof => LineKind::Warning,
        Exception::Bookkeeping => LineKind::Detail,
        _ => LineKind::Text,
    };
    Line::new(kind, format!("not compared: {}{column}: {}", left_out.table, left_out.reason))
}

/// What is proven of all rows; `quarantine` lists the rows that are left out by decision.
pub(super) fn proven(report: &VerifyReport, quarantine: Option<&Path>) -> String {
    let doubts = if report.doubts.is_empty() {
        ""
    } else {
        " to the dump, about which doubts were accepted"
    };
    let left_out = left_out(report, quarantine);
    let extent = extent(report.rows(), report.tables.len() as u64);
    format!("the target is proven equal{doubts}{left_out}: {extent}")
}

/// The rows that are left out by decision, in words.
pub(super) fn left_out(report: &VerifyReport, quarantine: Option<&Path>) -> String {
    let rows = match report.left_out() {
        0 => return String::new(),
        rows => grouped(rows),
    };
    let listed = quarantine.map(|path| format!(" (listed in `{}`)", path.display()));
    format!(", with rows left out by decision: {rows}{}", listed.unwrap_or_default())
}

fn verdict(report: &VerifyReport) -> Line {
    let extent = extent(report.rows(), report.tables.len() as u64);
    let seconds = report.seconds;
    if report.proof {
        Line::ok(format!("{}, in {seconds:.1} s", proven(report, None)))
    } else if report.is_equal() {
        let share = report.sample.map_or_else(
            || "what was compared".to_owned(),
            |it| format!("a sample of {} %", it.as_percent()),
        );
        Line::ok(format!(
            "no difference: {extent}, in {seconds:.1} s; compared: {share}, which is no proof of the whole"
        ))
    } else if report.difference_count == 0 {
        Line::warning(format!(
            "no difference was found in {extent}, and not everything was compared"
        ))
    } else {
        Line::warning(format!(
            "the target is not equal: rows that differ: {}, of {extent}",
            grouped(report.difference_count)
        ))
    }
}

/// A difference in one line, such as `Posts Id=… different: Message, Props`.
pub(crate) fn difference_line(difference: &Difference) -> String {
    let key: Vec<String> = difference
        .key
        .iter()
        .map(|(column, value)| format!("{column}={}", spell_out(value)))
        .collect();
    let kind = match difference.kind {
        Kind::Missing => "missing on the target",
        Kind::Extra => "only on the target",
        Kind::Different => "different",
    };
    let mut text = format!("{} {}: {kind}", spell_out(&difference.table), key.join(" "));
    for column in &difference.columns {
        text.push_str("\n    ");
        text.push_str(&spell_out(&column.column));
        if let Some(reason) = &column.reason {
            text.extend([" (has no counterpart: ", reason, ")"]);
        }
        if let (Some(expected), Some(found)) = (&column.expected, &column.found) {
            text.push_str(
                &[": expected ", &spell_out(expected), ", found ", &spell_out(found)].concat(),
            );
        }
    }
    text
}

#[cfg(test)]
pub(super) mod testing {
    use crate::source::Consistency;
    use crate::source_identity::SourceIdentity;
    use crate::verify::{SourceChange, TableReport, VerifyReport};

    /// A proof of a table.
    pub(in crate::render) fn compared() -> VerifyReport {
        let posts = TableReport {
            table: "Posts".to_owned(),
            source_rows: 1_234_567,
            target_rows: 1_234_567,
            missing: 0,
            extra: 0,
            different: 0,
            altered: 0,
            left_out: 0,
            unsettled: false,
        };
        VerifyReport {
            source: "MariaDB 10.11.14".to_owned(),
            identity: SourceIdentity::default(),
            doubts: Vec::new(),
            target: "PostgreSQL 15.18".to_owned(),
            schema: "public".to_owned(),
            tables: vec![posts],
            not_compared: Vec::new(),
            differences: Vec::new(),
            difference_count: 0,
            sample: None,
            consistency: Consistency::Lock,
            position: None,
            source_changed: SourceChange::No,
            seconds: 3.1,
            proof: true,
            recorded: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::testing::compared;
    use crate::transcript::testing::printed;
    use crate::verify::{Difference, Exception, Kind, NotCompared, Sample, SourceChange};

    #[test]
    fn a_proof_names_its_extent_and_its_evidence() {
        insta::assert_snapshot!(printed(&compared().lines()), @r"
        Text: source: MariaDB 10.11.14; target: PostgreSQL 15.18
        Detail: table     source     target  differ
        Posts  1,234,567  1,234,567       0
        Text: rows of the source: consistent snapshot, taken under a short read lock
        Ok: the target is proven equal: 1,234,567 rows of 1 table, in 3.1 s
        ");
    }

    #[test]
    fn differences_and_gaps_are_warnings() {
        let mut report = compared();
        report.proof = false;
        report.difference_count = 3;
        report.tables[0].missing = 3;
        report.tables[0].left_out = 2;
        report.source_changed = SourceChange::Yes;
        report.recorded = false;
        report.differences = vec![Difference {
            table: "Posts".to_owned(),
            key: vec![("Id".to_owned(), "a\u{1b}b".to_owned())],
            kind: Kind::Missing,
            columns: Vec::new(),
        }];
        report.not_compared = vec![NotCompared {
            table: "Notes".to_owned(),
            column: Some("Point".to_owned()),
            exception: Exception::NotConvertible,
            reason: "there is no conversion".to_owned(),
            breaks_proof: true,
        }];
        insta::assert_snapshot!(printed(&report.lines()), @r"
        Text: source: MariaDB 10.11.14; target: PostgreSQL 15.18
        Text: table     source     target  differ
        Posts  1,234,567  1,234,567       3
        Warning: not compared: Notes.Point: there is no conversion
        Warning: Posts Id=a\u{1b}b: missing on the target
        Warning: 2 more differ; `--limit` prints more of them
        Text: rows of the source: consistent snapshot, taken under a short read lock
        Warning: the source changed while it was read; stop Mattermost first
        Warning: the result was not recorded: the role may not write to the target's schema `migration_assist`
        Warning: the target is not equal: rows that differ: 3, of 1,234,567 rows of 1 table
        ");
    }

    #[test]
    fn a_comparison_that_was_not_whole_counts_no_differences() {
        let mut report = compared();
        report.proof = false;
        report.tables[0].unsettled = true;
        let lines = report.lines();
        insta::assert_snapshot!(printed(&lines[lines.len() - 1..]), @"Warning: no difference was found in 1,234,567 rows of 1 table, and not everything was compared");
    }

    #[test]
    fn a_sample_is_no_proof() {
        let mut report = compared();
        report.proof = false;
        report.sample = Sample::percent(5.0);
        let lines = report.lines();
        insta::assert_snapshot!(printed(&lines[lines.len() - 1..]), @r"
        Ok: no difference: 1,234,567 rows of 1 table, in 3.1 s; compared: a sample of 5 %, which is no proof of the whole
        ");
    }
}
