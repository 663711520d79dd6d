//! The time zones of a source's local times: options, and the report of what was decided.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Context, ExitStatus};
use crate::check::time_zones::{ColumnDecision, TimeZoneOptions};
use crate::check::{Finding, Rule, Severity};
use crate::cli::{AmbiguousTimesArg, TimeZoneArgs};
use crate::convert::{AmbiguousTimes, TimeZones};
use crate::postgres::Dsn;
use crate::ui::Ui;
use crate::workspace::{Error, TargetState};

/// The user's choices.
pub(super) fn options(args: &TimeZoneArgs) -> TimeZoneOptions {
    TimeZoneOptions {
        zone: args.source_time_zone.clone(),
        ambiguous: match args.ambiguous_times {
            None => AmbiguousTimes::Fail,
            Some(AmbiguousTimesArg::Earlier) => AmbiguousTimes::Earlier,
            Some(AmbiguousTimesArg::Later) => AmbiguousTimes::Later,
        },
        recorded: TimeZones::default(),
    }
}

/// Reads the target's tables, and the zones of a copy that has begun; none if the account may not read them.
pub(super) async fn read_target(dsn: &Dsn, schema: &str, ui: Ui) -> Result<TargetState, Error> {
    let state = TargetState::read(dsn, schema).await?;
    if let Some(error) = &state.unreadable {
        ui.warn(format!(
            "cannot read the time zones that the copy used from the target's schema \
             `migration_assist`: {error}"
        ));
    }
    Ok(state)
}

/// The findings that keep a command from starting.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Blocking<'a> {
    findings: &'a [Finding],
}

/// Prints the zones; returns an exit status if they are not sufficient to start. Rows with ambiguous times do
/// not prevent the start if rows may be quarantined.
pub(super) fn report(
    findings: &[Finding],
    may_quarantine: bool,
    command: &'static str,
    context: Context,
) -> anyhow::Result<Option<ExitStatus>> {
    let is_blocking = |finding: &Finding| {
        finding.severity == Severity::Blocks
            && !(may_quarantine && finding.id == Rule::AmbiguousTime)
    };
    for finding in findings {
        context.ui.lines(&[finding.line()]);
    }
    if !findings.iter().any(is_blocking) {
        return Ok(None);
    }
    context.ui.warn("local times cannot be converted; nothing was written");
    context.json(command, &Blocking { findings }, Vec::new())?;
    Ok(Some(ExitStatus::Findings))
}

/// A report together with the zones.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct WithTimeZones<'a, Report: Serialize> {
    #[serde(flatten)]
    pub(super) report: &'a Report,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(super) time_zones: &'a [ColumnDecision],
}
