//! The comparison of all rows while the source is being written: both sides at one position of its log.

use std::sync::Arc;

use super::prepare::Prepared;
use super::run::finish;
use super::sums::TableSums;
use super::{Error, VerifyOptions, VerifyReport};
use crate::ledger::{self, AppliedLog};
use crate::mysql;
use crate::mysql::binlog::Position;
use crate::postgres::{self, Connection};
use crate::progress::Progress;
use crate::source::wait_for_all;

/// A comparison whose sessions with the source see it at one position of its log.
pub struct LiveComparison {
    prepared: Prepared,
    position: Position,
    options: VerifyOptions,
    target: postgres::Dsn,
    targets: Vec<Connection>,
    applied: Option<AppliedLog>,
}

/// Opens both sides, and begins the snapshots of the source.
pub async fn begin_live(
    source: &mysql::Dsn,
    target: &postgres::Dsn,
    options: &VerifyOptions,
) -> Result<LiveComparison, Error> {
    Box::pin(async {
        let (prepared, position) = Prepared::at_position(source, target, options).await?;
        let (options, target) = (options.clone(), target.clone());
        Ok(LiveComparison {
            prepared,
            position,
            options,
            target,
            targets: Vec::new(),
            applied: None,
        })
    })
    .await
}

impl LiveComparison {
    /// The position of the source's log that is compared.
    #[must_use]
    pub fn position(&self) -> &Position {
        &self.position
    }

    /// Waits for other work while keeping the sessions with the source.
    pub async fn wait_for<T>(&mut self, work: impl Future<Output = T>) -> Result<T, Error> {
        Ok(wait_for_all(&mut self.prepared.readers, work).await?)
    }

    /// Begins the snapshots of the target, to which the log has to be applied exactly up to
    /// [`Self::position`]; later changes are not seen.
    pub async fn begin_target(&mut self) -> Result<(), Error> {
        let exported = TargetSnapshot::export(&self.target, &self.options.schema, &self.position);
        let exported = wait_for_all(&mut self.prepared.readers, exported).await??;
        self.begin_target_at(exported).await
    }

    /// The same with a snapshot that was exported before, at the same position.
    pub async fn begin_target_at(&mut self, snapshot: TargetSnapshot) -> Result<(), Error> {
        if snapshot.applied.position != self.position {
            return Err(Error::NotApplied { position: self.position.to_string() });
        }
        let count = self.prepared.readers.len();
        let opened = snapshot.sessions(&self.target, count);
        let (targets, applied) = wait_for_all(&mut self.prepared.readers, opened).await??;
        (self.targets, self.applied) = (targets, Some(applied));
        Ok(())
    }

    /// Compares all rows, and records the outcome.
    ///
    /// # Panics
    ///
    /// Without [`Self::begin_target`].
    pub async fn compare(self, progress: Arc<dyn Progress>) -> Result<VerifyReport, Error> {
        let Self { prepared, position, options, target, targets, applied } = self;
        let applied = applied.expect("the target's snapshots have begun");
        Box::pin(async move {
            let Prepared { readers, comparison } = prepared;
            let (report, ..) = comparison.run(readers, targets, &options, &progress).await?;
            // The sums of an earlier comparison do not belong to this one.
            let sums = TableSums::new();
            finish(report, &target, Some(&position.to_string()), Some(&applied), &sums).await
        })
        .await
    }
}

/// A snapshot of the target in which the log is applied exactly up to a position; further sessions can use it
/// while this exists.
pub struct TargetSnapshot {
    connection: Connection,
    id: String,
    applied: AppliedLog,
}

impl TargetSnapshot {
    /// Takes the snapshot; an error if the log is not applied exactly up to the position.
    pub async fn export(
        target: &postgres::Dsn,
        schema: &str,
        position: &Position,
    ) -> Result<Self, Error> {
        let connection = Connection::connect(target).await?;
        connection.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
        let row = connection.query_one("SELECT pg_catalog.pg_export_snapshot()", &[]).await?;
        let id: String = row.try_get(0).map_err(postgres::Error::from)?;
        let record = ledger::read_following(&connection, schema).await?;
        let record = record.filter(|it| it.position == *position);
        let Some(record) = record else {
            return Err(Error::NotApplied { position: position.to_string() });
        };
        let applied = AppliedLog { position: record.position, changes: record.counts.net_changes };
        Ok(Self { connection, id, applied })
    }

    /// So many sessions that see it, and how far the log is applied there.
    pub(super) async fn sessions(
        self,
        target: &postgres::Dsn,
        count: usize,
    ) -> Result<(Vec<Connection>, AppliedLog), Error> {
        let Self { connection, id, applied } = self;
        let mut connections = vec![connection];
        for _ in 1..count {
            let connection = Connection::connect(target).await?;
            let begin = format!(
                "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET TRANSACTION SNAPSHOT '{id}'"
            );
            connection.batch_execute(&begin).await?;
            connections.push(connection);
        }
        Ok((connections, applied))
    }
}
