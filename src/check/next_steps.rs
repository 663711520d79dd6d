//! The commands of which one leads on.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

use super::choice::{Choice, ChoiceCommand, FIX_DECIDED, command};
use super::policy::Decisions;
use super::{Finding, Severity};
use crate::shell::shell_word;

/// A command that leads on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Step {
    /// What it does, as an imperative.
    pub effect: &'static str,
    /// The command, quoted for a shell.
    pub command: String,
}

impl Step {
    /// A command and what it does, as an imperative.
    #[must_use]
    pub fn new(effect: &'static str, command: impl Into<String>) -> Self {
        Self { effect, command: command.into() }
    }

    /// The same step of someone who copies by `copy`.
    #[must_use]
    pub fn by_copy(self) -> Self {
        let command = self.command.replacen("migration-assist migrate", "migration-assist copy", 1);
        Self { command, ..self }
    }
}

/// The start of every command that repairs.
const REPAIR: &str = "migration-assist mysql ";

/// The commands of which one leads on, the one that loses least first; none if a finding can be cleared
/// only by hand. `dump` is the file that is read in place of a server.
#[must_use]
pub fn next_steps(findings: &[Finding], decisions: &Decisions, dump: Option<&str>) -> Vec<Step> {
    let ways = Ways { findings, decisions, dump };
    let of_severity = |severity| findings.iter().any(|it| it.severity == severity);
    if of_severity(Severity::Blocks) {
        return ways.all();
    }
    let effect = "migrate";
    let in_flight = of_severity(Severity::Changes).then(|| IN_FLIGHT.to_owned());
    vec![Step { effect, command: ways.migrate(in_flight) }]
}

const IN_FLIGHT: &str = "--fix-in-flight";

struct Ways<'a> {
    findings: &'a [Finding],
    decisions: &'a Decisions,
    dump: Option<&'a str>,
}

impl<'a> Ways<'a> {
    fn all(&self) -> Vec<Step> {
        let repairs: BTreeSet<&str> = self
            .findings
            .iter()
            .filter(|it| it.severity != Severity::Note)
            .filter_map(repair_flag)
            .collect();
        let undecided: Vec<&Finding> = self.blocking().filter(|it| it.fix.is_none()).collect();
        let mut steps = Vec::new();
        if undecided.is_empty() {
            let repairs = repairs.into_iter().map(str::to_owned).collect();
            if self.dump.is_none() {
                let effect = "repair the source";
                steps.push(Step { effect, command: self.command(ChoiceCommand::Repair, repairs) });
            }
            let effect = "make the repairs while copying; the source is not modified";
            steps.push(Step { effect, command: self.migrate([IN_FLIGHT.to_owned()]) });
            return steps;
        }
        if undecided.iter().all(|it| it.choices.is_empty()) && repairs.is_empty() {
            return steps;
        }
        let first = || undecided.iter().filter_map(|it| it.choices.first());
        let last = || undecided.iter().filter_map(|it| it.choices.last());
        let is_repair = |it: &Choice| it.by == ChoiceCommand::Repair;
        let repairs = || repairs.iter().map(|it| (*it).to_owned());
        if self.dump.is_none() && (first().any(is_repair) || repairs().next().is_some()) {
            let flags = repairs().chain(flags(first()));
            steps.push(Step {
                effect: "repair the source, with the first choice of each finding",
                command: self.command(ChoiceCommand::Repair, flags.collect()),
            });
        }
        if undecided.iter().all(|it| !it.choices.is_empty()) {
            let in_flight = repairs().next().map(|_| IN_FLIGHT.to_owned());
            let in_flight = in_flight.or_else(|| self.changes().then(|| IN_FLIGHT.to_owned()));
            let chosen = first().flat_map(Choice::on_the_way).cloned();
            steps.push(Step {
                effect: "make the repairs and the first choice of each finding while copying; the source \
                         is not modified",
                command: self.migrate(in_flight.into_iter().chain(chosen)),
            });
        }
        let effect = "use the last choice of each finding";
        let in_flight = self.dump.is_some() || !last().any(is_repair);
        let command = if in_flight {
            let chosen = last().flat_map(Choice::on_the_way).cloned();
            let in_flight =
                (self.changes() || repairs().next().is_some()).then(|| IN_FLIGHT.to_owned());
            self.migrate(in_flight.into_iter().chain(chosen))
        } else {
            self.command(ChoiceCommand::Repair, flags(last()).collect())
        };
        if !steps.iter().any(|step| step.command == command) {
            steps.push(Step { effect, command });
        }
        steps
    }

