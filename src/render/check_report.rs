//! The report of the checks, and its counts, as text.

use std::fmt::{self, Write as _};

use crate::check::{CheckReport, Choice, Finding, NotChecked, Severity, Summary};
use crate::figures::{counted, grouped, human_bytes};
use crate::foreign_text::{spell_out, spell_out_message};
use crate::transcript::{Line, LineKind};

/// The headings of the severities.
const HEADINGS: [(Severity, &str); 3] = [
    (Severity::Blocks, "Stops the copy, or needs a decision"),
    (Severity::Changes, "Changed while copying"),
    (Severity::Note, "Worth knowing"),
];
/// The heading of what matters to a migration while Mattermost is running.
const LIVE_ONLY: &str = "Stops only `migrate --live`";
/// The most keys that are printed for a finding.
const KEYS: usize = 3;

impl CheckReport {
    /// The report as it is printed.
    #[must_use]
    pub fn lines(&self) -> Vec<Line> {
        let release = match &self.release {
            Some(release) => format!("Mattermost {release}"),
            None if self.applied_migrations.is_empty() => "no applied migrations".to_owned(),
            None => format!("migrations {}", self.applied_migrations),
        };
        let mut lines = vec![text(format!(
            "{}, {release}: {}, {}, about {}",
            self.server,
            counted(u64::try_from(self.tables.len()).unwrap_or(u64::MAX), "table"),
            counted(self.size.rows, "row"),
            human_bytes(self.size.bytes),
        ))];
        if self.findings.is_empty() {
            lines.push(text("\nNo problems found: every value can be copied unchanged."));
        }
        for (severity, heading) in HEADINGS {
            let findings = self.findings.iter();
            let of_severity = findings.filter(|it| it.severity == severity && !it.is_live_only());
            add_findings(&mut lines, heading, &of_severity.collect::<Vec<_>>());
        }
        let live_only = self.findings.iter().filter(|it| it.is_live_only());
        add_findings(&mut lines, LIVE_ONLY, &live_only.collect::<Vec<_>>());
        if !self.findings.is_empty() && self.count(Severity::Blocks) == 0 {
            lines.push(text("\nNothing stops the copy."));
        }
        add_not_checked(&mut lines, &self.not_checked);
        lines
    }
}

fn text(text: impl Into<String>) -> Line {
    Line::new(LineKind::Text, text)
}

fn add_findings(lines: &mut Vec<Line>, heading: &str, findings: &[&Finding]) {
    if findings.is_empty() {
        return;
    }
    lines.push(text(format!("\n{heading}: {}", findings.len())));
    for (place, finding) in findings.iter().enumerate() {
        let shares_with = |other: Option<&&Finding>| {
            other.is_some_and(|other| {
                let advice = finding.advice();
                other.id == finding.id && !advice.is_empty() && other.advice() == advice
            })
        };
        let before = place.checked_sub(1).and_then(|it| findings.get(it));
        let space = if shares_with(before) { "" } else { "\n" };
        let is_last = !shares_with(findings.get(place + 1));
        let advice = if is_last { finding.advice() } else { String::new() };
        let text = format!("{space}{}{advice}", finding.head());
        lines.push(Line::new(finding.line_kind(), text.trim_end()));
    }
}

fn add_not_checked(lines: &mut Vec<Line>, not_checked: &[NotChecked]) {
    if not_checked.is_empty() {
        return;
    }
    lines.push(text(format!("\nNot checked: {}", not_checked.len())));
    for NotChecked { rules, table, reason } in not_checked {
        let rules: Vec<&str> = rules.iter().map(|rule| rule.id()).collect();
        let place = table.as_ref().map(|table| format!("{table}: ")).unwrap_or_default();
        let line = format!("{place}{reason}");
        lines.push(text(format!("\n  [{}] {}", rules.join(", "), spell_out(&line))));
    }
}

impl Finding {
    /// The finding as it is printed, below an empty line.
    #[must_use]
    pub fn line(&self) -> Line {
        Line::new(self.line_kind(), format!("\n{self}").trim_end())
    }

    fn line_kind(&self) -> LineKind {
        match self.severity {
            Severity::Blocks => LineKind::Blocks,
            Severity::Changes => LineKind::Changes,
            Severity::Note => LineKind::Remark,
        }
    }

    /// What was found, and in which rows.
    fn head(&self) -> String {
        let mut text = String::new();
        self.write_head(&mut text).expect("a string takes all text");
        text
    }

    /// What follows from it; findings of one rule often share it.
    fn advice(&self) -> String {
        let mut text = String::new();
        self.write_advice(&mut text).expect("a string takes all text");
        text
    }

    fn write_head(&self, f: &mut impl fmt::Write) -> fmt::Result {
        let place = self.place();
        let separator = if place.is_empty() { "" } else { ": " };
        let (place, message) = (spell_out(&place), spell_out(&self.message));
        writeln!(f, "  [{}] {place}{separator}{message}", self.id)?;
        if !self.keys.is_empty() {
            let keys: Vec<String> = self
                .keys
                .iter()
                .take(KEYS)
                .map(|key| spell_out(&key.join(" / ")).into_owned())
                .collect();
            let listed = u64::try_from(keys.len()).unwrap_or(u64::MAX);
            let mut line = keys.join(", ");
            if self.count > listed {
                write!(line, " and {} more", grouped(self.count - listed))?;
            }
            writeln!(f, "      rows: {line}")?;
        }
        Ok(())
    }

