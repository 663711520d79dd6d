//! What the log does not determine is read again, once nothing writes to the source any more: rows by key,
//! and whole tables.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use serde::Serialize;

use super::apply::Applier;
use super::batch::Batch;
use super::open::connect;
use super::table::{Net, TableRoute};
use super::{Error, FollowOptions, OnRowProblem};
use crate::blocking::blocking;
use crate::convert::{ColumnPlan, Events, Originals};
use crate::ledger::{self, KeyHash};
use crate::mysql::{self, Access};
use crate::postgres;
use crate::quarantine::{Quarantine, Record};
use crate::source::Row;
use crate::sql::Dialect::{MySql, Postgres};

/// The bytes of COPY that are sent at a time.
const PIECE: usize = 64 << 10;
/// How many rows are asked for in one statement.
const ROWS: usize = 500;

/// What was read again.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct ReadAgain {
    /// The rows of each table that was copied whole, by the target's names.
    pub tables: BTreeMap<String, u64>,
    /// How many single rows were read.
    pub rows: u64,
}

/// Reads again what the log does not determine. Nothing may write to the source, and everything that the
/// log has must be applied. Each table is emptied and copied, or completed, in one transaction, and a
/// repetition changes nothing.
pub async fn read_again(
    source: &mysql::Dsn,
    target: &postgres::Dsn,
    options: &FollowOptions,
    quarantine: &Mutex<Quarantine>,
) -> Result<ReadAgain, Error> {
    let mut server = mysql::Connection::connect(source, Access::ReadOnly).await?;
    let catalog = mysql::read_catalog(&mut server).await?;
    let connection = connect(target, &options.schema).await?;
    let (planned, applier) = Applier::resume(connection, &catalog, options).await?;
    let mut again = Again { server, applier, options, quarantine, read: ReadAgain::default() };
    again.rows(&planned.routes).await?;
    for route in &planned.whole {
        again.table(route).await?;
    }
    Ok(again.read)
}

struct Again<'a> {
    server: mysql::Connection,
    applier: Applier,
    options: &'a FollowOptions,
    quarantine: &'a Mutex<Quarantine>,
    read: ReadAgain,
}

impl Again<'_> {
    /// Reads the rows that are on record.
    async fn rows(&mut self, routes: &[TableRoute]) -> Result<(), Error> {
        let keys = ledger::refetch_keys(&self.applier.connection, &self.options.schema).await?;
        for (table, keys) in keys {
            let Some(place) = routes.iter().position(|route| route.plan.target == table) else {
                // It is copied whole.
                continue;
            };
            let mut batch = Batch::default();
            for keys in keys.chunks(ROWS) {
                self.read_rows(&routes[place], place, keys, &mut batch).await?;
            }
            self.applier.apply_part(routes, batch).await?;
            let hashes: Vec<_> = keys.into_iter().map(|(hash, _)| hash).collect();
            let (connection, schema) = (&self.applier.connection, &self.options.schema);
            ledger::forget_refetch_keys(connection, schema, &table, &hashes).await?;
            self.applier.commit_in_place().await?;
        }
        Ok(())
    }

    async fn read_rows(
        &mut self,
        route: &TableRoute,
        place: usize,
        keys: &[(KeyHash, String)],
        batch: &mut Batch,
    ) -> Result<(), Error> {
        let mut sql = select(route);
        for (number, (_, key)) in keys.iter().enumerate() {
            let word = if number == 0 { "WHERE" } else { "OR" };
            write!(sql, " {word} ({})", route.condition(key)?).expect("memory");
        }
        let mut events = Events::new(&route.plan, Originals::Keep);
        let mut rows = self.server.stream(&sql).await?;
        while let Some(row) = rows.next().await? {
            let converted = route.convert(&route.inserted(Row::from(row).cells()), &mut events);
            self.options.require_fit(route, &converted)?;
            keep(self.quarantine, &converted.records)?;
            for effect in converted.effects {
                batch.add(place, effect);
            }
            self.read.rows += 1;
        }
        Ok(())
    }

    /// Empties a table and copies all of its rows.
    async fn table(&mut self, route: &TableRoute) -> Result<(), Error> {
        let (schema, table) = (&self.options.schema, &route.plan.target);
        let failed = |source| Error::Write { table: table.clone(), source };
        let name = Postgres.qualified(schema, table);
        let transaction = self.applier.connection.transaction().await?;
        transaction.batch_execute(&format!("TRUNCATE {name}")).await.map_err(failed)?;
        ledger::forget_absent_rows(&transaction, schema, table).await?;
        let columns = Postgres.identifiers(route.plan.target_columns());
        let statement = format!("COPY {name} ({columns}) FROM STDIN");
        let mut copy = transaction.copy_in(&statement).await.map_err(failed)?;
        let mut events = Events::new(&route.plan, Originals::Keep);
        let mut rows = self.server.stream(&select(route)).await?;
        let mut lines = Vec::with_capacity(PIECE);
        while let Some(row) = rows.next().await? {
            let converted = route.convert(&route.inserted(Row::from(row).cells()), &mut events);
            self.options.require_fit(route, &converted)?;
            keep(self.quarantine, &converted.records)?;
            for effect in converted.effects {
                if let Net::Present(line) = effect.net {
                    lines.extend(line);
                    lines.push(b'\n');
                }
            }
            if lines.len() >= PIECE {
                copy.send(Bytes::from(std::mem::take(&mut lines))).await.map_err(failed)?;
            }
        }
        copy.send(Bytes::from(lines)).await.map_err(failed)?;
        let written = copy.finish().await.map_err(failed)?;
        ledger::record_transaction(&transaction, schema).await?;
        transaction.commit().await.map_err(failed)?;
        self.read.tables.insert(table.clone(), written);
        Ok(())
    }
}

impl FollowOptions {
    /// Ends the work at a row that does not fit, unless it is to be quarantined.
    fn require_fit(&self, route: &TableRoute, converted: &super::Converted) -> Result<(), Error> {
        match &converted.problem {
            Some(problem) if self.on_problem == OnRowProblem::Stop => Err(Error::Unfit {
                table: route.plan.source.clone(),
                reason: problem.failure.to_string(),
            }),
            _ => Ok(()),
        }
    }
}

/// The statement that reads the columns of a table's plan.
fn select(route: &TableRoute) -> String {
    let columns: Vec<_> = route.plan.columns.iter().map(ColumnPlan::selected).collect();
    let columns = if columns.is_empty() { "1".to_owned() } else { columns.join(", ") };
    format!("SELECT {columns} FROM {}", MySql.identifier(&route.plan.source))
}

/// Makes originals safe, before what replaces them is committed.
pub(super) fn keep(quarantine: &Mutex<Quarantine>, records: &[Record]) -> Result<(), Error> {
    if records.is_empty() {
        return Ok(());
    }
    let kept = blocking(|| {
        // What is in the file stays right, whatever happened to another session.
        let mut quarantine = quarantine.lock().unwrap_or_else(PoisonError::into_inner);
        quarantine.begin_batch();
        quarantine.append(records)?;
        quarantine.sync()
    });
    Ok(kept?)
}
