//! The time zones of a source's local times: options, and the report of what was decided.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Context, ExitStatus};
use crate::check::time_zones::{ColumnDecision, TimeZoneOptions};
use crate::check::{Finding, Rule, Severity};
use crate::cli::{AmbiguousTimesArg, TablesArgs, TimeZoneArgs};
use crate::convert::{AmbiguousTimes, TimeZones};
use crate::workspace::{RecordedZones, ZoneRequest};

/// What a run that copies these tables asks about their zones.
pub(super) fn request<'a>(zones: &TimeZoneArgs, tables: &'a TablesArgs) -> ZoneRequest<'a> {
    ZoneRequest {
        tables: &tables.tables,
        exclude: &tables.exclude,
        options: options(zones),
        recorded: if tables.restart { RecordedZones::Forgotten } else { RecordedZones::Used },
    }
}

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
