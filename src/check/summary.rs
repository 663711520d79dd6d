//! The sums of a report, and the next command.

use std::collections::BTreeSet;
use std::fmt;

use super::finding::counted;
use super::{CheckReport, Finding, Severity};

/// How many findings of each kind a report has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Those that stop the copy.
    pub blocking: usize,
    /// Those of them that [`Self::repair`] clears.
    pub repaired: usize,
    /// Those that change values.
    pub changing: usize,
    /// Those that only inform.
    pub notes: usize,
    /// The command that makes every repair which needs no decision.
    pub repair: Option<String>,
}

/// What every command that repairs begins with.
const REPAIR: &str = "migration-assist mysql ";

impl Summary {
    /// The sums of a report.
    #[must_use]
    pub fn of(report: &CheckReport) -> Self {
        let blocking = || report.findings.iter().filter(|it| it.severity == Severity::Blocks);
        let matters = report.findings.iter().filter(|it| it.severity != Severity::Note);
        let flags: BTreeSet<&str> = matters.filter_map(flag).collect();
        let flags = Vec::from_iter(flags);
        Self {
            blocking: blocking().count(),
            repaired: blocking().filter(|it| flag(it).is_some()).count(),
            changing: report.count(Severity::Changes),
            notes: report.count(Severity::Note),
            repair: (!flags.is_empty()).then(|| format!("{REPAIR}{}", flags.join(" "))),
        }
    }

    /// The next step on a server's source.
    #[must_use]
    pub fn next(&self) -> String {
        match &self.repair {
            Some(repair) if self.repaired > 0 => format!("run `{repair}`"),
            _ if self.blocking > 0 => {
                "follow the advice under each finding that stops the copy, and run \
                 `migration-assist mysql` again"
                    .to_owned()
            }
            _ if self.changing > 0 => "run `migration-assist migrate --fix-in-flight`".to_owned(),
            _ => "run `migration-assist migrate`".to_owned(),
        }
    }
}

/// The flag that repairs a finding.
fn flag(finding: &Finding) -> Option<&str> {
    finding.fix.as_deref()?.strip_prefix(REPAIR)
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { blocking, repaired, changing, notes, .. } = *self;
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
        write!(f, "\nworth knowing: {}", counted(count(notes), "finding"))
    }
}

#[cfg(test)]
mod tests {
    use super::Summary;
    use crate::check::report::testing::report;
    use crate::check::{Finding, Rule, Severity};

    #[test]
    fn a_summary_counts_and_names_the_next_command() {
        let mut report = report();
        report.findings.push(Finding::new(Rule::OutOfRange, Severity::Blocks, "a number"));
        let json = "migration-assist mysql --fix-json";
        report.findings.push(Finding::new(Rule::EmptyJson, Severity::Changes, "a text").fix(json));
        let summary = Summary::of(&report);
        insta::assert_snapshot!(format!("{summary}\n{}", summary.next()), @r"
        stops the copy: 2 findings (one command repairs: 1; need a decision: 1)
        changes values: 2 findings
        worth knowing: 1 finding
        run `migration-assist mysql --fix-json --fix-varchar`
        ");
    }

    #[test]
    fn the_next_command_leads_on() {
        let mut report = report();
        report.findings[0].fix = None;
        assert!(Summary::of(&report).next().starts_with("follow the advice"));
        report.findings.remove(0);
        let next = Summary::of(&report).next();
        assert_eq!(next, "run `migration-assist migrate --fix-in-flight`");
        report.findings.clear();
        assert_eq!(Summary::of(&report).next(), "run `migration-assist migrate`");
    }
}
