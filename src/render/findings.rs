//! Everything in a report that needs attention or a decision, worst first.

use serde_json::Value;

use super::saved::{SavedReport, at, list, number, text};

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Severity {
    /// It stops the migration.
    Blocks,
    /// It changes values, or leaves something to do.
    Changes,
    /// It is worth knowing.
    Note,
}

/// A command, and what it does; empty for a repair.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct CommandOffer {
    pub(super) effect: String,
    pub(super) command: String,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FindingView {
    pub(super) severity: Severity,
    pub(super) id: String,
    pub(super) place: String,
    pub(super) count: u64,
    pub(super) message: String,
    pub(super) action: String,
    pub(super) commands: Vec<CommandOffer>,
}

impl FindingView {
    fn new(
        severity: Severity,
        id: &str,
        place: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            severity,
            id: id.to_owned(),
            place: place.into(),
            count: 1,
            message: message.into(),
            action: String::new(),
            commands: Vec::new(),
        }
    }

    fn offer(mut self, effect: &str, command: &str) -> Self {
        if !command.is_empty() {
            self.commands
                .push(CommandOffer { effect: effect.to_owned(), command: command.to_owned() });
        }
        self
    }
}

/// The findings of a report, worst first, otherwise in its order.
pub(super) fn findings(report: &SavedReport) -> Vec<FindingView> {
    let body = &report.body;
    let mut found: Vec<FindingView> = [body, at(body, &["checks"])]
        .iter()
        .flat_map(|it| list(it, "findings"))
        .map(of_rule)
        .collect();
    found.extend(list(body, "objections").iter().map(|it| FindingView {
        action: text(it, "hint").to_owned(),
        ..FindingView::new(Severity::Blocks, text(it, "id"), "", text(it, "message"))
    }));
    found.extend(
        list(body, "obstacles")
            .iter()
            .filter_map(Value::as_str)
            .map(|it| FindingView::new(Severity::Blocks, "target", "", it)),
    );
    found.extend(list(body, "missing_privileges").iter().map(|it| {
        FindingView::new(
            Severity::Blocks,
            text(it, "need"),
            "",
            "the account lacks a privilege on the target",
        )
        .offer("run on the target as its owner or a superuser", text(it, "statement"))
    }));
    for part in [body, at(body, &["copy"])] {
        of_copy(part, &mut found);
    }
    for part in [body, at(body, &["verify"])] {
        of_comparison(part, &mut found);
    }
    of_indexes(body, &mut found);
    of_following(body, &mut found);
    found.extend(list(body, "notes").iter().filter(|it| it.is_object()).map(|it| {
        FindingView::new(Severity::Note, text(it, "id"), "", text(it, "message"))
            .offer("run on the target", text(it, "statement"))
    }));
    found.sort_by_key(|it| it.severity);
    found
}

fn of_rule(finding: &Value) -> FindingView {
    let severity = match text(finding, "severity") {
        "blocks" => Severity::Blocks,
        "changes" => Severity::Changes,
        _ => Severity::Note,
    };
    let mut view =
        FindingView::new(severity, text(finding, "id"), place(finding), text(finding, "message"))
            .offer("", text(finding, "fix"));
    view.count = number(finding, "count");
    text(finding, "action").clone_into(&mut view.action);
    list(finding, "choices")
        .iter()
        .fold(view, |view, it| view.offer(text(it, "effect"), text(it, "command")))
}

/// `Table.Column`, `Table`, or nothing.
fn place(entry: &Value) -> String {
    let names = [text(entry, "table"), text(entry, "column")];
    names.into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join(".")
}

/// Rows in the quarantine by table, column and reason, and what was not built.
fn of_copy(copy: &Value, found: &mut Vec<FindingView>) {
    let mut by_place: Vec<FindingView> = Vec::new();
    for row in list(copy, "quarantined") {
        let place = place(row);
        let id = text(row, "code");
        match by_place.iter_mut().find(|it| it.place == place && it.id == id) {
            Some(view) => view.count += 1,
            None => by_place.push(FindingView {
                action: "the rows are in the quarantine, not in the target".to_owned(),
                ..FindingView::new(Severity::Blocks, id, place, text(row, "message"))
            }),
        }
    }
    found.extend(by_place);
    found.extend(list(copy, "not_built").iter().map(|it| {
        FindingView::new(
            Severity::Changes,
            text(it, "sqlstate"),
            format!("{}.{}", text(it, "table"), text(it, "name")),
            text(it, "message"),
        )
        .offer("", "migration-assist post-migrate --create-indexes")
    }));
}

fn of_comparison(comparison: &Value, found: &mut Vec<FindingView>) {
    for table in list(comparison, "tables") {
        for (name, message) in [
            ("missing", "rows that the target does not have"),
            ("extra", "rows that only the target has"),
            ("different", "rows with other values"),
        ] {
            let count = number(table, name);
            if count > 0 {
                let view = FindingView::new(Severity::Blocks, name, text(table, "table"), message);
                found.push(
                    FindingView { count, ..view }
                        .offer("copy again", "migration-assist migrate --restart"),
                );
            }
        }
    }
    for it in list(comparison, "not_compared") {
        let breaks = it.get("breaks_proof") == Some(&Value::Bool(true));
        let severity = if breaks { Severity::Blocks } else { Severity::Note };
        found.push(FindingView::new(severity, "not-compared", place(it), text(it, "reason")));
    }
}

/// Rows that were not applied, tables that are not followed, and why following did not start.
fn of_following(body: &Value, found: &mut Vec<FindingView>) {
    found.extend(list(body, "refusals").iter().map(|it| {
        FindingView::new(
            Severity::Blocks,
            text(it, "kind"),
            place(it),
            "the source's log cannot be followed",
        )
    }));
    let rejected = body.get("rejected").and_then(Value::as_object);
    found.extend(rejected.into_iter().flatten().map(|(table, rows)| FindingView {
        count: rows.as_u64().unwrap_or_default(),
        ..FindingView::new(
            Severity::Blocks,
            "rejected",
            table,
            "rows that do not fit and are absent from the target",
        )
    }));
    let unknown = list(body, "unknown_tables").iter().filter_map(Value::as_str);
    found.extend(unknown.map(|table| {
        FindingView::new(
            Severity::Changes,
            "unknown-table",
            table,
            "the source wrote to a table that is not copied",
        )
    }));
}

fn of_indexes(body: &Value, found: &mut Vec<FindingView>) {
    for it in list(at(body, &["indexes"]), "failed") {
        let place = format!("{}.{}", text(it, "table"), text(it, "index"));
        found.push(
            FindingView::new(Severity::Changes, "index-not-built", place, text(it, "reason"))
                .offer("", "migration-assist post-migrate --create-indexes"),
        );
    }
    for it in list(at(body, &["refresh"]), "failed").iter().filter_map(Value::as_array) {
        let word = |place: usize| it.get(place).and_then(Value::as_str).unwrap_or_default();
        found.push(
            FindingView::new(Severity::Changes, "view-not-refreshed", word(0), word(1))
                .offer("", "migration-assist post-migrate"),
        );
    }
}
