//! The time zones of a source's local times: what is asked of the rows, and what is printed.

use serde::Serialize;

use super::dump::Surveyed;
use super::origin::Origin;
use super::{Context, ExitStatus};
use crate::check::time_zones::{ColumnDecision, TimeZoneOptions, decide_for_server};
use crate::check::{Finding, Rule, Severity, time_zone_findings};
use crate::cli::{AmbiguousTimesArg, Format, TimeZoneArgs};
use crate::convert::AmbiguousTimes;
use crate::models::Models;
use crate::progress::Progress;
use crate::schema::Table;

/// What the flags decide.
pub(super) fn options(args: &TimeZoneArgs) -> TimeZoneOptions {
    TimeZoneOptions {
        zone: args.source_time_zone.clone(),
        ambiguous: match args.ambiguous_times {
            None => AmbiguousTimes::Fail,
            Some(AmbiguousTimesArg::Earlier) => AmbiguousTimes::Earlier,
            Some(AmbiguousTimesArg::Later) => AmbiguousTimes::Later,
        },
    }
}

/// Which tables a command is about, by its flags; empty lists name none.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Selection<'a> {
    pub(super) tables: &'a [String],
    pub(super) exclude: &'a [String],
    pub(super) left_out: &'a [String],
}

impl Selection<'_> {
    fn has(&self, table: &Table) -> bool {
        let is_listed =
            |names: &[String]| names.iter().any(|name| name.eq_ignore_ascii_case(&table.name));
        (self.tables.is_empty() || is_listed(self.tables))
            && !is_listed(self.exclude)
            && !is_listed(self.left_out)
    }
}

impl Origin {
    /// Decides about the local times of the tables that a command is about, whatever becomes of them: the
    /// target may have a table of no known product.
    pub(super) async fn time_zones(
        &mut self,
        selection: Selection<'_>,
        args: &TimeZoneArgs,
        progress: &dyn Progress,
    ) -> anyhow::Result<Vec<ColumnDecision>> {
        let is_wanted = |table: &Table| selection.has(table);
        let options = options(args);
        Ok(match self {
            Self::Server(dsn, found) => {
                let (session, source) = found.session_and_catalog();
                let zones = dsn.time_zones();
                decide_for_server(session, source, &is_wanted, &zones, &options, progress).await?
            }
            Self::Dump(surveyed) => of_dump(surveyed, &is_wanted, args),
        })
    }
}

/// The same for a dump.
pub(super) fn of_dump(
    surveyed: &Surveyed,
    is_wanted: &dyn Fn(&Table) -> bool,
    args: &TimeZoneArgs,
) -> Vec<ColumnDecision> {
    let gaps = surveyed.reader.gaps(&surveyed.source.name);
    surveyed.source.time_zones(&gaps, is_wanted, &options(args))
}

/// What is to be reported of tables that are copied.
pub(super) fn findings(decisions: &[ColumnDecision], models: &Models<'_>) -> Vec<Finding> {
    let is_copied = |table: &str| models.counterpart(table).is_some();
    let mut findings = time_zone_findings(decisions);
    findings.retain(|finding| finding.table.as_deref().is_some_and(is_copied));
    findings
}

/// Findings that keep a command from starting.
#[derive(Debug, Serialize)]
struct Blocking<'a> {
    findings: &'a [Finding],
}

/// Prints what is known of the zones; how to end, if that is not enough to start. Rows with ambiguous
/// times are no reason if each row may be quarantined.
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
        let text = format!("\n{finding}");
        if is_blocking(finding) {
            context.ui.warn(text.trim_end());
        } else {
            context.ui.say(text.trim_end());
        }
    }
    if !findings.iter().any(is_blocking) {
        return Ok(None);
    }
    context.ui.warn("local times cannot be converted; nothing was written");
    if context.format == Format::Json {
        context.json(command, &Blocking { findings })?;
    }
    Ok(Some(ExitStatus::Findings))
}

/// A report together with the zones.
#[derive(Debug, Serialize)]
pub(super) struct WithTimeZones<'a, Report: Serialize> {
    #[serde(flatten)]
    pub(super) report: &'a Report,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(super) time_zones: &'a [ColumnDecision],
}
