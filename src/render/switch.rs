//! A switch as text: the change and its evidence before it, and the next steps after it.

use super::surroundings::session_lines;
use crate::cutover::{
    ChangeEvidence, Issue, ProofStatus, SinceProof, SourceEvidence, SourceMatch, SourceState,
    Start, Surroundings, SwitchOutcome, SwitchReport,
};
use crate::transcript::Line;

/// What the user named, for the next steps.
#[derive(Debug, Clone, Copy)]
pub struct Named<'a> {
    /// The flags of every `cutover`, such as `--config /opt/mattermost/config/config.json`.
    pub cutover_flags: &'a str,
    /// The unit of Mattermost.
    pub unit: Option<&'a str>,
    /// Whether files with variables were named.
    pub has_environment_files: bool,
}

impl SwitchReport {
    /// The change, and its evidence, without the objections.
    #[must_use]
    pub fn lines_before(&self) -> Vec<Line> {
        let mut lines = vec![Line::text(format!("configuration: {}", self.configuration))];
        for change in &self.changes {
            lines.push(Line::text(format!("  {}", change.setting)));
            let before = change.before.iter().map(|before| format!("    - {before}"));
            lines.extend(before.map(Line::text));
            lines.push(Line::text(format!("    + {}", change.after)));
        }
        if !self.changes.is_empty() {
            lines.extend(self.notes.iter().map(Line::text));
        }
        lines.extend(self.proof_line());
        lines.extend(self.other_address_line());
        if let SourceEvidence::Asked(state) = &self.evidence.source {
            lines.extend(source_lines(state));
        }
        let acceptance = &self.evidence.acceptance;
        let is_objected = |id| self.objections.iter().any(|it| it.id == id);
        if !acceptance.obstacles.iter().any(|issue| is_objected(issue.id)) {
            lines.push(Line::ok("the target has the schema that Mattermost expects"));
        }
        let note = |note: &Issue| Line::text(format!("note: {}; {}", note.message, note.hint));
        lines.extend(acceptance.notes.iter().map(note));
        lines
    }

    fn proof_line(&self) -> Option<Line> {
        let proof = &self.evidence.proof;
        let (ProofStatus::Equal, Some(at)) = (proof.status, &proof.at) else { return None };
        let without = match proof.left_out {
            0 => String::new(),
            rows => format!(", without the rows left out by decision: {rows}"),
        };
        Some(Line::ok(format!("both sides were equal at {at} (UTC){without}")))
    }

    /// Whether both addresses are one server has to be looked at, unless the workspace shows it.
    fn other_address_line(&self) -> Option<Line> {
        let SourceMatch::OtherAddress { compared, configured } = &self.evidence.source_match else {
            return None;
        };
        match &self.evidence.source {
            SourceEvidence::Asked(state) if is_compared_workspace(state) => None,
            _ => Some(Line::warning(format!(
                "the target was compared with the source at {compared}, and the configuration names it \
                 at {configured}: check that both are the same server"
            ))),
        }
    }

    /// What was done, and the next steps.
    #[must_use]
    pub fn lines_after(&self, named: Named<'_>) -> Vec<Line> {
        let mut lines = vec![match self.outcome {
            SwitchOutcome::Done => Line::ok("Mattermost will use PostgreSQL from its next start"),
            SwitchOutcome::Already => Line::ok("the configuration already names this database"),
            SwitchOutcome::Refused | SwitchOutcome::NotConfirmed => {
                Line::warning("nothing was changed")
            }
        }];
        if let Some(file) = &self.file {
            let kept = file.kept.display();
            lines.push(Line::text(format!("the old configuration is kept in {kept}")));
        }
        if let Some(row) = &self.row {
            let (active, kept) = (&row.active, &row.kept);
            lines.push(Line::text(format!("active is row {active}; row {kept} is kept")));
        }
        if let Some(file) = self.file.as_ref().filter(|file| file.other_links > 0) {
            lines.push(Line::warning(format!(
                "{} had other hard links: they still have the old configuration",
                file.path.display()
            )));
        }
        lines.extend(self.surroundings.lines(named));
        match self.outcome {
            SwitchOutcome::NotConfirmed => {
                lines.push(Line::hint("add `--yes` to make these changes"));
            }
            SwitchOutcome::Done => lines.extend(self.next_lines(named)),
            SwitchOutcome::Refused | SwitchOutcome::Already => {}
        }
        lines
    }

