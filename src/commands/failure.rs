//! Reports a command that could not work: what failed, its causes, and the next step.

use serde::Serialize;

use super::{Context, ExitStatus};
use crate::cli::Format;
use crate::{
    check, copy, cutover, dump, ledger, migrations, mysql, pgloader, postgres, quarantine, source,
    verify,
};

impl Hinted {
    /// The same, with another way out.
    pub(super) fn or(self, other: &str) -> Self {
        Self { hint: format!("{}; {other}", self.hint), ..self }
    }
}

/// An error that carries the next step, for a failure that no module's own error describes.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(super) struct Hinted {
    message: String,
    hint: String,
}

/// Says what failed and what to do about it.
pub(super) fn hinted(message: impl Into<String>, hint: impl Into<String>) -> Hinted {
    Hinted { message: message.into(), hint: hint.into() }
}

#[derive(Debug, Serialize)]
struct Failure<'a> {
    message: &'a str,
    causes: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

/// Prints a failure in the asked form.
pub(super) fn report(context: Context, command: &str, error: &anyhow::Error) -> ExitStatus {
    let chain: Vec<String> = error.chain().map(ToString::to_string).collect();
    let hinted = error.downcast_ref::<Hinted>().map(|hinted| hinted.hint.clone());
    let hint = hinted.or_else(|| error.chain().find_map(hint_of));
    context.ui.fail(chain.iter().map(String::as_str), hint.as_deref());
    if context.format == Format::Json {
        let failure = Failure { message: &chain[0], causes: &chain[1..], hint };
        if context.json_object(command, "error", &failure).is_err() {
            context.ui.warn("cannot write the JSON report to standard output");
        }
    }
    ExitStatus::Failure
}

/// Reports wrong arguments as JSON.
pub(super) fn report_usage(context: Context, text: &str) {
    let lines: Vec<String> = text.lines().map(str::trim).map(str::to_owned).collect();
    let message = lines.first().map_or("", |line| line.trim_start_matches("error: "));
    let hint = Some("run `migration-assist help` for commands and flags".to_owned());
    let failure = Failure { message, causes: &[], hint };
    if context.json_object("migration-assist", "error", &failure).is_err() {
        context.ui.warn("cannot write the JSON report to standard output");
    }
}

/// Reports an interruption as JSON.
pub(super) fn report_interruption(context: Context, command: &str, hint: Option<&str>) {
    let hint = hint.map(str::to_owned);
    let failure = Failure { message: "interrupted", causes: &[], hint };
    if context.json_object(command, "error", &failure).is_err() {
        context.ui.warn("cannot write the JSON report to standard output");
    }
}

/// The next step, where the module that failed knows it.
fn hint_of(cause: &(dyn std::error::Error + 'static)) -> Option<String> {
    macro_rules! ask {
        ($($module:path),+) => {
            $(if let Some(error) = cause.downcast_ref::<$module>() {
                return error.hint().map(Into::into);
            })+
        };
    }
    ask!(
        migrations::Error,
        copy::Error,
        ledger::Error,
        verify::Error,
        pgloader::Error,
        cutover::Error,
        check::dump::Error,
        dump::Error,
        source::Error,
        crate::repair::Error,
        quarantine::Error,
        mysql::Error,
        postgres::Error
    );
    None
}
