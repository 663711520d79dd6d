//! The outcome of a command in one sentence, and what to do next.

use crate::figures::{counted, grouped};

use serde_json::Value;

use super::findings::{Severity, findings};
use super::saved::{SavedReport, at, list, number, text};

/// How good an outcome is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    /// Nothing is left to do about it.
    Good,
    /// It is worth knowing.
    Note,
    /// Something is left to decide.
    Warning,
    /// It stops the migration.
    Bad,
}

/// The outcome of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) tone: Tone,
    /// The sentence.
    pub(super) text: String,
    /// Its causes.
    pub(super) causes: Vec<String>,
    /// What to do next, with commands in backticks.
    pub(super) next: Vec<String>,
}

impl Verdict {
    fn new(tone: Tone, text: impl Into<String>) -> Self {
        Self { tone, text: text.into(), causes: Vec::new(), next: Vec::new() }
    }

    fn next(mut self, next: impl Into<String>) -> Self {
        self.next.push(next.into());
        self
    }

    /// With the commands that the report offers.
    fn steps(mut self, body: &Value) -> Self {
        self.next.extend(list(body, "next").iter().map(|step| {
            let (effect, command) = (text(step, "effect"), text(step, "command"));
            format!("{effect}: `{command}`")
        }));
        self
    }
}

/// The outcome that a report states.
pub(super) fn verdict(report: &SavedReport) -> Verdict {
    if !report.error.is_null() {
        return failure(report);
    }
    let body = &report.body;
    match report.command.as_str() {
        "mysql" if body.get("undo").is_some() => Verdict::new(Tone::Note, "repairs were reversed"),
        "mysql" => of_findings(report),
        "postgres" => target(body),
        "copy" => copy(report),
        "post-migrate" => built(report),
        "migrate" => migrate(report),
        "follow" => follow(report),
        "verify" => proof(body),
        "cutover" => cutover(body),
        _ => other(report),
    }
}

fn failure(report: &SavedReport) -> Verdict {
    let (command, message) = (&report.command, text(&report.error, "message"));
    let mut verdict = if message == "interrupted" {
        Verdict::new(Tone::Warning, format!("`{command}` was interrupted"))
    } else {
        Verdict::new(Tone::Bad, format!("`{command}` failed: {message}"))
    };
    let causes = list(&report.error, "causes").iter().filter_map(Value::as_str);
    verdict.causes = causes.map(str::to_owned).collect();
    verdict
        .next
        .extend(Some(text(&report.error, "hint")).filter(|it| !it.is_empty()).map(str::to_owned));
    verdict
}

/// By the findings of a check.
fn of_findings(report: &SavedReport) -> Verdict {
    let found = findings(report);
    let count = |severity| found.iter().filter(|it| it.severity == severity).count();
    let (blocking, changing) = (count(Severity::Blocks), count(Severity::Changes));
    if blocking > 0 {
        let repairs = found.iter().filter(|it| it.severity == Severity::Blocks);
        let mut repairs: Vec<String> = repairs
            .flat_map(|it| &it.commands)
            .filter(|it| it.effect.is_empty())
            .map(|it| format!("`{}`", it.command))
            .collect();
        repairs.sort();
        repairs.dedup();
        let mut verdict = Verdict::new(
            Tone::Bad,
            format!("findings that stop the copy, or need a decision: {blocking}"),
        );
        verdict.next = repairs;
        let undecided = found
            .iter()
            .filter(|it| {
                it.severity == Severity::Blocks
                    && it.commands.iter().all(|it| !it.effect.is_empty())
            })
            .count();
        if undecided > 0 {
            verdict
                .next
                .push(format!("decide about the findings below that have no repair: {undecided}"));
        }
        verdict
    } else if changing > 0 {
        Verdict::new(
            Tone::Warning,
            format!("nothing stops the copy; findings that change values: {changing}"),
        )
        .steps(&report.body)
    } else {
        Verdict::new(Tone::Good, "nothing stops the copy").steps(&report.body)
    }
}