    fn write_advice(&self, f: &mut impl fmt::Write) -> fmt::Result {
        if !self.action.is_empty() {
            writeln!(f, "      {}", spell_out(&self.action))?;
        }
        if let Some(fix) = &self.fix {
            writeln!(f, "      fix: {}", spell_out(fix))?;
        }
        if !self.choices.is_empty() {
            writeln!(f, "      choose one:")?;
        }
        for Choice { effect, command, .. } in &self.choices {
            writeln!(f, "        {effect}:\n          {}", spell_out(command))?;
        }
        if let Some(statement) = &self.statement {
            writeln!(
                f,
                "      statement for the source:\n        {}",
                spell_out_message(statement)
            )?;
        }
        Ok(())
    }
}

/// The lines of one finding.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_head(f)?;
        self.write_advice(f)
    }
}

impl Summary {
    /// The printed counts, which follow the findings; none without findings.
    #[must_use]
    pub fn line(&self, report: &CheckReport) -> Option<Line> {
        (!report.findings.is_empty()).then(|| Line::new(LineKind::Text, format!("\n{self}")))
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { blocking, repaired, changing, notes, live_only } = *self;
        let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        write!(f, "stops the copy: {}", counted(count(blocking), "finding"))?;
        if blocking > 0 {
            write!(
                f,
                " (one command repairs: {repaired}; need a decision: {})",
                blocking - repaired
            )?;
        }
        write!(f, "\nchanges values: {}", counted(count(changing), "finding"))?;
        write!(f, "\nworth knowing: {}", counted(count(notes), "finding"))?;
        if live_only > 0 {
            write!(f, "\nstops only `migrate --live`: {}", counted(count(live_only), "finding"))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::report;
    use crate::check::{CheckReport, Finding, NotChecked, Rule, Severity, Summary};

    fn printed(report: &CheckReport) -> String {
        report.lines().into_iter().map(|line| line.text + "\n").collect()
    }

    #[test]
    fn a_report_is_read_from_the_worst_to_the_least() {
        insta::assert_snapshot!(printed(&report()), @r"
        MariaDB 10.11.6, Mattermost 10.11.5: 1 table, 1,000,000 rows, about 300 MiB

        Stops the copy, or needs a decision: 1

          [too-long] Posts.Hashtags: 2 values are too long
              rows: a, b, c and 2 more
              the copy stops at the row
              fix: migration-assist mysql --fix-varchar

        Changed while copying: 1

          [nul-byte] Preferences.Value: 1 value holds NUL bytes
              rows: u / c
              the copy takes the NUL bytes out

        Worth knowing: 1

          [login-plugin] the account logs in by `x`
        ");
    }

    #[test]
    fn neighbours_of_one_rule_share_their_advice() {
        let mut report = report();
        let mut other = report.findings[0].clone();
        other.column = Some("Filenames".to_owned());
        let mut repairless = other.clone();
        repairless.column = Some("FileIds".to_owned());
        repairless.fix = None;
        report.findings = vec![report.findings[0].clone(), other, repairless];
        let text = printed(&report);
        let (_, findings) = text.split_once("decision: 3\n").expect("a heading");
        insta::assert_snapshot!(findings, @r"

          [too-long] Posts.Hashtags: 2 values are too long
              rows: a, b, c and 2 more
          [too-long] Posts.Filenames: 2 values are too long
              rows: a, b, c and 2 more
              the copy stops at the row
              fix: migration-assist mysql --fix-varchar

          [too-long] Posts.FileIds: 2 values are too long
              rows: a, b, c and 2 more
              the copy stops at the row
        ");
    }

    #[test]
    fn nothing_found_is_one_line() {
        let mut report = report();
        report.findings.clear();
        insta::assert_snapshot!(printed(&report), @r"
        MariaDB 10.11.6, Mattermost 10.11.5: 1 table, 1,000,000 rows, about 300 MiB

        No problems found: every value can be copied unchanged.
        ");
    }

    #[test]
    fn what_was_not_checked_is_listed_even_if_nothing_was_found() {
        let mut report = report();
        report.findings.clear();
        report.not_checked =
            vec![NotChecked::new(&[Rule::ForeignKey, Rule::NameCollision], "too many").at("Posts")];
        insta::assert_snapshot!(printed(&report), @r"
        MariaDB 10.11.6, Mattermost 10.11.5: 1 table, 1,000,000 rows, about 300 MiB

        No problems found: every value can be copied unchanged.

        Not checked: 1

          [foreign-key, name-collision] Posts: too many
        ");
    }

    #[test]
    fn a_summary_counts() {
        let mut report = report();
        report.findings.push(Finding::new(Rule::OutOfRange, Severity::Blocks, "a number"));
        insta::assert_snapshot!(Summary::of(&report), @r"
        stops the copy: 2 findings (one command repairs: 1; need a decision: 1)
        changes values: 1 finding
        worth knowing: 1 finding
        ");
    }
}
