//! Rows that do not fit: when they are looked for, and what is printed about them.

use std::path::Path;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use super::{Context, decisions};
use crate::check::policy::Decisions;
use crate::check::{Finding, Step, next_steps};
use crate::copy::{CopyReport, PlannedCopy, SharedQuarantine};
use crate::progress::Progress;
use crate::ui::Ui;
use crate::workspace::{Error, OpenedSource, RowCheck, RowsBeforeCopy, UnreadRows};

/// Finds what can be found before the copy without reading all rows of a server, or everything if the copy
/// deletes rows.
pub(super) async fn check_before_copy(
    check: &RowCheck<'_>,
    source: OpenedSource,
    planned: &PlannedCopy,
    progress: &dyn Progress,
    ui: Ui,
) -> Result<RowsBeforeCopy, Error> {
    match check.before_copy(source, planned).await? {
        RowsBeforeCopy::Unread(unread) if unread.are_checked_first => {
            ui.say("checking the rows before copying (skip with `--no-check`)");
            check.read(&unread, progress).await
        }
        known => Ok(known),
    }
}

/// Copies rows that are not read yet, or returns what does not fit.
pub(super) async fn copy_unread(
    check: &RowCheck<'_>,
    unread: &UnreadRows,
    planned: PlannedCopy,
    quarantine: &SharedQuarantine,
    (progress, ui): (Arc<dyn Progress>, Ui),
) -> Result<Result<CopyReport, Vec<Finding>>, Error> {
    match check.copy(planned, quarantine, Arc::clone(&progress)).await? {
        Ok(report) => Ok(Ok(report)),
        Err(row) => {
            ui.say("a row does not fit: reading all rows to find the others");
            Ok(Err(check.read_unfit(unread, row, &*progress).await?))
        }
    }
}

/// The findings about rows.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct RowFindings<'a> {
    findings: &'a [Finding],
}

/// Prints which rows do not fit, and what leads on.
pub(super) fn refuse_rows(
    findings: &[Finding],
    decided: &Decisions,
    dump: Option<&Path>,
    context: Context,
) -> anyhow::Result<()> {
    let ui = context.ui;
    for finding in findings {
        ui.lines(&[finding.line()]);
    }
    ui.warn("nothing was copied");
    let dump = dump.map(Path::to_string_lossy);
    let next = next_steps(findings, decided, dump.as_deref());
    let next: Vec<Step> = next.into_iter().map(Step::by_copy).collect();
    decisions::offer(&next, ui);
    ui.hint("or run again with `--on-error quarantine` to quarantine such rows, without a proof");
    context.json("copy", &RowFindings { findings }, next)?;
    Ok(())
}
