//! Builds missing indexes, several at a time, each in its own transaction.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use futures_util::future::try_join_all;
use schemars::JsonSchema;
use serde::Serialize;
use tokio::sync::futures::Notified;

use super::other_session::wait_for_the_same;
use super::oversized::{Oversized, oversized_documents};
use super::rebuild::{
    OtherConfiguration, drop_leftovers, finish_replacement, other_configurations, replacement,
};
use super::{Scope, guards, missing};
use crate::postgres::{
    BuildMemory, Connection, Dsn, Error, estimated_rows, read_catalog, read_readiness,
};
use crate::progress::{Progress, Task, TaskSize};
use crate::schema::{Catalog, Index, MIGRATIONS_CONFIGURATION, phrase_index};
use crate::workers::run_on_workers;

/// PostgreSQL's error for a document that does not fit a `tsvector` (`program_limit_exceeded`).
const TOO_LONG: &str = "54000";

/// Which indexes to build, and how.
#[derive(Debug, Clone, Copy)]
pub struct BuildOptions<'a> {
    /// The schema with the tables.
    pub schema: &'a str,
    pub scope: Scope,
    /// The number of concurrent builds.
    pub jobs: usize,
    /// The text search configuration of full-text indexes, with its schema.
    pub configuration: &'a str,
    /// What happens to full-text indexes that have another configuration.
    pub others: Others,
    /// Whether there is to be an index for searches for a phrase.
    pub phrase_index: bool,
}

impl<'a> BuildOptions<'a> {
    /// The missing indexes of a schema, as the migrations define them.
    #[must_use]
    pub fn new(schema: &'a str, scope: Scope, jobs: usize) -> Self {
        let configuration = MIGRATIONS_CONFIGURATION;
        Self { schema, scope, jobs, configuration, others: Others::Keep, phrase_index: false }
    }

    /// The model with the indexes that are asked for.
    fn model(&self, model: &Catalog) -> Catalog {
        let mut model = model.clone();
        for index in model.tables.values_mut().flat_map(|table| table.indexes.values_mut()) {
            if index.is_full_text() && self.configuration != MIGRATIONS_CONFIGURATION {
                *index = index.with_configuration(self.configuration);
            }
        }
        if let Some(posts) = model.tables.get_mut("posts").filter(|_| self.phrase_index) {
            let index = phrase_index();
            posts.indexes.insert(index.name.clone(), index);
        }
        model
    }
}

/// What happens to full-text indexes that were built with another configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Others {
    /// They are left unchanged: no configuration was asked for.
    Keep,
    /// They are reported.
    Report,
    /// They are built again.
    Rebuild,
}

/// The outcome of a build.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct BuildReport {
    /// The number of requested indexes that existed already.
    pub present: usize,
    /// The indexes that were built, in the order of completion.
    pub built: Vec<Built>,
    /// The indexes that could not be built.
    pub failed: Vec<FailedIndex>,
    /// Full-text indexes that have another configuration than the one asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub other_configuration: Vec<OtherConfiguration>,
}

/// An index that was built.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Built {
    pub index: String,
    pub table: String,
    /// The duration, in seconds.
    pub seconds: f64,
}

/// An index that could not be built.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FailedIndex {
    pub index: String,
    pub table: String,
    /// PostgreSQL's error, without any value.
    pub reason: String,
    /// The rows whose document does not fit, if that is the reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oversized: Option<Oversized>,
}

impl FailedIndex {
    fn new(index: &Index, reason: String) -> Self {
        let Index { name, table, .. } = index;
        Self { index: name.clone(), table: table.clone(), reason, oversized: None }
    }
}

