//! The report as a person reads it.

use std::fmt::{self, Write as _};

use super::finding::{counted, grouped};
use super::{CheckReport, Choice, Finding, NotChecked, Severity};

/// The severities with their headings.
const HEADINGS: [(Severity, &str); 3] = [
    (Severity::Blocks, "Stops the copy, or needs a decision"),
    (Severity::Changes, "Will be changed on the way"),
    (Severity::Note, "Worth knowing"),
];
/// So many keys of a finding are printed.
const KEYS: usize = 3;

impl fmt::Display for CheckReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let release = self.release.as_ref().map_or_else(
            || format!("migrations {}", self.applied_migrations),
            |release| format!("Mattermost {release}"),
        );
        writeln!(
            f,
            "{}, {release}: {}, {}, {}",
            self.server,
            counted(u64::try_from(self.tables.len()).unwrap_or(u64::MAX), "table"),
            counted(self.size.rows, "row"),
            in_bytes(self.size.bytes),
        )?;
        if self.findings.is_empty() {
            writeln!(f, "\nNothing stands in the way: every value arrives as it is.")?;
            return write_not_checked(f, &self.not_checked);
        }
        for (severity, heading) in HEADINGS {
            let of_severity = || self.findings.iter().filter(|it| it.severity == severity);
            if of_severity().next().is_some() {
                writeln!(f, "\n{heading}: {}", of_severity().count())?;
                of_severity().try_for_each(|finding| write!(f, "\n{finding}"))?;
            }
        }
        if self.count(Severity::Blocks) == 0 {
            writeln!(f, "\nNothing stops the copy.")?;
        }
        write_not_checked(f, &self.not_checked)
    }
}

fn write_not_checked(f: &mut fmt::Formatter<'_>, not_checked: &[NotChecked]) -> fmt::Result {
    if not_checked.is_empty() {
        return Ok(());
    }
    writeln!(f, "\nNot checked: {}", not_checked.len())?;
    for NotChecked { rules, table, reason } in not_checked {
        let rules: Vec<&str> = rules.iter().map(|rule| rule.id()).collect();
        let place = table.as_ref().map(|table| format!("{table}: ")).unwrap_or_default();
        writeln!(f, "\n  [{}] {place}{reason}", rules.join(", "))?;
    }
    Ok(())
}

/// The lines of one finding.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = self.place();
        let separator = if place.is_empty() { "" } else { ": " };
        writeln!(f, "  [{}] {place}{separator}{}", self.id, self.message)?;
        if !self.keys.is_empty() {
            let keys: Vec<String> =
                self.keys.iter().take(KEYS).map(|key| key.join(" / ")).collect();
            let listed = u64::try_from(keys.len()).unwrap_or(u64::MAX);
            let mut line = keys.join(", ");
            if self.count > listed {
                write!(line, " and {} more", grouped(self.count - listed))?;
            }
            writeln!(f, "      rows: {line}")?;
        }
        if !self.action.is_empty() {
            writeln!(f, "      {}", self.action)?;
        }
        if let Some(fix) = &self.fix {
            writeln!(f, "      fix: {fix}")?;
        }
        if !self.choices.is_empty() {
            writeln!(f, "      choose one:")?;
        }
        for Choice { effect, command } in &self.choices {
            writeln!(f, "        {effect}:\n          {command}")?;
        }
        if let Some(statement) = &self.statement {
            writeln!(f, "      statement for the source:\n        {statement}")?;
        }
        Ok(())
    }
}

/// Bytes in the largest unit of which there is one.
fn in_bytes(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    let (mut whole, mut unit) = (bytes, "bytes");
    for larger in UNITS {
        if whole < 1024 {
            break;
        }
        (whole, unit) = (whole.div_ceil(1024), larger);
    }
    format!("{whole} {unit}")
}

#[cfg(test)]
mod tests {
    use super::{grouped, in_bytes};
    use crate::check::report::testing::report;
    use crate::check::{NotChecked, Rule};

    #[test]
    fn a_report_is_read_from_the_worst_to_the_least() {
        insta::assert_snapshot!(report(), @r"
        MariaDB 10.11.6, Mattermost 10.11.5: 1 table, 1,000,000 rows, 300 MiB

        Stops the copy, or needs a decision: 1

          [too-long] Posts.Hashtags: 2 values are too long
              rows: a, b, c and 2 more
              the copy stops at the row
              fix: migration-assist mysql --fix-varchar

        Will be changed on the way: 1

          [nul-byte] Preferences.Value: 1 value holds NUL bytes
              rows: u / c
              the copy takes the NUL bytes out

        Worth knowing: 1

          [login-plugin] the account logs in by `x`
        ");
    }

    #[test]
    fn nothing_found_is_one_line() {
        let mut report = report();
        report.findings.clear();
        insta::assert_snapshot!(report, @r"
        MariaDB 10.11.6, Mattermost 10.11.5: 1 table, 1,000,000 rows, 300 MiB

        Nothing stands in the way: every value arrives as it is.
        ");
    }

    #[test]
    fn what_was_not_looked_at_is_told_even_where_nothing_was_found() {
        let mut report = report();
        report.findings.clear();
        report.not_checked =
            vec![NotChecked::new(&[Rule::ForeignKey, Rule::NameCollision], "too many").at("Posts")];
        insta::assert_snapshot!(report, @r"
        MariaDB 10.11.6, Mattermost 10.11.5: 1 table, 1,000,000 rows, 300 MiB

        Nothing stands in the way: every value arrives as it is.

        Not checked: 1

          [foreign-key, name-collision] Posts: too many
        ");
    }

    #[test]
    fn figures_are_readable() {
        assert_eq!(grouped(7), "7");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(in_bytes(900), "900 bytes");
        assert_eq!(in_bytes(300 << 20), "300 MiB");
    }
}
