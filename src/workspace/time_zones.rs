//! The time zones of a source's local times: which tables need one, and what is decided.

use std::collections::BTreeSet;

use super::{Error, OpenedSource, SourceModels};
use crate::check::time_zones::{ColumnDecision, TimeZoneOptions, decide_for_server};
use crate::convert::TimeZones;
use crate::ledger;
use crate::postgres::{Connection, Dsn, read_catalog};
use crate::progress::Progress;
use crate::schema::Table;

/// The target's tables, and the zones of a copy that has begun.
#[derive(Debug, Default)]
pub(super) struct TargetState {
    /// The names of its tables, in lower case.
    tables: BTreeSet<String>,
    /// The zones in which local times were converted; none if the account may not read them.
    recorded: TimeZones,
    /// Why the account may not read them.
    pub(super) unreadable: Option<ledger::Error>,
}

impl TargetState {
    /// Reads the state in a separate session, because the rest can take longer than a session may be idle.
    pub(super) async fn read(dsn: &Dsn, schema: &str) -> Result<Self, Error> {
        let connection = Connection::connect(dsn).await?;
        let catalog = read_catalog(&connection, schema).await?;
        let tables = catalog.tables.keys().map(|name| name.to_lowercase()).collect();
        match ledger::read_copy(&connection, schema).await {
            Ok(copy) => Ok(Self { tables, recorded: copy.time_zones(), unreadable: None }),
            Err(error) if error.is_read_only() => {
                Ok(Self { tables, recorded: TimeZones::default(), unreadable: Some(error) })
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// The tables for which a command needs the zones, and the choices; empty lists mean all tables.
#[derive(Default)]
pub(crate) struct ZoneRequest<'a> {
    pub(crate) tables: &'a [String],
    pub(crate) exclude: &'a [String],
    pub(crate) options: TimeZoneOptions,
    pub(crate) recorded: RecordedZones,
}

/// What the zones in which an earlier copy converted local times are used for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum RecordedZones {
    /// They are used where nothing else is chosen.
    #[default]
    Used,
    /// They are not used, because all rows are copied again.
    Forgotten,
    /// Another choice is refused, because correct rows would differ.
    Binding,
}

impl ZoneRequest<'_> {
    /// Whether a table is requested.
    fn has(&self, table: &Table, left_out: &[String]) -> bool {
        let is_listed =
            |names: &[String]| names.iter().any(|name| name.eq_ignore_ascii_case(&table.name));
        (self.tables.is_empty() || is_listed(self.tables))
            && !is_listed(self.exclude)
            && !is_listed(left_out)
    }
}

fn refuse_other_zones(
    decisions: &[ColumnDecision],
    options: &TimeZoneOptions,
) -> Result<(), Error> {
    let contradicted = |it: &ColumnDecision| {
        let earlier = it.contradicted(options)?.to_string();
        let (table, column) = (it.table.clone(), it.column.clone());
        Some(Error::OtherTimeZone { table, column, earlier })
    };
    decisions.iter().find_map(contradicted).map_or(Ok(()), Err)
}

impl OpenedSource {
    /// Decides about the local times of the tables whose rows are copied. Other tables are not read, because
    /// they may be huge.
    pub(super) async fn time_zones(
        &mut self,
        request: &ZoneRequest<'_>,
        models: &SourceModels,
        target: &TargetState,
        progress: &dyn Progress,
    ) -> Result<Vec<ColumnDecision>, Error> {
        let (products, left_out) = (models.products(), models.left_out());
        let models = models.models(&products);
        let is_wanted = |table: &Table| {
            let is_on_target = target.tables.contains(&table.name.to_lowercase());
            let has_counterpart = is_on_target || models.counterpart(&table.name).is_some();
            has_counterpart && request.has(table, &left_out)
        };
        let mut options = request.options.clone();
        if request.recorded != RecordedZones::Forgotten {
            options.recorded = target.recorded.clone();
        }
        let decided = match self {
            Self::Server(dsn, server) => {
                let (session, source) = server.session_and_catalog();
                let zones = dsn.time_zones();
                decide_for_server(session, source, &is_wanted, &zones, &options, progress).await?
            }
            Self::Dump(dump) => dump.time_zones(&is_wanted, &options),
        };
        if request.recorded == RecordedZones::Binding {
            refuse_other_zones(&decided, &options)?;
        }
        Ok(decided)
    }
}
