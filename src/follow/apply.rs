//! Applies batches to the target, each in a transaction together with the position behind it.

use std::collections::HashMap;

use super::batch::{Batch, Entry};
use super::columns::{Arrays, CONVERTED, TextColumns};
use super::plan::{Planned, plan_again};
use super::statements::Statements;
use super::table::{Net, TableRoute};
use super::{Error, FollowOptions};
use crate::ledger::{self, Advance, FollowingCounts, KeyHash, TouchedKeys, TouchedRow};
use crate::mysql::GtidSet;
use crate::mysql::binlog::Position;
use crate::postgres::Connection;
use crate::schema::Catalog;
use crate::sql::Dialect::Postgres;

/// Where an applier writes, and how far the log is applied.
pub(super) struct Applier {
    pub(super) connection: Connection,
    pub(super) schema: String,
    statements: Vec<Statements>,
    /// As the ledger has it.
    pub(super) position: Position,
    pub(super) overlap: Option<Position>,
    /// Transactions behind the position that need not be applied, before the first one is.
    pub(super) gtid: Option<GtidSet>,
    /// When the position's file was created.
    pub(super) log_created: Option<i64>,
    pub(super) generation: i32,
    /// Whether rows of the target are missing because they did not fit.
    has_rejected: bool,
    /// Whether rows of the target are missing until they are read again.
    has_unknown: bool,
    /// Whether a transaction with the first parts of a large one is open.
    is_open: bool,
    /// What the open transaction has applied.
    pub(super) open_counts: FollowingCounts,
}

/// The end of a batch.
pub(super) struct Border {
    pub(super) position: Position,
    /// The source's clock, in seconds since 1970.
    pub(super) time: Option<i64>,
    /// When the position's file was created, if that is known.
    pub(super) log_created: Option<i64>,
    /// Tables that appeared in the source before it.
    pub(super) appeared: Vec<String>,
    pub(super) transactions: u64,
    pub(super) changes: u64,
}

impl Applier {
    /// An applier from the position on record.
    pub(super) async fn new(
        connection: Connection,
        schema: &str,
        routes: &[TableRoute],
        record: &ledger::FollowingRecord,
    ) -> Result<Self, Error> {
        // A crash of the server can take the last batches back, and the position with them.
        connection.batch_execute("SET synchronous_commit = off").await?;
        let has_rejected = !ledger::rejected_rows(&connection, schema).await?.is_empty();
        let has_unknown = !ledger::refetch_keys(&connection, schema).await?.is_empty();
        Ok(Self {
            has_rejected,
            has_unknown,
            connection,
            schema: schema.to_owned(),
            statements: routes.iter().map(|route| Statements::new(schema, route)).collect(),
            position: record.position.clone(),
            overlap: record.overlap.clone(),
            gtid: record.gtid.clone(),
            log_created: record.log_created,
            generation: record.generation,
            is_open: false,
            open_counts: FollowingCounts::default(),
        })
    }

    /// Plans by the present definitions, and continues at the position on record.
    pub(super) async fn resume(
        connection: Connection,
        source: &Catalog,
        options: &FollowOptions,
    ) -> Result<(Planned, Self), Error> {
        let planned = plan_again(&connection, source, options).await?;
        let record = recorded(&connection, &options.schema).await?;
        let applier = Self::new(connection, &options.schema, &planned.routes, &record).await?;
        Ok((planned, applier))
    }

    /// Applies a part of a transaction that is too large for memory; nothing takes effect before
    /// [`Self::commit`].
    pub(super) async fn apply_part(
        &mut self,
        routes: &[TableRoute],
        batch: Batch,
    ) -> Result<(), Error> {
        self.begin().await?;
        self.open_counts.net_changes += batch.len() as u64;
        let mut touched = TouchedKeys::default();
        for (table, entries) in batch.into_tables() {
            self.apply_table(&routes[table], table, entries, &mut touched).await?;
        }
        let (connection, schema) = (&self.connection, &self.schema);
        ledger::record_touched_keys(connection, schema, self.generation, &touched).await?;
        Ok(())
    }

    async fn begin(&mut self) -> Result<(), Error> {
        if !self.is_open {
            self.connection.batch_execute("BEGIN").await?;
            self.is_open = true;
        }
        Ok(())
    }

    /// Deletes all rows of a table, as the source did; takes effect with [`Self::commit`].
    pub(super) async fn empty(&mut self, route: &TableRoute) -> Result<(), Error> {
        self.begin().await?;
        let (table, schema) = (&route.plan.target, &self.schema);
        let failed = |source| Error::Write { table: table.clone(), source };
        let statement = format!("DELETE FROM {}", Postgres.qualified(schema, table));
        let deleted = self.connection.execute(&statement, &[]).await.map_err(failed)?;
        ledger::forget_absent_rows(&self.connection, schema, table).await?;
        ledger::mark_proven_whole(&self.connection, schema, table).await?;
        self.open_counts.net_changes += deleted;
        Ok(())
    }

    /// Gives up the parts of a transaction that were applied.
    pub(super) async fn roll_back(&mut self) -> Result<(), Error> {
        if self.is_open {
            self.connection.batch_execute("ROLLBACK").await?;
            self.is_open = false;
            self.open_counts = FollowingCounts::default();
        }
        Ok(())
    }

