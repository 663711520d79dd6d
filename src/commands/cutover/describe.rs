//! The texts of a switch: the findings before it, and the next steps after it.

use super::{CutoverReport, Outcome, flags};
use crate::cli::CutoverArgs;
use crate::commands::Context;
use crate::cutover::{
    ChangeEvidence, ProofStatus, SinceProof, SourceEvidence, SourceMatch, SourceState, Start,
    Surroundings,
};
use crate::render::session_lines;

/// Prints the change, and its evidence. `questions` prints the objections.
pub(super) fn before(report: &CutoverReport, context: Context) {
    let ui = context.ui;
    ui.say(format!("configuration: {}", report.configuration));
    for change in &report.changes {
        ui.say(format!("  {}", change.setting));
        if let Some(before) = &change.before {
            ui.say(format!("    - {before}"));
        }
        ui.say(format!("    + {}", change.after));
    }
    for note in report.notes.iter().filter(|_| !report.changes.is_empty()) {
        ui.say(note);
    }
    let evidence = &report.evidence;
    if let (ProofStatus::Equal, Some(at)) = (evidence.proof.status, &evidence.proof.at) {
        match evidence.proof.left_out {
            0 => ui.good(format!("both sides were equal at {at} (UTC)")),
            rows => ui.good(format!(
                "both sides were equal at {at} (UTC), without the rows left out by decision: {rows}"
            )),
        }
    }
    if let SourceMatch::OtherAddress { compared, configured } = &evidence.source_match {
        match &evidence.source {
            SourceEvidence::Asked(state) if is_compared_workspace(state) => {}
            _ => ui.warn(format!(
                "the target was compared with the source at {compared}, and the configuration names it \
                 at {configured}: check that both are the same server"
            )),
        }
    }
    if let SourceEvidence::Asked(state) = &evidence.source {
        describe_source(state, context);
    }
    let objected = |id| report.objections.iter().any(|it| it.id == id);
    if !evidence.acceptance.obstacles.iter().any(|issue| objected(issue.id)) {
        ui.good("the target has the schema that Mattermost expects");
    }
    for note in &evidence.acceptance.notes {
        ui.say(format!("note: {}; {}", note.message, note.hint));
    }
}

fn is_compared_workspace(state: &SourceState) -> bool {
    !matches!(state.since_proof, SinceProof::OtherWorkspace { .. })
}

fn describe_source(state: &SourceState, context: Context) {
    let ui = context.ui;
    let frozen = if state.frozen { "frozen" } else { "not frozen" };
    ui.say(format!("source: {} at {}, {frozen}", state.server, state.address));
    match &state.since_proof {
        SinceProof::Unchanged { by: ChangeEvidence::Position } => {
            ui.good("the source was not written since: its log position is that of the proof");
        }
        SinceProof::Unchanged { by: ChangeEvidence::TableSums } => {
            ui.good("the source was not written since: all its tables have the sums of the proof");
        }
        _ => {}
    }
    for line in session_lines(&state.sessions, &state.account) {
        ui.say(line);
    }
}

/// Prints what was done, and the next steps.
pub(super) fn after(report: &CutoverReport, args: &CutoverArgs, context: Context) {
    let ui = context.ui;
    match report.outcome {
        Outcome::Done => ui.good("Mattermost will use PostgreSQL from its next start"),
        Outcome::Already => ui.good("the configuration already names this database"),
        Outcome::Refused | Outcome::NotConfirmed => ui.warn("nothing was changed"),
    }
    if let Some(file) = &report.file {
        ui.say(format!("the old configuration is kept in {}", file.kept.display()));
    }
    if let Some(row) = &report.row {
        ui.say(format!("active is row {}; row {} is kept", row.active, row.kept));
    }
    if let Some(file) = &report.file
        && file.other_links > 0
    {
        ui.warn(format!(
            "{} had other hard links: they still have the old configuration",
            file.path.display()
        ));
    }
    surroundings(&report.surroundings, args, context);
    match report.outcome {
        Outcome::NotConfirmed => ui.hint("add `--yes` to make these changes"),
        Outcome::Done => {
            let starts = starts(&report.surroundings, args);
            if starts.is_empty() {
                ui.say("start Mattermost");
            }
            for start in starts {
                ui.say(format!("start Mattermost: `{start}`"));
            }
            let flags = flags::of_cutover(args);
            ui.say(format!(
                "go back: `migration-assist cutover {flags} --undo`; other nodes have configurations of \
                 their own"
            ));
        }
        Outcome::Refused | Outcome::Already => {}
    }
}

/// Prints what else names MySQL, where the tool looked, and where not.
fn surroundings(found: &Surroundings, args: &CutoverArgs, context: Context) {
    let ui = context.ui;
    if !found.leftovers.is_empty() {
        ui.warn("these lines still name MySQL and have to be edited by hand:");
        for leftover in &found.leftovers {
            ui.warn(format!("  {leftover}"));
        }
        if found.starts.iter().any(|start| matches!(start, Start::Unit { .. })) {
            ui.hint("edit these lines, then run `systemctl daemon-reload`");
        }
    }
    if !found.looked_at.is_empty() {
        let paths: Vec<String> =
            found.looked_at.iter().map(|path| path.display().to_string()).collect();
        ui.say(format!("looked at: {}", paths.join(", ")));
    }
    for gap in &found.not_looked_at {
        ui.say(format!("not looked at: {} ({})", gap.what, gap.why));
    }
    if is_evidence(found, args) {
        if found.leftovers.is_empty() {
            ui.good("nothing that was looked at names MySQL");
        }
    } else if found.starts.is_empty() && args.machine.env_file.is_empty() {
        ui.warn(
            "nothing found on this machine that starts Mattermost: it is not known whether \
             variables name MySQL",
        );
        ui.hint(
            "run `cutover` where Mattermost runs, or name what gives it variables: `--unit NAME`, \
             `--env-file FILE`",
        );
    } else {
        ui.warn(
            "some files that give Mattermost variables cannot be read: it is not known whether they name \
             MySQL",
        );
        ui.hint("run the same command as root, or as a user that may read the files listed above");
    }
}

/// Whether no finding means that nothing else on this machine names MySQL.
pub(super) fn is_evidence(found: &Surroundings, args: &CutoverArgs) -> bool {
    found.is_evidence(!args.machine.env_file.is_empty())
}

/// How Mattermost is started here. A unit that only starts compose is left out, because the container's
/// variables count.
pub(super) fn starts(found: &Surroundings, args: &CutoverArgs) -> Vec<Start> {
    let containers = found.starts.iter().filter(|start| start.is_container());
    let containers: Vec<Start> = containers.cloned().collect();
    if !containers.is_empty() {
        return containers;
    }
    let Some(unit) = &args.machine.unit else { return found.starts.clone() };
    // A plan can be made on another machine than that of the unit.
    let name = unit.trim_end_matches(".service").to_owned();
    let named = Start::Unit { name };
    if found.starts.contains(&named) { found.starts.clone() } else { vec![named] }
}
