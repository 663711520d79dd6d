//! The time zones of a source's local times: options, decisions and their report.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

use super::dump::Surveyed;
use super::failure::hinted;
use super::origin::Origin;
use super::{Context, ExitStatus};
use crate::check::time_zones::{ColumnDecision, TimeZoneOptions, decide_for_server};
use crate::check::{Finding, Rule, Severity};
use crate::cli::{AmbiguousTimesArg, TimeZoneArgs};
use crate::convert::{AmbiguousTimes, TimeZones};
use crate::ledger;
use crate::postgres::{Connection, Dsn, read_catalog};
use crate::progress::Progress;
use crate::schema::Table;
use crate::ui::Ui;
use crate::workspace::SourceModels;

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

/// The target's tables, and the zones of a copy that has begun.
#[derive(Debug, Default)]
pub(super) struct TargetState {
    /// The names of its tables, in lower case.
    tables: BTreeSet<String>,
    /// The zones in which local times were converted.
    pub(super) recorded: TimeZones,
}

impl TargetState {
    /// Reads the state in a separate session, because the rest can take longer than a session may be idle.
    pub(super) async fn read(dsn: &Dsn, schema: &str, ui: Ui) -> anyhow::Result<Self> {
        let connection = Connection::connect(dsn).await?;
        let catalog = read_catalog(&connection, schema).await?;
        let tables = catalog.tables.keys().map(|name| name.to_lowercase()).collect();
        let recorded = match ledger::read_copy(&connection, schema).await {
            Ok(copy) => copy.time_zones(),
            Err(error) if error.is_read_only() => {
                ui.warn(format!(
                    "cannot read the time zones that the copy used from the target's schema \
                     `migration_assist`: {error}"
                ));
                TimeZones::default()
            }
            Err(error) => return Err(error.into()),
        };
        Ok(Self { tables, recorded })
    }
}

/// The tables for which a command needs the zones, and the choices; empty lists mean all tables.
pub(super) struct Request<'a> {
    tables: &'a [String],
    exclude: &'a [String],
    knowledge: &'a SourceModels,
    target: &'a TargetState,
    pub(super) options: TimeZoneOptions,
}

impl<'a> Request<'a> {
    /// For all tables.
    pub(super) fn new(
        knowledge: &'a SourceModels,
        target: &'a TargetState,
        args: &TimeZoneArgs,
    ) -> Self {
        let options = TimeZoneOptions { recorded: target.recorded.clone(), ..options(args) };
        Self { tables: &[], exclude: &[], knowledge, target, options }
    }

    /// The same for some tables only.
    pub(super) fn of_tables(self, tables: &'a [String], exclude: &'a [String]) -> Self {
        Self { tables, exclude, ..self }
    }

    /// Whether a table is requested.
    fn has(&self, table: &Table, left_out: &[String]) -> bool {
        let is_listed =
            |names: &[String]| names.iter().any(|name| name.eq_ignore_ascii_case(&table.name));
        (self.tables.is_empty() || is_listed(self.tables))
            && !is_listed(self.exclude)
            && !is_listed(left_out)
    }
}

impl Origin {
    /// Decides about the local times of the tables whose rows are copied. Other tables are not read, because
    /// they may be huge.
    pub(super) async fn time_zones(
        &mut self,
        request: &Request<'_>,
        progress: &dyn Progress,
    ) -> anyhow::Result<Vec<ColumnDecision>> {
        let (products, left_out) = (request.knowledge.products(), request.knowledge.left_out());
        let models = request.knowledge.models(&products);
        let is_wanted = |table: &Table| {
            let is_on_target = request.target.tables.contains(&table.name.to_lowercase());
            let has_counterpart = is_on_target || models.counterpart(&table.name).is_some();
            has_counterpart && request.has(table, &left_out)
        };
        let options = &request.options;
        Ok(match self {
            Self::Server(dsn, found) => {
                let (session, source) = found.session_and_catalog();
                let zones = dsn.time_zones();
                decide_for_server(session, source, &is_wanted, &zones, options, progress).await?
            }
            Self::Dump(surveyed) => of_dump(surveyed, &is_wanted, options),
        })
    }
}

/// The same for a dump.
pub(super) fn of_dump(
    surveyed: &Surveyed,
    is_wanted: &dyn Fn(&Table) -> bool,
    options: &TimeZoneOptions,
) -> Vec<ColumnDecision> {
    let gaps = surveyed.reader.gaps(&surveyed.source.name);
    surveyed.source.time_zones(&gaps, is_wanted, options)
}

/// Refuses flags that contradict the copy, because correct rows would differ.
pub(super) fn refuse_other_zones(
    decisions: &[ColumnDecision],
    options: &TimeZoneOptions,
) -> anyhow::Result<()> {
    let contradicted = |it: &ColumnDecision| {
        let earlier = it.contradicted(options)?;
        Some(format!(
            "the copy converted column `{}` of table `{}` by another time zone: {earlier}",
            it.column, it.table
        ))
    };
    let Some(message) = decisions.iter().find_map(contradicted) else { return Ok(()) };
    let hint = "run again without `--source-time-zone` and `--ambiguous-times`, or copy all rows again \
                by another time zone: `migration-assist copy --restart --source-time-zone ZONE`";
    Err(hinted(message, hint).into())
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