/// Builds the indexes of `model` that the target lacks. A failure does not stop the others.
pub async fn build(
    dsn: &Dsn,
    model: &Catalog,
    options: BuildOptions<'_>,
    progress: &dyn Progress,
) -> Result<BuildReport, Error> {
    let connection = Connection::connect(dsn).await?;
    let live = read_catalog(&connection, options.schema).await?;
    let model = &options.model(model);
    let wanted = missing(model, &live, options.scope);
    let asked = missing(model, &model_without_indexes(model), options.scope).len();
    let mut report = BuildReport { present: asked - wanted.len(), ..BuildReport::default() };
    let present = read_readiness(&connection, options.schema).await?.full_text_indexes;
    let others = other_configurations(model, &present, options.configuration);
    let (replaced, others): (Vec<&Index>, Vec<OtherConfiguration>) = others.into_iter().unzip();
    let replaced = if options.others == Others::Rebuild { replaced } else { Vec::new() };
    if options.others == Others::Rebuild {
        connection.use_schema(options.schema).await?;
        drop_leftovers(&connection, model, &replaced, &present, options.configuration).await?;
    }
    if options.others == Others::Report {
        report.other_configuration = others;
    }
    report.present -= replaced.len();
    // Keys guard the rows, so they are built before anything else.
    let (keys, others): (Vec<Work<'_>>, Vec<Work<'_>>) = wanted
        .into_iter()
        .map(Work::Build)
        .chain(replaced.into_iter().map(Work::Replace))
        .partition(|work| guards(work.index()));
    let target = Target {
        live: &live,
        rows: &estimated_rows(&connection, options.schema).await?,
        memory: BuildMemory::of(dsn, options.jobs),
    };
    let sessions = options.jobs.min(keys.len().max(others.len()));
    let mut replacements = Vec::new();
    let mut sessions = try_join_all((0..sessions).map(|_| connect(dsn, options.schema))).await?;
    for group in [keys, others] {
        let work = async |connection: &mut Connection, work: Work<'_>| {
            let task = Task::begin(progress, &work.index().name, TaskSize::UNKNOWN);
            let outcome = match work {
                Work::Build(index) => build_one(connection, target, index).await,
                Work::Replace(index) => build_replacement(connection, target, index).await,
            };
            task.finish();
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
                Outcome::Replacement(index, elapsed) => replacements.push((index, elapsed)),
            }
        }
    }
    // Only when no build holds a lock on a table any more: whoever waits for such a lock to drop an index
    // lets all searches of the table wait too.
    for (index, elapsed) in replacements {
        match finish_replacement(&connection, options.schema, &index, options.configuration).await?
        {
            Ok(()) => report.built.push(built(&index, elapsed)),
            Err(reason) => report.failed.push(FailedIndex::new(&index, reason)),
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

/// What is done for an index.
#[derive(Clone, Copy)]
enum Work<'a> {
    /// It is missing, and is built.
    Build(&'a Index),
    /// It has another configuration, and is replaced.
    Replace(&'a Index),
}

impl<'a> Work<'a> {
    fn index(self) -> &'a Index {
        let (Self::Build(index) | Self::Replace(index)) = self;
        index
    }
}

enum Outcome {
    Built(Built),
    Failed(FailedIndex),
    Present,
    /// A replacement of an index is complete, after that time.
    Replacement(Box<Index>, Duration),
}

/// The schema in which the indexes are built.
#[derive(Clone, Copy)]
struct Target<'a> {
    live: &'a Catalog,
    /// The estimated rows of its tables.
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

/// Builds an index under another name, which an interruption leaves for the next run.
async fn build_replacement(
    connection: &Connection,
    target: Target<'_>,
    index: &Index,
) -> Result<Outcome, Error> {
    let since = Instant::now();
    Ok(match build_one(connection, target, &replacement(index)).await? {
        Outcome::Failed(failed) => {
            Outcome::Failed(FailedIndex { index: index.name.clone(), ..failed })
        }
        _ => Outcome::Replacement(Box::new(index.clone()), since.elapsed()),
    })
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
    wait_for_the_same(connection, definition).await?;
    let error = match connection.batch_execute(definition).await {
        Ok(()) => return Ok(Outcome::Built(built(index, since.elapsed()))),
        Err(error @ Error::Server(_)) => error,
        Err(lost) => return Err(lost),
    };
    if error.is_name_in_use() {
        return Ok(Outcome::Present);
    }
    let oversized = match error.sqlstate() {
        Some(TOO_LONG) => oversized_documents(connection, target.live, index).await?,
        _ => None,
    };
    Ok(Outcome::Failed(FailedIndex { oversized, ..FailedIndex::new(index, error.to_string()) }))
}

fn built(index: &Index, elapsed: Duration) -> Built {
    let seconds = elapsed.as_secs_f64();
    Built { index: index.name.clone(), table: index.table.clone(), seconds }
}