    /// Records when the position's file was created, so that a log that was reset is noticed.
    pub(super) async fn record_log_created(&mut self, created: i64) -> Result<(), Error> {
        ledger::record_log_created(&self.connection, &self.schema, created).await?;
        self.log_created = Some(created);
        Ok(())
    }

    /// Commits what is applied without a change of the position.
    pub(super) async fn commit_in_place(&mut self) -> Result<(), Error> {
        if self.is_open {
            ledger::record_transaction(&self.connection, &self.schema).await?;
            self.connection.batch_execute("COMMIT").await?;
            self.is_open = false;
            self.open_counts = FollowingCounts::default();
        }
        Ok(())
    }

    /// Whether parts of a transaction are applied and not committed.
    pub(super) fn has_open_parts(&self) -> bool {
        self.is_open
    }

    /// Applies a batch and records the position behind it; whether another command asks for an end.
    pub(super) async fn commit(
        &mut self,
        routes: &[TableRoute],
        batch: Batch,
        border: &Border,
    ) -> Result<bool, Error> {
        self.apply_part(routes, batch).await?;
        for table in &border.appeared {
            ledger::record_appeared_table(&self.connection, &self.schema, table).await?;
        }
        let ends_overlap = self.overlap.as_ref().is_none_or(|end| border.position >= *end);
        let counts = FollowingCounts {
            transactions: border.transactions,
            changes: border.changes,
            ..self.open_counts
        };
        let advance = Advance {
            from: &self.position,
            to: &border.position,
            source_time: border.time,
            counts,
            ends_overlap,
            log_created: border.log_created,
        };
        let (connection, schema) = (&self.connection, &self.schema);
        let (advanced, ()) =
            tokio::try_join!(ledger::advance_following(connection, schema, &advance), async {
                Ok(ledger::record_transaction(connection, schema).await?)
            },)?;
        let Some(handover) = advanced else {
            self.connection.batch_execute("ROLLBACK").await?;
            return Err(Error::AppliedElsewhere);
        };
        self.connection.batch_execute("SELECT; COMMIT").await?;
        self.is_open = false;
        self.open_counts = FollowingCounts::default();
        let is_same_file = self.position.file == border.position.file;
        self.log_created = border.log_created.or(self.log_created.filter(|_| is_same_file));
        self.gtid = None;
        self.position = border.position.clone();
        if ends_overlap {
            self.overlap = None;
        }
        Ok(handover)
    }

    /// Applies the effects on one table, at its place among the routes, and adds their keys to `touched`.
    async fn apply_table(
        &mut self,
        route: &TableRoute,
        place: usize,
        entries: HashMap<Vec<u8>, Entry>,
        touched: &mut TouchedKeys,
    ) -> Result<(), Error> {
        let statements = &self.statements[place];
        let table = &route.plan.target;
        let failed = |source| Error::Write { table: table.clone(), source };
        let mut gone = TextColumns::new(route.key.len());
        let mut present = TextColumns::new(route.plan.columns.len());
        let (mut rejected, mut fitting) = (Vec::new(), Vec::new());
        let (mut unknown, mut known) = (Vec::new(), Vec::new());
        for (key, Entry { net, source_key }) in entries {
            let hash = KeyHash::of(&key);
            match &net {
                Net::Present(line) => present.push_line(line),
                Net::Gone | Net::Rejected(_) | Net::Unknown => gone.push_line(&key),
            }
            match net {
                Net::Rejected(reason) => rejected.push((hash, source_key.clone(), reason)),
                Net::Present(_) | Net::Gone | Net::Unknown => fitting.push(hash),
            }
            if net == Net::Unknown {
                unknown.push((hash, source_key.clone()));
            } else {
                known.push(hash);
            }
            let target_key = String::from_utf8(key).expect(CONVERTED);
            touched.add(table, TouchedRow { hash, target_key, source_key });
        }
        if !gone.is_empty() {
            self.run(&statements.delete, &gone.arrays()).await.map_err(failed)?;
        }
        if !present.is_empty() {
            if let Some(statement) = &statements.delete_moved {
                let unique: &[usize] =
                    if route.has_unique_expression { &[] } else { &route.unique };
                let arrays = present.arrays_of(route.key.iter().chain(unique));
                self.run(statement, &arrays).await.map_err(failed)?;
            }
            self.run(&statements.upsert, &present.arrays()).await.map_err(failed)?;
        }
        let (connection, schema) = (&self.connection, &self.schema);
        if self.has_rejected || !rejected.is_empty() {
            ledger::record_rejected_rows(connection, schema, table, &rejected).await?;
            ledger::forget_rejected_rows(connection, schema, table, &fitting).await?;
        }
        if self.has_unknown || !unknown.is_empty() {
            ledger::record_refetch_keys(connection, schema, table, &unknown).await?;
            ledger::forget_refetch_keys(connection, schema, table, &known).await?;
        }
        self.has_rejected |= !rejected.is_empty();
        self.has_unknown |= !unknown.is_empty();
        Ok(())
    }

    async fn run(
        &self,
        statement: &str,
        columns: &Arrays<'_>,
    ) -> Result<u64, crate::postgres::Error> {
        self.connection.execute_prepared(statement, &columns.parameters()).await
    }
}

/// What is on record of following.
pub(super) async fn recorded(
    connection: &Connection,
    schema: &str,
) -> Result<ledger::FollowingRecord, Error> {
    let record = ledger::read_following(connection, schema).await?;
    // A copy that was started meanwhile removes it.
    record.ok_or(Error::AppliedElsewhere)
}