    fn next_lines(&self, named: Named<'_>) -> Vec<Line> {
        let starts = self.surroundings.starts_of(named.unit);
        let mut lines: Vec<Line> =
            starts.iter().map(|start| Line::text(format!("start Mattermost: `{start}`"))).collect();
        if lines.is_empty() {
            lines.push(Line::text("start Mattermost"));
        }
        let flags = named.cutover_flags;
        lines.push(Line::text(format!(
            "go back: `migration-assist cutover {flags} --undo`; other nodes have configurations of their own"
        )));
        lines
    }
}

fn is_compared_workspace(state: &SourceState) -> bool {
    !matches!(state.since_proof, SinceProof::OtherWorkspace { .. })
}

fn source_lines(state: &SourceState) -> Vec<Line> {
    let frozen = if state.frozen { "frozen" } else { "not frozen" };
    let mut lines =
        vec![Line::text(format!("source: {} at {}, {frozen}", state.server, state.address))];
    if let SinceProof::Unchanged { by } = &state.since_proof {
        lines.push(Line::ok(match by {
            ChangeEvidence::Position => {
                "the source was not written since: its log position is that of the proof"
            }
            ChangeEvidence::TableSums => {
                "the source was not written since: all its tables have the sums of the proof"
            }
        }));
    }
    lines.extend(session_lines(&state.sessions, &state.account).into_iter().map(Line::text));
    lines
}