    fn blocking(&self) -> impl Iterator<Item = &'a Finding> {
        self.findings.iter().filter(|it| it.severity == Severity::Blocks)
    }

    fn changes(&self) -> bool {
        self.findings.iter().any(|it| it.severity == Severity::Changes)
    }

    fn migrate(&self, flags: impl IntoIterator<Item = String>) -> String {
        self.command(ChoiceCommand::Migrate, flags.into_iter().collect())
    }

    /// The command with these flags and those of the decisions that were made before.
    fn command(&self, by: ChoiceCommand, mut flags: Vec<String>) -> String {
        if let Some(file) = self.dump {
            flags.insert(0, format!("--dump {}", shell_word(file)));
        }
        let earlier = self.decisions.flags().into_iter();
        let earlier = earlier.filter(|it| by == ChoiceCommand::Migrate || it != IN_FLIGHT);
        flags.extend(earlier);
        let is_decision = |it: &String| it.starts_with("--on-");
        if by == ChoiceCommand::Repair && flags.iter().any(is_decision) {
            flags.insert(0, FIX_DECIDED.to_owned());
        }
        let mut seen = BTreeSet::new();
        flags.retain(|flag| seen.insert(flag.clone()));
        command(by, &flags)
    }
}

/// The flags of several choices, each once.
fn flags<'c>(choices: impl Iterator<Item = &'c Choice>) -> impl Iterator<Item = String> {
    let all: Vec<String> = choices.flat_map(|it| it.flags.iter().cloned()).collect();
    let decided = all.iter().any(|it| it == FIX_DECIDED).then(|| FIX_DECIDED.to_owned());
    decided.into_iter().chain(all.into_iter().filter(|it| it != FIX_DECIDED))
}

/// The flag that repairs a finding.
fn repair_flag(finding: &Finding) -> Option<&str> {
    finding.fix.as_deref()?.strip_prefix(REPAIR)
}

#[cfg(test)]
mod tests {
    use super::next_steps;
    use crate::check::policy::Decisions;
    use crate::check::report::testing::report;
    use crate::check::{Choice, ChoiceCommand, Finding, Rule, Severity};

    fn printed(findings: &[Finding], decisions: &Decisions, dump: Option<&str>) -> String {
        let steps = next_steps(findings, decisions, dump);
        let lines: Vec<String> =
            steps.iter().map(|it| format!("{}: {}", it.effect, it.command)).collect();
        lines.join("\n")
    }

    fn undecided() -> Finding {
        let leave_out = vec!["--leave-out out-of-range:T.C".to_owned()];
        Finding::new(Rule::OutOfRange, Severity::Blocks, "a number").at("T", Some("C")).choices(
            vec![
                Choice::repair("write the nearest", "--on-invalid T.C=nearest".to_owned()),
                Choice::new("leave the row out", ChoiceCommand::Migrate, leave_out),
            ],
        )
    }

    #[test]
    fn each_way_is_one_command_with_every_decision_in_it() {
        let mut findings = report().findings;
        let none = Decisions::default();
        insta::assert_snapshot!(printed(&findings, &none, None), @r"
        repair the source: migration-assist mysql --fix-varchar
        make the repairs while copying; the source is not modified: migration-assist migrate --fix-in-flight
        ");
        findings.push(undecided());
        insta::assert_snapshot!(printed(&findings, &none, None), @r"
        repair the source, with the first choice of each finding: migration-assist mysql --fix decided --fix-varchar --on-invalid T.C=nearest
        make the repairs and the first choice of each finding while copying; the source is not modified: migration-assist migrate --fix-in-flight --on-invalid T.C=nearest
        use the last choice of each finding: migration-assist migrate --fix-in-flight --leave-out out-of-range:T.C
        ");
        insta::assert_snapshot!(printed(&findings, &none, Some("a dump.sql")), @r"
        make the repairs and the first choice of each finding while copying; the source is not modified: migration-assist migrate --dump 'a dump.sql' --fix-in-flight --on-invalid T.C=nearest
        use the last choice of each finding: migration-assist migrate --dump 'a dump.sql' --fix-in-flight --leave-out out-of-range:T.C
        ");
        let decided = Decisions { left_behind: vec!["mine".to_owned()], ..none };
        insta::assert_snapshot!(printed(&[undecided()], &decided, None), @r"
        repair the source, with the first choice of each finding: migration-assist mysql --fix decided --on-invalid T.C=nearest --leave-behind mine
        make the repairs and the first choice of each finding while copying; the source is not modified: migration-assist migrate --on-invalid T.C=nearest --leave-behind mine
        use the last choice of each finding: migration-assist migrate --leave-out out-of-range:T.C --leave-behind mine
        ");
    }

    #[test]
    fn the_next_command_leads_on() {
        let mut findings = report().findings;
        findings[0].fix = None;
        let none = Decisions::default();
        assert_eq!(printed(&findings, &none, None), "", "only by hand");
        findings.remove(0);
        insta::assert_snapshot!(printed(&findings, &none, None), @"migrate: migration-assist migrate --fix-in-flight");
        insta::assert_snapshot!(printed(&[], &none, Some("d.sql")), @"migrate: migration-assist migrate --dump d.sql");
    }
}
