//! The page: the verdict, the next command, findings, tables, phases, environment, and the reports themselves.

use crate::figures::{grouped, human_bytes};

use serde_json::Value;

use super::findings::{FindingView, Severity, findings};
use super::html::Html;
use super::saved::{SavedReport, at, text};
use super::tables::{Comparison, TableView, tables};
use super::timeline::{PhaseView, cutover_steps, phases};
use super::verdict::{Tone, Verdict, verdict};

/// The page's style: no fonts, images or scripts.
const STYLE: &str = include_str!("../../templates/report.css");
/// Lists with more entries than this name their fields once: 500 tables fit 300 KB.
const MANY: usize = 40;

/// One page about these reports. Of several reports of one command, the last counts.
#[must_use]
pub fn page(reports: &[SavedReport]) -> String {
    let mut last: Vec<SavedReport> = Vec::new();
    for report in reports {
        last.retain(|it| it.command != report.command);
        last.push(report.clone());
    }
    last.sort_by_key(SavedReport::order);

    let mut html = Html::default();
    html.raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    html.raw("<meta name=\"color-scheme\" content=\"light dark\">\n");
    html.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n");
    html.raw("<title>migration-assist: report</title>\n<style>\n")
        .raw(STYLE)
        .raw("</style>\n</head>\n<body>\n<main>\n");
    html.raw("<h1>Migration of a Mattermost workspace</h1>\n");
    write_verdicts(&last, &mut html);
    write_findings(&last, &mut html);
    write_tables(&tables(&last), &mut html);
    write_phases(&last, cutover_steps(reports.iter()), &mut html);
    write_environment(&last, &mut html);
    write_json(&last, &mut html);
    html.raw("</main>\n</body>\n</html>\n");
    html.into_string()
}

fn class(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "good",
        Tone::Note => "note",
        Tone::Warning => "warning",
        Tone::Bad => "bad",
    }
}

/// The verdict of the last step at the top, those of earlier steps below it.
fn write_verdicts(reports: &[SavedReport], html: &mut Html) {
    let Some((newest, earlier)) = reports.split_last() else { return };
    let Verdict { tone, text, causes, next } = verdict(newest);
    html.raw("<section class=\"verdict ")
        .raw(class(tone))
        .raw("\">\n<h2>")
        .prose(&text)
        .raw("</h2>\n");
    for cause in &causes {
        html.raw("<p>caused by: ").prose(cause).raw("</p>\n");
    }
    if !next.is_empty() {
        html.raw("<p class=\"label\">Next</p>\n<ul class=\"next\">\n");
        for step in &next {
            html.raw("<li>").prose(step).raw("</li>\n");
        }
        html.raw("</ul>\n");
    }
    html.raw("</section>\n");
    if earlier.is_empty() {
        return;
    }
    html.raw("<ul class=\"earlier\">\n");
    for report in earlier {
        let Verdict { tone, text, .. } = verdict(report);
        html.raw("<li class=\"")
            .raw(class(tone))
            .raw("\"><b>")
            .text(&report.command)
            .raw("</b>: ")
            .prose(&text)
            .raw("</li>\n");
    }
    html.raw("</ul>\n");
}

fn write_findings(reports: &[SavedReport], html: &mut Html) {
    let mut found: Vec<(&str, FindingView)> = Vec::new();
    for report in reports {
        for mut finding in findings(report) {
            // A later command repeats what an earlier one has found, and may offer no command for it.
            let is_same = |it: &FindingView| (&it.id, &it.place) == (&finding.id, &finding.place);
            if let Some(at) = found.iter().position(|(_, it)| is_same(it)) {
                let (_, earlier) = found.remove(at);
                if finding.commands.is_empty() {
                    finding.commands = earlier.commands;
                }
            }
            found.push((&report.command, finding));
        }
    }
    found.sort_by_key(|(_, it)| it.severity);
    let count = |severity| found.iter().filter(|(_, it)| it.severity == severity).count();
    html.raw("<h2>Findings</h2>\n");
    if found.is_empty() {
        html.raw("<p>None.</p>\n");
        return;
    }
    html.raw("<p class=\"counts\"><span class=\"bad\">stops: ")
        .text(&count(Severity::Blocks).to_string());
    html.raw("</span> <span class=\"warning\">changes: ")
        .text(&count(Severity::Changes).to_string());
    html.raw("</span> <span class=\"note\">worth knowing: ")
        .text(&count(Severity::Note).to_string())
        .raw("</span></p>\n");
    for (command, finding) in &found {
        write_finding(command, finding, html);
    }
}

