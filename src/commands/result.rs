//! The JSON object that a command prints with `--format json`: one, whatever happens to the command.

use std::sync::{Mutex, PoisonError};

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::{Context, ExitStatus};
use crate::check::Step;
use crate::cli::Format;
use crate::foreign_text::spell_out_json;
use crate::transcript::Line;
use crate::ui::Ui;

/// The version of the object; raised when a field changes its meaning.
const REPORT_VERSION: u32 = 1;

/// What every command prints with `--format json`. A command that fails after a report was made has both.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct CommandResult<Report> {
    /// The version of this form; raised when a field changes its meaning.
    version: u32,
    command: String,
    /// The exit status; missing if the process was ended before it was known.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u8>,
    /// What the command did and found.
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<Report>,
    /// Why the command failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Failure>,
    /// Whether a signal ended the command.
    interrupted: bool,
    /// What the command printed for people; `explain` prints it again.
    transcript: Vec<Line>,
}

/// A report, and what leads on.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct Reported<Report> {
    #[serde(flatten)]
    pub(super) report: Report,
    /// The commands of which one leads on; empty if none does, or if all is done.
    pub(super) next: Vec<Step>,
}

/// Why a command failed.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct Failure {
    pub(super) message: String,
    /// The reasons, each the cause of the one before it.
    pub(super) causes: Vec<String>,
    /// The next step.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) hint: Option<String>,
}

impl CommandResult<Value> {
    fn new(command: &str) -> Self {
        Self {
            version: REPORT_VERSION,
            command: command.to_owned(),
            status: None,
            report: None,
            error: None,
            interrupted: false,
            transcript: Vec::new(),
        }
    }

    /// The JSON text.
    pub(super) fn text(&self) -> Result<String, serde_json::Error> {
        let text = with_short_arrays(&serde_json::to_string_pretty(self)?);
        Ok(format!("{}\n", spell_out_json(&text)))
    }
}

/// Puts each array of numbers on one line. Within a JSON string, no line ends.
fn with_short_arrays(json: &str) -> String {
    let is_number = |line: &&str| {
        let number = line.trim().trim_end_matches(',');
        !number.is_empty() && number.bytes().all(|it| it.is_ascii_digit() || b"+-.eE".contains(&it))
    };
    let mut text = String::with_capacity(json.len());
    let mut lines = json.lines().peekable();
    while let Some(line) = lines.next() {
        text.push_str(line);
        if line.ends_with('[') && lines.peek().is_some_and(is_number) {
            while let Some(number) = lines.next_if(is_number) {
                text.push_str(&number.trim().replace(',', ", "));
            }
            text.push_str(lines.next().unwrap_or_default().trim());
        }
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    text
}

/// The result of a command that a signal ends.
pub(super) fn interrupted(command: &str, resumption: Option<&str>) -> CommandResult<Value> {
    let hint = resumption.map(str::to_owned);
    let error = Failure { message: "interrupted".to_owned(), causes: Vec::new(), hint };
    CommandResult { error: Some(error), interrupted: true, ..CommandResult::new(command) }
}

/// A report with complete commands.
fn completed(value: Value, ui: Ui) -> Value {
    match value {
        Value::String(text) if text.starts_with("migration-assist ") => ui.completed(&text).into(),
        Value::Array(items) => items.into_iter().map(|it| completed(it, ui)).collect(),
        Value::Object(fields) => {
            fields.into_iter().map(|(name, it)| (name, completed(it, ui))).collect()
        }
        other => other,
    }
}

/// The result as far as it is known.
#[derive(Debug, Default)]
pub(super) struct Slot(Mutex<Option<CommandResult<Value>>>);

impl Slot {
    fn change(&self, command: &str, change: impl FnOnce(&mut CommandResult<Value>)) {
        let mut result = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        change(result.get_or_insert_with(|| CommandResult::new(command)));
    }

    pub(super) fn keep_report(&self, command: &str, report: Value) {
        self.change(command, |result| result.report = Some(report));
    }

    pub(super) fn fail(&self, command: &str, failure: Failure) {
        self.change(command, |result| result.error = Some(failure));
    }

    pub(super) fn interrupt(&self, command: &str, resumption: Option<&str>) {
        let interruption = interrupted(command, resumption);
        self.change(command, |result| {
            (result.error, result.interrupted) = (interruption.error, true);
        });
    }

    /// Writes the result if it is asked for; gives the exit status, which a failure to write changes.
    pub(super) fn write(&self, command: &str, status: ExitStatus, context: Context) -> ExitStatus {
        if context.format != Format::Json {
            return status;
        }
        let result = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        // A command whose output is data has no report, unless it fails.
        let Some(mut result) = result else { return status };
        result.status = Some(status.code());
        result.transcript = context.ui.transcript();
        result.report = result.report.map(|report| completed(report, context.ui));
        let written = result.text().map_err(anyhow::Error::from);
        let written = written.and_then(|text| Ok(context.ui.data(&text)?));
        if written.is_ok() {
            return status;
        }
        context.ui.warn(format!("cannot write the JSON report of {command} to standard output"));
        ExitStatus::Failure
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::with_short_arrays;

    #[test]
    fn an_array_of_numbers_is_one_line_and_nothing_changes_its_meaning() {
        let value = json!({
            "numbers": [1, -2.5, 1e300], "empty": [], "mixed": [1, "[\n  1\n]"], "rows": [[1, 2], [3]],
            "objects": [{"a": [7]}], "text": "["
        });
        let text = with_short_arrays(&serde_json::to_string_pretty(&value).expect("JSON"));
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).expect("JSON"), value);
        assert!(text.contains("\"numbers\": [1, -2.5, 1e+300],\n"), "{text}");
        assert!(text.contains("    [1, 2],\n"), "{text}");
    }
}
