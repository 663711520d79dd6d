//! Builds missing indexes, several at a time, each by itself.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use futures_util::future::try_join_all;
use serde::Serialize;
use tokio::sync::futures::Notified;

use super::oversized::{Oversized, oversized_documents};
use super::{Scope, guards, missing};
use crate::postgres::{BuildMemory, Connection, Dsn, Error, estimated_rows, read_catalog};
use crate::progress::Progress;
use crate::schema::{Catalog, Index};
use crate::workers::run_on_workers;

/// What PostgreSQL says of a name that is taken (`duplicate_table`, which covers indexes).
const ALREADY_THERE: &str = "42P07";
/// What it says of a document that does not fit a `tsvector` (`program_limit_exceeded`).
const TOO_LONG: &str = "54000";

/// What to build and how.
#[derive(Debug, Clone, Copy)]
pub struct BuildOptions<'a> {
    /// The schema that holds the tables.
    pub schema: &'a str,
    /// Which of the missing ones.
    pub scope: Scope,
    /// How many at a time.
    pub jobs: usize,
}

/// What was built and what could not be.
#[derive(Debug, Default, Serialize)]
pub struct BuildReport {
    /// How many of the indexes asked for were there already.
    pub present: usize,
    /// Those that were built now, in the order in which they were finished.
    pub built: Vec<Built>,
    /// Those that could not be built.
    pub failed: Vec<FailedIndex>,
}

/// An index that was built.
#[derive(Debug, Serialize)]
pub struct Built {
    /// Its name.
    pub index: String,
    /// Its table.
    pub table: String,
    /// How long it took, in seconds.
    pub seconds: f64,
}

/// An index that could not be built.
#[derive(Debug, Serialize)]
pub struct FailedIndex {
    /// Its name.
    pub index: String,
    /// Its table.
    pub table: String,
    /// What PostgreSQL said, without any value.
    pub reason: String,
    /// The rows whose document does not fit, where that is the reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oversized: Option<Oversized>,
}

/// Builds the indexes of `model` that the target lacks. One that fails does not stop the others.
pub async fn build(
    dsn: &Dsn,
    model: &Catalog,
    options: BuildOptions<'_>,
    progress: &dyn Progress,
) -> Result<BuildReport, Error> {
    let connection = Connection::connect(dsn).await?;
    let live = read_catalog(&connection, options.schema).await?;
    let wanted = missing(model, &live, options.scope);
    let asked = missing(model, &model_without_indexes(model), options.scope).len();
    let mut report = BuildReport { present: asked - wanted.len(), ..BuildReport::default() };
    // Keys guard the rows, so they stand before anything else is built.
    let (keys, others): (Vec<&Index>, Vec<&Index>) =
        wanted.into_iter().partition(|index| guards(index));
    let target = Target {
        live: &live,
        rows: &estimated_rows(&connection, options.schema).await?,
        memory: BuildMemory::of(dsn, options.jobs),
    };
    let sessions = options.jobs.min(keys.len().max(others.len()));
    let mut sessions = try_join_all((0..sessions).map(|_| connect(dsn, options.schema))).await?;
    for group in [keys, others] {
        let work = async |connection: &mut Connection, index: &Index| {
            progress.begin(&index.name, None);
            let outcome = build_one(connection, target, index).await;
            progress.finish(&index.name);
            outcome
        };
        // Sessions with PostgreSQL keep themselves alive.
        let wait = async |_: &mut Connection, others: Notified<'_>| {
            others.await;
            Ok(())
        };
        for outcome in run_on_workers(&mut sessions, group, work, wait).await? {
            match outcome {
                Outcome::Built(built) => report.built.push(built),
                Outcome::Failed(failed) => report.failed.push(failed),
                Outcome::Present => report.present += 1,
            }
        }
    }
    Ok(report)
}

fn model_without_indexes(model: &Catalog) -> Catalog {
    let mut bare = model.clone();
    bare.tables.values_mut().for_each(|table| table.indexes.clear());
    bare.views.values_mut().for_each(|view| view.indexes.clear());
    bare
}

enum Outcome {
    Built(Built),
    Failed(FailedIndex),
    Present,
}

/// Where the indexes are built.
#[derive(Clone, Copy)]
struct Target<'a> {
    live: &'a Catalog,
    /// About how many rows its tables have.
    rows: &'a BTreeMap<String, u64>,
    memory: BuildMemory,
}

impl Target<'_> {
    /// `maintenance_work_mem` for that index, in KiB.
    fn memory_for(&self, index: &Index) -> u64 {
        if index.method == "btree" {
            self.memory.of_a_sort(self.rows.get(&index.table).copied().unwrap_or_default())
        } else {
            self.memory.most()
        }
    }
}

async fn connect(dsn: &Dsn, schema: &str) -> Result<Connection, Error> {
    let connection = Connection::connect(dsn).await?;
    connection.use_schema(schema).await?;
    Ok(connection)
}

async fn build_one(
    connection: &Connection,
    target: Target<'_>,
    index: &Index,
) -> Result<Outcome, Error> {
    let since = Instant::now();
    let memory = format!("SET maintenance_work_mem = '{}kB'", target.memory_for(index));
    connection.batch_execute(&memory).await?;
    let definition = index.definition.as_deref().expect("a model's index has its statement");
    let error = match connection.batch_execute(definition).await {
        Ok(()) => return Ok(Outcome::Built(built(index, since.elapsed()))),
        Err(error @ Error::Server(_)) => error,
        Err(lost) => return Err(lost),
    };
    if error.sqlstate() == Some(ALREADY_THERE) {
        return Ok(Outcome::Present);
    }
    let oversized = match error.sqlstate() {
        Some(TOO_LONG) => oversized_documents(connection, target.live, index).await?,
        _ => None,
    };
    let reason = error.to_string();
    Ok(Outcome::Failed(FailedIndex {
        index: index.name.clone(),
        table: index.table.clone(),
        reason,
        oversized,
    }))
}

fn built(index: &Index, elapsed: Duration) -> Built {
    let seconds = elapsed.as_secs_f64();
    Built { index: index.name.clone(), table: index.table.clone(), seconds }
}