fn write_finding(command: &str, finding: &FindingView, html: &mut Html) {
    let (tone, open) = match finding.severity {
        Severity::Blocks => ("bad", " open"),
        Severity::Changes => ("warning", ""),
        Severity::Note => ("note", ""),
    };
    html.raw("<details class=\"")
        .raw(tone)
        .raw("\"")
        .raw(open)
        .raw("><summary><b>")
        .text(&finding.id)
        .raw("</b>");
    if !finding.place.is_empty() {
        html.raw(" <span class=\"name\">").text(&finding.place).raw("</span>");
    }
    html.raw(" <span class=\"count\">")
        .text(&grouped(finding.count))
        .raw("</span></summary>\n<p>")
        .prose(&finding.message);
    if !finding.action.is_empty() {
        html.raw("<br>").prose(&finding.action);
    }
    html.raw("</p>\n");
    for offer in &finding.commands {
        if !offer.effect.is_empty() {
            html.raw("<p class=\"label\">").text(&offer.effect).raw("</p>");
        }
        html.raw("<pre>").text(&offer.command).raw("</pre>\n");
    }
    html.raw("<p class=\"origin\">").text(command).raw("</p></details>\n");
}

fn write_tables(tables: &[TableView], html: &mut Html) {
    if tables.is_empty() {
        return;
    }
    let largest = tables.iter().filter_map(|it| it.bytes.or(it.rows)).max().unwrap_or_default();
    html.raw("<h2>Tables</h2>\n<div class=\"scroll\"><table>\n<tr><th>table<th>rows<th>size<th>seconds<th>quarantined<th>proof\n");
    for table in tables {
        html.raw("<tr><td class=\"name\">").text(&table.name);
        let share = (table.bytes.or(table.rows).unwrap_or_default() * 100)
            .checked_div(largest)
            .unwrap_or_default();
        if share > 0 {
            html.raw("<i style=\"width:").number(share).raw("%\"></i>");
        }
        html.raw("<td>").text(&table.rows.map(grouped).unwrap_or_default());
        html.raw("<td>").text(&table.bytes.map(human_bytes).unwrap_or_default());
        html.raw("<td>").text(&table.seconds.map(|it| format!("{it:.1}")).unwrap_or_default());
        html.raw("<td>");
        if table.quarantined > 0 {
            html.raw("<b>").text(&grouped(table.quarantined)).raw("</b>");
        }
        match table.comparison {
            Some(Comparison::Equal) => html.raw("<td class=\"good\">equal"),
            Some(Comparison::Different(rows)) => {
                html.raw("<td class=\"bad\">differ: ").text(&grouped(rows))
            }
            Some(Comparison::Unsettled) => html.raw("<td class=\"warning\">changed meanwhile"),
            None => html.raw("<td>").text(&table.disposition),
        };
        html.raw("\n");
    }
    html.raw("</table></div>\n");
}

fn write_phases(reports: &[SavedReport], cutover: Vec<PhaseView>, html: &mut Html) {
    let others = reports.iter().filter(|it| it.command != "cutover");
    let lines: Vec<(&str, Vec<PhaseView>)> = others
        .map(|it| (it.command.as_str(), phases(it)))
        .chain([("cutover", cutover)])
        .filter(|(_, it)| !it.is_empty())
        .collect();
    if lines.is_empty() {
        return;
    }
    html.raw("<h2>Phases</h2>\n");
    for (command, phases) in lines {
        let total = phases.last().map_or(0.0, |it| it.start + it.seconds);
        html.raw("<h3>").text(command).raw("</h3>\n<ol class=\"phases\">\n");
        for phase in &phases {
            html.raw(if phase.is_mark { "<li class=\"mark\"><span>" } else { "<li><span>" })
                .text(&phase.name)
                .raw("</span><span class=\"track\"><i style=\"margin-left:");
            html.number(percent(phase.start, total))
                .raw("%;width:")
                .number(percent(phase.seconds, total).max(1));
            html.raw("%\"></i></span><span>")
                .text(&format!("{:.1} s", phase.seconds))
                .raw("</span></li>\n");
        }
        html.raw("</ol>\n");
    }
}

/// A share of a whole, as a whole number from 0 to 100.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 100")]
fn percent(part: f64, whole: f64) -> u64 {
    if whole > 0.0 { (part / whole * 100.0).clamp(0.0, 100.0) as u64 } else { 0 }
}

