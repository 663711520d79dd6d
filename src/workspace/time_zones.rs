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
pub(crate) struct TargetState {
    /// The names of its tables, in lower case.
    tables: BTreeSet<String>,
    /// The zones in which local times were converted; none if the account may not read them.
    pub(crate) recorded: TimeZones,
    /// Why the account may not read them.
    pub(crate) unreadable: Option<ledger::Error>,
}

impl TargetState {
    /// Reads the state in a separate session, because the rest can take longer than a session may be idle.
    pub(crate) async fn read(dsn: &Dsn, schema: &str) -> Result<Self, Error> {
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
pub(crate) struct ZoneRequest<'a> {
    tables: &'a [String],
    exclude: &'a [String],
    models: &'a SourceModels,
    target: &'a TargetState,
    options: TimeZoneOptions,
}

impl<'a> ZoneRequest<'a> {
    /// For all tables.
    pub(crate) fn new(
        models: &'a SourceModels,
        target: &'a TargetState,
        options: TimeZoneOptions,
    ) -> Self {
        let options = TimeZoneOptions { recorded: target.recorded.clone(), ..options };
        Self { tables: &[], exclude: &[], models, target, options }
    }

    /// The same for some tables only.
    pub(crate) fn of_tables(self, tables: &'a [String], exclude: &'a [String]) -> Self {
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

    /// Refuses flags that contradict the copy, because correct rows would differ.
    pub(crate) fn refuse_other_zones(&self, decisions: &[ColumnDecision]) -> Result<(), Error> {
        let contradicted = |it: &ColumnDecision| {
            let earlier = it.contradicted(&self.options)?.to_string();
            let (table, column) = (it.table.clone(), it.column.clone());
            Some(Error::OtherTimeZone { table, column, earlier })
        };
        decisions.iter().find_map(contradicted).map_or(Ok(()), Err)
    }
}

impl OpenedSource {
    /// Decides about the local times of the tables whose rows are copied. Other tables are not read, because
    /// they may be huge.
    pub(crate) async fn time_zones(
        &mut self,
        request: &ZoneRequest<'_>,
        progress: &dyn Progress,
    ) -> Result<Vec<ColumnDecision>, Error> {
        let (products, left_out) = (request.models.products(), request.models.left_out());
        let models = request.models.models(&products);
        let is_wanted = |table: &Table| {
            let is_on_target = request.target.tables.contains(&table.name.to_lowercase());
            let has_counterpart = is_on_target || models.counterpart(&table.name).is_some();
            has_counterpart && request.has(table, &left_out)
        };
        let options = &request.options;
        Ok(match self {
            Self::Server(dsn, server) => {
                let (session, source) = server.session_and_catalog();
                let zones = dsn.time_zones();
                decide_for_server(session, source, &is_wanted, &zones, options, progress).await?
            }
            Self::Dump(dump) => dump.time_zones(&is_wanted, options),
        })
    }
}