fn target(body: &Value) -> Verdict {
    let (obstacles, missing) =
        (list(body, "obstacles").len(), list(body, "missing_privileges").len());
    let occupied = list(body, "tables_with_rows").len();
    if obstacles > 0 {
        Verdict::new(Tone::Bad, format!("the target cannot be used: reasons: {obstacles}"))
    } else if missing > 0 {
        Verdict::new(Tone::Bad, format!("the account lacks privileges on the target: {missing}"))
            .next("run the statements below on the target as its owner or a superuser")
    } else if occupied > 0 {
        Verdict::new(Tone::Warning, format!("tables of the target that have rows: {occupied}"))
            .next("after a migration this is expected; otherwise use an empty schema")
    } else {
        Verdict::new(Tone::Good, "the target is ready").next("`migration-assist migrate`")
    }
}

/// By the refusal to empty tables.
fn would_delete(body: &Value) -> Verdict {
    let loss = at(body, &["would_delete"]);
    let text = if list(loss, "tables").is_empty() {
        "nothing was copied: other programs are connected to the target"
    } else {
        "nothing was copied: the target has rows that no copy wrote"
    };
    Verdict::new(Tone::Bad, text).steps(body)
}

fn copy(report: &SavedReport) -> Verdict {
    let body = &report.body;
    if body.get("would_delete").is_some() {
        return would_delete(body);
    }
    if body.get("total").is_none() {
        return of_findings(report);
    }
    let quarantined = number(at(body, &["total"]), "rows_quarantined");
    let not_built = list(body, "not_built").len();
    let rows = grouped(number(at(body, &["total"]), "rows_written"));
    if quarantined > 0 || not_built > 0 {
        Verdict::new(
            Tone::Warning,
            format!("not everything was copied: rows in the quarantine: {}; indexes not built: {not_built}", grouped(quarantined)),
        )
        .next("repair the source and copy again: `migration-assist copy --restart`")
    } else {
        Verdict::new(Tone::Good, format!("all rows were copied: {rows}"))
            .next("`migration-assist verify`")
    }
}

fn built(report: &SavedReport) -> Verdict {
    match findings(report).len() {
        0 => Verdict::new(Tone::Good, "indexes, materialized views and statistics are complete")
            .next("`migration-assist verify`"),
        failed => {
            Verdict::new(Tone::Warning, format!("indexes and views that were not built: {failed}"))
        }
    }
}

fn migrate(report: &SavedReport) -> Verdict {
    let body = &report.body;
    let proven = at(body, &["verify"]);
    if proven.is_null() {
        let mut stopped = if !at(body, &["would_delete"]).is_null() {
            would_delete(body)
        } else if at(body, &["earlier", "source_changed"]) == &Value::Bool(true) {
            Verdict::new(
                Tone::Bad,
                "nothing was copied: the source has changed since the last copy",
            )
            .next("stop Mattermost and copy again: `migration-assist migrate --restart`")
        } else {
            of_findings(report)
        };
        if at(body, &["copy"]).is_null() && stopped.tone != Tone::Bad {
            stopped.text = format!("the migration stopped before the copy; {}", stopped.text);
        }
        return stopped;
    }
    let mut verdict = proof(proven);
    if at(body, &["copy"]).is_object() {
        let quarantined = number(at(body, &["copy", "total"]), "rows_quarantined");
        if quarantined > 0 {
            verdict.text.push_str("; rows in the quarantine: ");
            verdict.text.push_str(&grouped(quarantined));
        }
    }
    if verdict.tone == Tone::Good
        && list(at(body, &["indexes"]), "failed").len()
            + list(at(body, &["refresh"]), "failed").len()
            > 0
    {
        verdict.tone = Tone::Warning;
        verdict.text.push_str("; not all indexes and views were built");
        verdict.next = vec!["`migration-assist post-migrate --create-indexes`".to_owned()];
    }
    verdict
}

fn follow(report: &SavedReport) -> Verdict {
    let body = &report.body;
    let refusals = list(body, "refusals").len();
    match text(body, "outcome") {
        "caught-up" => Verdict::new(Tone::Good, "the target has caught up with the source's log")
            .next("freeze the source: `migration-assist cutover --freeze`, and compare: `migration-assist verify`"),
        "handed-over" => Verdict::new(Tone::Note, "another command follows the source's log now"),
        "stopped" => Verdict::new(Tone::Bad, format!("following the source's log stopped: {}", text(body, "reason")))
            .next(text(body, "hint")),
        _ if refusals > 0 => {
            Verdict::new(Tone::Bad, format!("the source's log cannot be followed: reasons: {refusals}"))
        }
        _ => other(report),
    }
}

