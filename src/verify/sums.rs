//! Sums over the source's tables: of the rows that are read, and, for other tables, computed by the server meanwhile.

use std::collections::BTreeMap;

use tokio::task::JoinSet;

use super::Error;
use super::compare::Comparison;
use super::table::TableWork;
use crate::mysql::TableSum;
use crate::schema::Catalog;
use crate::source::{Session, Source};

/// The sums of tables, by the source's names.
pub(super) type TableSums = BTreeMap<String, TableSum>;

/// What the readers of a pass summed up; `comparisons` are in the order of the tables.
pub(super) fn read_sums(tables: &[TableWork], comparisons: &[Comparison]) -> TableSums {
    let tables = tables.iter().zip(comparisons).filter(|(table, _)| table.summed.is_some());
    tables.map(|(table, it)| (table.plan.source.clone(), it.counts.sum)).collect()
}

/// The sums, read by a separate task; dropping this ends the task.
pub(super) struct Sums(JoinSet<Result<TableSums, Error>>);

/// Opens a session for the sums that sees the rows as of now.
pub(super) async fn begin_sums(source: &Source) -> Result<Session, Error> {
    let mut session = Session::open(source).await?;
    session.begin_snapshot().await?;
    Ok(session)
}

impl Sums {
    /// Starts reading the sums of the tables of which the readers know none; without a session, there are no sums.
    pub(super) fn start(
        session: Option<Session>,
        mut catalog: Catalog,
        tables: &[TableWork],
    ) -> Self {
        let summed: Vec<&str> = tables
            .iter()
            .filter(|table| table.summed.is_some())
            .map(|table| table.plan.source.as_str())
            .collect();
        catalog.tables.retain(|_, table| !summed.contains(&table.name.as_str()));
        let mut task = JoinSet::new();
        if let Some(mut session) = session {
            task.spawn(async move { Ok(session.table_sums(&catalog).await?) });
        }
        Self(task)
    }

    /// The sums of each table, by its exact name, those of the readers included.
    pub(super) async fn finish(mut self, read: TableSums) -> Result<TableSums, Error> {
        match self.0.join_next().await {
            None => Ok(read),
            Some(Ok(sums)) => Ok(sums?.into_iter().chain(read).collect()),
            Some(Err(failure)) => match failure.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => Err(Error::Interrupted),
            },
        }
    }
}
