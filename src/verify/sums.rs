//! Sums over the source's tables, computed by the server while the rows are compared.

use std::collections::BTreeMap;

use tokio::task::JoinSet;

use super::Error;
use crate::mysql::TableSum;
use crate::schema::Catalog;
use crate::source::{Session, Source};

/// The sums of tables, by the source's names.
pub(super) type TableSums = BTreeMap<String, TableSum>;

/// The sums, read by a separate task; dropping this ends the task.
pub(super) struct Sums(JoinSet<Result<TableSums, Error>>);

/// Opens a session for the sums that sees the rows as of now.
pub(super) async fn begin_sums(source: &Source) -> Result<Session, Error> {
    let mut session = Session::open(source).await?;
    session.begin_snapshot().await?;
    Ok(session)
}

impl Sums {
    /// Starts reading the sums; without a session, there are none.
    pub(super) fn start(session: Option<Session>, catalog: Catalog) -> Self {
        let mut task = JoinSet::new();
        if let Some(mut session) = session {
            task.spawn(async move { Ok(session.table_sums(&catalog).await?) });
        }
        Self(task)
    }

    /// The sums of each table, by its exact name.
    pub(super) async fn finish(mut self) -> Result<TableSums, Error> {
        match self.0.join_next().await {
            None => Ok(TableSums::new()),
            Some(Ok(sums)) => sums,
            Some(Err(failure)) => match failure.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => Err(Error::Interrupted),
            },
        }
    }
}