/// Servers, versions and settings.
fn write_environment(reports: &[SavedReport], html: &mut Html) {
    let mut lines: Vec<(&str, String)> = Vec::new();
    for report in reports {
        let body = &report.body;
        for part in [body, at(body, &["checks"]), at(body, &["verify"])] {
            let source = if part.get("difference_count").is_some() {
                text(part, "source")
            } else {
                text(part, "server")
            };
            let is_target = report.command == "postgres";
            for (name, value) in [
                (if is_target { "target" } else { "source" }, source),
                (
                    "target",
                    if part.get("difference_count").is_some() { text(part, "target") } else { "" },
                ),
                ("Mattermost", text(part, "release")),
                ("schema", text(part, "schema")),
                ("snapshot", text(part, "consistency")),
            ] {
                lines.retain(|(known, _)| value.is_empty() || *known != name);
                if !value.is_empty() {
                    lines.push((name, value.to_owned()));
                }
            }
            let products = part.get("products").and_then(Value::as_object);
            for (product, version) in products.into_iter().flatten() {
                let line = format!("{product} {}", version.as_str().unwrap_or_default());
                if !lines.iter().any(|(name, known)| *name == "product" && *known == line) {
                    lines.push(("product", line));
                }
            }
        }
    }
    html.raw("<h2>Environment</h2>\n<dl>\n");
    for (name, value) in &lines {
        html.raw("<dt>").text(name).raw("<dd>").text(value).raw("\n");
    }
    html.raw("<dt>page made by<dd>migration-assist ")
        .text(env!("CARGO_PKG_VERSION"))
        .raw("\n</dl>\n");
}

fn write_json(reports: &[SavedReport], html: &mut Html) {
    html.raw("<h2>Reports</h2>\n<p>Without keys of rows, values of cells, passwords and addresses. Long lists name \
              their fields once.</p>\n");
    for report in reports {
        html.raw("<details><summary>").text(&report.command).raw("</summary>\n");
        if !report.left_out.is_empty() {
            html.raw("<p>Left out: ").text(&report.left_out.join(", ")).raw("</p>\n");
        }
        html.raw("<pre class=\"json\">").lines(&json(&report.to_json())).raw("</pre></details>\n");
    }
}

/// JSON with one line for each entry of a list and each field of an object that contains lists.
fn json(value: &Value) -> String {
    let mut text = String::new();
    write_value(value, 0, &mut text);
    text
}

fn write_value(value: &Value, depth: usize, text: &mut String) {
    let is_nested = |it: &Value| {
        matches!(it, Value::Array(items) if items.iter().any(|it| it.is_object() || it.is_array()))
            || it
                .as_object()
                .is_some_and(|it| it.values().any(|it| it.is_object() || it.is_array()))
    };
    match value {
        Value::Object(fields) if depth < 2 || is_nested(value) && depth < 4 => {
            text.push('{');
            for (place, (name, field)) in fields.iter().enumerate() {
                text.push_str(if place == 0 { "\n" } else { ",\n" });
                text.push_str(&" ".repeat(depth + 1));
                text.push_str(&Value::from(name.as_str()).to_string());
                text.push_str(": ");
                write_value(field, depth + 1, text);
            }
            text.push('\n');
            text.push_str(&" ".repeat(depth));
            text.push('}');
        }
        Value::Array(items) if is_nested(value) && items.len() > MANY => {
            let (columns, rows) = as_rows(items);
            for piece in ["{\"columns\": ", &columns.to_string(), ", \"rows\": "] {
                text.push_str(piece);
            }
            write_items(&rows, depth, text);
            text.push('}');
        }
        Value::Array(items) if is_nested(value) => write_items(items, depth, text),
        other => text.push_str(&other.to_string()),
    }
}

fn write_items(items: &[Value], depth: usize, text: &mut String) {
    text.push('[');
    for (place, item) in items.iter().enumerate() {
        text.push_str(if place == 0 { "\n" } else { ",\n" });
        text.push_str(&" ".repeat(depth + 1));
        text.push_str(&item.to_string());
    }
    text.push('\n');
    text.push_str(&" ".repeat(depth));
    text.push(']');
}

/// The fields of a list's entries, and the entries as rows of these fields, with seconds to the millisecond.
/// [`SavedReport::parse`] reads this form too.
fn as_rows(items: &[Value]) -> (Value, Vec<Value>) {
    let mut columns: Vec<&str> = Vec::new();
    for name in items.iter().filter_map(Value::as_object).flat_map(|it| it.keys()) {
        if !columns.contains(&name.as_str()) {
            columns.push(name);
        }
    }
    let short = |it: &Value| match it.as_f64() {
        Some(seconds) if it.is_f64() => Value::from((seconds * 1000.0).round() / 1000.0),
        _ => it.clone(),
    };
    let row = |item: &Value| -> Value {
        columns.iter().map(|column| item.get(*column).map_or(Value::Null, short)).collect()
    };
    (columns.iter().map(|it| Value::from(*it)).collect(), items.iter().map(row).collect())
}

#[cfg(test)]
mod tests;