/// By a comparison of both sides.
fn proof(body: &Value) -> Verdict {
    let tables = list(body, "tables");
    let rows = tables.iter().map(|it| number(it, "source_rows")).sum();
    let count = u64::try_from(tables.len()).unwrap_or(u64::MAX);
    let of = format!("{} of {}", counted(rows, "row"), counted(count, "table"));
    let different = number(body, "difference_count");
    if body.get("proof") == Some(&Value::Bool(true)) {
        Verdict::new(Tone::Good, format!("the target is proven equal: {of}")).next(
            "print the steps of the switch: `migration-assist cutover --config /opt/mattermost/config/config.json --plan`",
        )
    } else if different > 0 {
        Verdict::new(Tone::Bad, format!("the target is not proven equal: rows that differ: {}, of {of}", grouped(different)))
            .next("stop Mattermost, repair the rows in the source, and copy again: `migration-assist migrate --restart`")
    } else {
        Verdict::new(
            Tone::Warning,
            format!("no difference in what was compared ({of}); this is no proof of the whole"),
        )
        .next("compare everything while Mattermost is stopped: `migration-assist verify`")
    }
}

fn cutover(body: &Value) -> Verdict {
    let objections = list(body, "objections");
    let hints = objections.iter().map(|it| text(it, "hint").to_owned());
    let switch = "`migration-assist cutover --config /opt/mattermost/config/config.json`";
    match text(body, "outcome") {
        "done" => Verdict::new(Tone::Good, "Mattermost's configuration names PostgreSQL now")
            .next("start Mattermost"),
        "already" => {
            Verdict::new(Tone::Good, "Mattermost's configuration named PostgreSQL already")
                .next("start Mattermost")
        }
        "refused" => {
            let mut refused = Verdict::new(
                Tone::Bad,
                format!("the configuration was not switched: objections: {}", objections.len()),
            );
            refused.next.extend(hints);
            refused
        }
        "not-confirmed" => {
            Verdict::new(Tone::Warning, "the configuration was not switched: it was not confirmed")
                .next(format!("confirm it: {switch} with `--yes`"))
        }
        _ if body.get("steps").is_some() => {
            let mut plan = Verdict::new(
                Tone::Note,
                format!("the plan of the switch: steps: {}", list(body, "steps").len()),
            );
            let first = list(body, "steps")
                .iter()
                .flat_map(|it| list(it, "commands"))
                .find_map(Value::as_str);
            plan.next.extend(first.map(|it| format!("`{it}`")));
            plan
        }
        _ => freeze(body),
    }
}

/// A freeze has a state and an effect; an undo has neither.
fn freeze(body: &Value) -> Verdict {
    match (text(body, "state"), text(body, "effect")) {
        ("done", "effective") => {
            Verdict::new(Tone::Good, "the source is frozen").next("`migration-assist verify`")
        }
        ("done", _) => Verdict::new(Tone::Warning, "the source is not proven to be frozen"),
        ("denied" | "blocked", _) => Verdict::new(Tone::Bad, "the source is not frozen"),
        _ => Verdict::new(Tone::Note, "a cutover was undone, or the source released"),
    }
}

/// By the fields that a command of any kind may have.
fn other(report: &SavedReport) -> Verdict {
    let body = &report.body;
    let first = |names: &[&str]| names.iter().map(|it| text(body, it)).find(|it| !it.is_empty());
    let state = first(&["verdict", "outcome", "status", "state", "message"]);
    let stated = state.map_or_else(
        || format!("`{}` ended without an error", report.command),
        |state| format!("`{}`: {state}", report.command),
    );
    let mut verdict = Verdict::new(Tone::Note, stated);
    verdict.next.extend(first(&["next", "hint"]).map(str::to_owned));
    verdict
}
