//! Comparisons of rows as text.

use super::columns::aligned;
use super::copied::describe_consistency;
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
        let doubt = |it| Line::warning(format!("accepted about the dump: {it}"));
        lines.extend(self.doubts.iter().map(doubt));
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

fn verdict(report: &VerifyReport) -> Line {
    let extent = extent(report.rows(), report.tables.len() as u64);
    let seconds = report.seconds;
    let left_out = match report.left_out() {
        0 => String::new(),
        rows => format!(", with rows left out by decision: {}", grouped(rows)),
    };
    if report.proof && !report.doubts.is_empty() {
        Line::ok(format!(
            "the target is proven equal to the dump, about which doubts were accepted{left_out}: {extent}, \
             in {seconds:.1} s"
        ))
    } else if report.proof {
        Line::ok(format!("the target is proven equal{left_out}: {extent}, in {seconds:.1} s"))
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
