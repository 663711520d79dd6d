//! What a switch says to a person: before it is made, and after.

use super::{CutoverReport, Outcome};
use crate::cli::CutoverArgs;
use crate::commands::Context;
use crate::cutover::{Leftover, Origin, ProofStatus};

/// The diff, and what speaks against it.
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
    let at = report.proof.at.as_deref().unwrap_or("an unknown time");
    match report.proof.standing {
        ProofStatus::Equal => ui.good(format!("both sides were equal at {at} (UTC)")),
        ProofStatus::Partial => {
            ui.warn(format!("not everything was compared at {at} (UTC)"));
        }
        ProofStatus::Different => ui.warn(format!("both sides were different at {at} (UTC)")),
        ProofStatus::Outdated => {
            ui.warn(format!("rows were copied since both sides were compared at {at} (UTC)"));
        }
        ProofStatus::Missing => {
            ui.warn("nothing proves that the target holds what the source held");
        }
    }
    match &report.origin {
        Origin::Same | Origin::Unknown => {}
        Origin::OtherAddress { compared, configured } => ui.warn(format!(
            "the target was compared with the source at {compared}, and the configuration names it at \
             {configured}: see that both are the same server"
        )),
        Origin::Dump { compared } => ui.warn(format!(
            "the target was compared with {compared}: what Mattermost wrote since that dump was made is \
             not on the target"
        )),
        Origin::OtherDatabase { compared, configured } => ui.warn(format!(
            "the target was compared with `{compared}`, and the configuration names the database \
             `{configured}`"
        )),
    }
    for obstacle in &report.acceptance.obstacles {
        ui.warn(format!("[{}] {}\n  {}", obstacle.id, obstacle.message, obstacle.hint));
    }
    if report.acceptance.obstacles.is_empty() {
        ui.good("Mattermost would accept the target");
    }
    for note in &report.acceptance.notes {
        ui.say(format!("note: {}; {}", note.message, note.hint));
    }
}

/// What was done, and what is left to do.
pub(super) fn after(report: &CutoverReport, args: &CutoverArgs, context: Context) {
    let ui = context.ui;
    match report.outcome {
        Outcome::Done => ui.good("Mattermost is pointed at PostgreSQL from its next start on"),
        Outcome::Already => ui.good("the configuration names this database already"),
        Outcome::Refused | Outcome::NotConfirmed => ui.warn("nothing was changed"),
    }
    if let Some(file) = &report.file {
        ui.say(format!("the old configuration is kept in {}", file.kept.display()));
    }
    if let Some(row) = &report.row {
        ui.say(format!("active is row {}; row {} is kept", row.active, row.kept));
    }
    if !report.leftovers.is_empty() {
        ui.warn("these still name MySQL, and are yours to edit:");
        for line in leftover_lines(&report.leftovers) {
            ui.warn(format!("  {line}"));
        }
    }
    match report.outcome {
        Outcome::Refused => {
            ui.hint("run `migration-assist verify`, or switch over all the same with `--unproven`");
        }
        Outcome::NotConfirmed => ui.hint("add `--yes` to make these changes"),
        Outcome::Done => ui.say(format!(
            "start it with `systemctl start {}`; `migration-assist cutover {} --undo` goes back",
            args.machine.unit,
            configuration_flag(args)
        )),
        Outcome::Already => {}
    }
}

/// Each leftover as the edit that clears it.
pub(super) fn leftover_lines(leftovers: &[Leftover]) -> Vec<String> {
    let line = |it: &Leftover| {
        let edit = match &it.instead {
            Some(instead) => format!("write `{instead}` instead of `{}`", it.present),
            None => format!("remove `{}`", it.present),
        };
        format!("{}, line {}: {edit} ({})", it.path.display(), it.line, it.why)
    };
    leftovers.iter().map(line).collect()
}

/// How the configuration was named.
pub(super) fn configuration_flag(args: &CutoverArgs) -> String {
    match &args.config.config {
        Some(path) => format!("--config {}", quoted(&path.display().to_string())),
        None => "--config-in-database".to_owned(),
    }
}

/// A path as a shell takes it.
fn quoted(path: &str) -> String {
    let is_plain = |it: char| it.is_ascii_alphanumeric() || "/._-+@:".contains(it);
    if path.chars().all(is_plain) {
        path.to_owned()
    } else {
        format!("'{}'", path.replace('\'', "'\\''"))
    }
}
