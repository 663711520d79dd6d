//! Reports a failed command: the error, its causes, and the next step.

use super::result::Failure;
use super::{Context, ExitStatus};
use crate::{
    check, copy, cutover, dump, follow, ledger, migrations, mysql, pgloader, postgres, quarantine,
    source, verify, workspace,
};

impl Hinted {
    /// Adds another hint.
    pub(super) fn or(self, other: &str) -> Self {
        Self { hint: format!("{}; {other}", self.hint), ..self }
    }
}

/// An error with a hint, for failures that no module's error describes.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(super) struct Hinted {
    message: String,
    hint: String,
}

/// An error with a hint.
pub(super) fn hinted(message: impl Into<String>, hint: impl Into<String>) -> Hinted {
    Hinted { message: message.into(), hint: hint.into() }
}

/// Prints a failure, and keeps it for the JSON report.
pub(super) fn report(context: Context, command: &str, error: &anyhow::Error) -> ExitStatus {
    let chain: Vec<String> = error.chain().map(ToString::to_string).collect();
    let hinted = error.downcast_ref::<Hinted>().map(|hinted| hinted.hint.clone());
    let hint = hinted.or_else(|| error.chain().find_map(hint_of));
    let hint = hint.unwrap_or_else(|| report_it(context));
    context.ui.fail(chain.iter().map(String::as_str), Some(&hint));
    let hint = Some(context.ui.completed(&hint));
    let (message, causes) = (chain[0].clone(), chain[1..].to_vec());
    context.result.fail(command, Failure { message, causes, hint });
    ExitStatus::Failure
}

/// The next step for a failure that no module expects.
fn report_it(context: Context) -> String {
    match context.ui.log_file() {
        Some(path) => format!(
            "report the problem with this message, the log `{}` and the output of `migration-assist version`",
            path.display()
        ),
        None => "run the same command again with `--log migration-assist.log`, and report the problem with this \
                 message, that file and the output of `migration-assist version`"
            .to_owned(),
    }
}

/// Keeps a text about wrong arguments for the JSON report.
pub(super) fn report_usage(context: Context, text: &str) {
    let lines: Vec<String> = text.lines().map(str::trim).map(str::to_owned).collect();
    let message = lines.first().map_or("", |line| line.trim_start_matches("error: ")).to_owned();
    let hint = Some("run `migration-assist help` for commands and flags".to_owned());
    context.result.fail("migration-assist", Failure { message, causes: Vec::new(), hint });
}

/// The next step, if the module that failed has one.
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
        migrations::DirectoryError,
        copy::Error,
        follow::Error,
        mysql::binlog::Error,
        ledger::Error,
        verify::Error,
        workspace::Error,
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
