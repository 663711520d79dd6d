//! How following ended, for the commands that follow a source among other things.

use super::follow::refuse;
use super::{Context, ExitStatus};
use crate::workspace::{FollowStop, LiveOutcome, LiveReport};

/// Prints why following cannot continue.
pub(super) fn report_stop(
    command: &str,
    stop: &FollowStop,
    context: Context,
) -> anyhow::Result<ExitStatus> {
    match stop {
        FollowStop::Refused(refusals) => refuse(command, refusals, context),
        FollowStop::Stopped { .. } => {
            context.ui.lines(&stop.lines());
            Ok(ExitStatus::Findings)
        }
    }
}

/// Prints how proving and following ended.
pub(super) fn report_outcome(
    command: &str,
    outcome: &LiveOutcome,
    report: Option<&LiveReport>,
    context: Context,
) -> anyhow::Result<ExitStatus> {
    if let LiveOutcome::Stopped(stop) = outcome {
        return report_stop(command, stop, context);
    }
    context.ui.lines(&outcome.lines(report));
    Ok(match outcome {
        LiveOutcome::HandedOver(_) => ExitStatus::Success,
        _ => ExitStatus::Findings,
    })
}