impl Surroundings {
    /// What else names MySQL, where the tool looked, and where not.
    fn lines(&self, named: Named<'_>) -> Vec<Line> {
        let mut lines = Vec::new();
        if !self.leftovers.is_empty() {
            lines
                .push(Line::warning("these lines still name MySQL and have to be edited by hand:"));
            lines.extend(self.leftovers.iter().map(|it| Line::warning(format!("  {it}"))));
            if self.starts.iter().any(|start| matches!(start, Start::Unit { .. })) {
                lines.push(Line::hint("edit these lines, then run `systemctl daemon-reload`"));
            }
        }
        if !self.looked_at.is_empty() {
            let paths: Vec<String> =
                self.looked_at.iter().map(|path| path.display().to_string()).collect();
            lines.push(Line::text(format!("looked at: {}", paths.join(", "))));
        }
        for gap in &self.not_looked_at {
            lines.push(Line::text(format!("not looked at: {} ({})", gap.what, gap.why)));
        }
        if self.is_evidence(named.has_environment_files) {
            if self.leftovers.is_empty() {
                lines.push(Line::ok("nothing that was looked at names MySQL"));
            }
        } else if self.starts.is_empty() && !named.has_environment_files {
            lines.push(Line::warning(
                "nothing found on this machine that starts Mattermost: it is not known whether \
                 variables name MySQL",
            ));
            lines.push(Line::hint(
                "run `cutover` where Mattermost runs, or name what gives it variables: `--unit NAME`, \
                 `--env-file FILE`",
            ));
        } else {
            lines.push(Line::warning(
                "some files that give Mattermost variables cannot be read: it is not known whether they name \
                 MySQL",
            ));
            lines.push(Line::hint(
                "run the same command as root, or as a user that may read the files listed above",
            ));
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::Named;
    use crate::cutover::testing::{evidence, state};
    use crate::cutover::{
        Change, ChangeEvidence, Gap, Leftover, SinceProof, SourceEvidence, SourceMatch, Start,
        Surroundings, SwitchOutcome, SwitchReport, Written,
    };
    use crate::transcript::testing::printed;

    const NAMED: Named<'_> =
        Named { cutover_flags: "--config /c.json", unit: None, has_environment_files: false };

    fn report(source: SourceEvidence, outcome: SwitchOutcome) -> SwitchReport {
        let change = |setting: &str, before: Option<&str>, after: &str| Change {
            setting: setting.to_owned(),
            before: before.map(str::to_owned),
            after: after.to_owned(),
        };
        SwitchReport {
            configuration: "/c.json".to_owned(),
            outcome,
            changes: vec![
                change("SqlSettings.DriverName", Some("mysql"), "postgres"),
                change("SqlSettings.DataSource", None, "postgres://pg/mm"),
            ],
            notes: vec!["`sslmode=prefer` is left out".to_owned()],
            evidence: evidence(source),
            objections: Vec::new(),
            file: None,
            row: None,
            seconds: None,
            surroundings: Surroundings::default(),
        }
    }

    #[test]
    fn the_change_and_its_evidence_stand_before_the_question() {
        let mut state = state();
        state.since_proof = SinceProof::Unchanged { by: ChangeEvidence::TableSums };
        let asked = SourceEvidence::Asked(Box::new(state.clone()));
        let equal = report(asked, SwitchOutcome::Done);
        let compared = "another".to_owned();
        state.since_proof = SinceProof::OtherWorkspace { compared };
        state.frozen = false;
        let mut other = report(SourceEvidence::Asked(Box::new(state)), SwitchOutcome::Done);
        other.evidence.proof.left_out = 3;
        other.evidence.source_match = SourceMatch::OtherAddress {
            compared: "tcp(old:3306)/chat".to_owned(),
            configured: "tcp(db:3306)/chat".to_owned(),
        };
        other.changes.clear();
        let texts = [printed(&equal.lines_before()), printed(&other.lines_before())];
        insta::assert_snapshot!(texts.join("\n\n"), @r"
        Text: configuration: /c.json
        Text:   SqlSettings.DriverName
        Text:     - mysql
        Text:     + postgres
        Text:   SqlSettings.DataSource
        Text:     + postgres://pg/mm
        Text: `sslmode=prefer` is left out
        Ok: both sides were equal at 2026-01-31 23:59 (UTC)
        Text: source: MySQL 9.7.0 at tcp(db:3306), frozen
        Ok: the source was not written since: all its tables have the sums of the proof
        Text: other sessions of the workspace: 0
        Ok: the target has the schema that Mattermost expects

        Text: configuration: /c.json
        Ok: both sides were equal at 2026-01-31 23:59 (UTC), without the rows left out by decision: 3
        Warning: the target was compared with the source at tcp(old:3306)/chat, and the configuration names it at tcp(db:3306)/chat: check that both are the same server
        Text: source: MySQL 9.7.0 at tcp(db:3306), not frozen
        Text: other sessions of the workspace: 0
        Ok: the target has the schema that Mattermost expects
        ");
    }

    #[test]
    fn the_next_steps_stand_behind_the_switch() {
        let mut done = report(SourceEvidence::Unnamed, SwitchOutcome::Done);
        done.file =
            Some(Written { path: "/c.json".into(), kept: "/c.json.before".into(), other_links: 1 });
        done.surroundings = Surroundings {
            leftovers: vec![Leftover {
                path: "/etc/default/mattermost".into(),
                line: 2,
                present: "MM_CONFIG=mysql://mm:****@db/mm".to_owned(),
                instead: None,
                why: "it overrides the configuration".to_owned(),
            }],
            looked_at: vec!["/etc/default/mattermost".into()],
            not_looked_at: Vec::new(),
            starts: vec![Start::Unit { name: "mattermost".to_owned() }],
        };
        let mut unread = report(SourceEvidence::Unnamed, SwitchOutcome::NotConfirmed);
        unread.surroundings.not_looked_at =
            vec![Gap { what: "/env".to_owned(), why: "denied".to_owned(), is_unreadable: true }];
        let already = report(SourceEvidence::Unnamed, SwitchOutcome::Already);
        let with_files = Named { has_environment_files: true, ..NAMED };
        let texts = [
            printed(&done.lines_after(NAMED)),
            printed(&unread.lines_after(with_files)),
            printed(&already.lines_after(NAMED)),
        ];
        insta::assert_snapshot!(texts.join("\n\n"), @r"
        Ok: Mattermost will use PostgreSQL from its next start
        Text: the old configuration is kept in /c.json.before
        Warning: /c.json had other hard links: they still have the old configuration
        Warning: these lines still name MySQL and have to be edited by hand:
        Warning:   /etc/default/mattermost, line 2: remove `MM_CONFIG=mysql://mm:****@db/mm` (it overrides the configuration)
        Hint: edit these lines, then run `systemctl daemon-reload`
        Text: looked at: /etc/default/mattermost
        Text: start Mattermost: `systemctl start mattermost`
        Text: go back: `migration-assist cutover --config /c.json --undo`; other nodes have configurations of their own

        Warning: nothing was changed
        Text: not looked at: /env (denied)
        Warning: some files that give Mattermost variables cannot be read: it is not known whether they name MySQL
        Hint: run the same command as root, or as a user that may read the files listed above
        Hint: add `--yes` to make these changes

        Ok: the configuration already names this database
        Warning: nothing found on this machine that starts Mattermost: it is not known whether variables name MySQL
        Hint: run `cutover` where Mattermost runs, or name what gives it variables: `--unit NAME`, `--env-file FILE`
        ");
    }
}
