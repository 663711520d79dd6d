//! The way back to MySQL as text: what is put back, and what is left behind.

use std::path::Path;

use crate::clock::spelled_out;
use crate::cutover::{RecordedSwitch, StoreReport, Undone, WrittenRows};
use crate::transcript::{Line, LineKind};

impl RecordedSwitch {
    /// What the configuration will be again.
    #[must_use]
    pub fn line(&self, configuration: &Path) -> Line {
        Line::text(format!(
            "configuration: {} as it was before the cutover of {}, from {}",
            configuration.display(),
            spelled_out(&self.at),
            self.kept.display()
        ))
    }
}

impl WrittenRows {
    /// What is on PostgreSQL only.
    #[must_use]
    pub fn lines(&self) -> Vec<Line> {
        let mut lines = Vec::new();
        if self.tables.is_empty() {
            lines.push(Line::ok("no row with a time was written on PostgreSQL since the cutover"));
        } else {
            let tables: Vec<String> =
                self.tables.iter().map(|(table, rows)| format!("{table} {rows}")).collect();
            lines.push(Line::warning(format!(
                "rows that were written on PostgreSQL since the cutover, and are not in MySQL: {} ({})",
                self.total(),
                tables.join(", ")
            )));
        }
        if !self.not_counted.is_empty() {
            let tables = self.not_counted.join(", ");
            let detail = format!("not counted, since their rows have no time: {tables}");
            lines.push(Line::new(LineKind::Detail, detail));
        }
        lines
    }
}

impl Undone {
    /// What became of the file.
    #[must_use]
    pub fn lines(&self) -> Vec<Line> {
        let mut lines =
            vec![Line::ok(format!("{} is as it was before the cutover", self.path.display()))];
        lines.extend(self.changed.iter().map(|changed| {
            Line::warning(format!(
                "it had been changed since; that version is kept in {}",
                changed.display()
            ))
        }));
        lines
    }
}

impl StoreReport {
    /// Which row is active after the way back.
    #[must_use]
    pub fn undone_line(&self) -> Line {
        Line::ok(format!("row {} is the active configuration again", self.active))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::cutover::{RecordedSwitch, StoreReport, Undone, WrittenRows};
    use crate::transcript::testing::printed;

    #[test]
    fn what_is_put_back_and_left_behind_is_named() {
        let switch =
            RecordedSwitch { at: "20260131T235959Z".to_owned(), kept: "/c.json.before".into() };
        let mut lines = vec![switch.line(Path::new("/c.json"))];
        let written = WrittenRows {
            tables: vec![("posts".to_owned(), 3), ("users".to_owned(), 1)],
            not_counted: vec!["roles".to_owned()],
        };
        lines.extend(written.lines());
        lines.extend(WrittenRows::default().lines());
        let undone = Undone { path: "/c.json".into(), changed: Some("/c.json.changed".into()) };
        lines.extend(undone.lines());
        let row = StoreReport { active: "a".to_owned(), kept: "b".to_owned() };
        lines.push(row.undone_line());
        insta::assert_snapshot!(printed(&lines), @r"
        Text: configuration: /c.json as it was before the cutover of 2026-01-31 23:59:59 UTC, from /c.json.before
        Warning: rows that were written on PostgreSQL since the cutover, and are not in MySQL: 4 (posts 3, users 1)
        Detail: not counted, since their rows have no time: roles
        Ok: no row with a time was written on PostgreSQL since the cutover
        Ok: /c.json is as it was before the cutover
        Warning: it had been changed since; that version is kept in /c.json.changed
        Ok: row a is the active configuration again
        ");
    }
}
