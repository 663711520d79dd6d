//! Refreshes the materialized views and the statistics, which a load leaves out.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

use crate::postgres::{Connection, Error, owned_relations};
use crate::progress::{Progress, Task, TaskSize, TaskUnit};
use crate::schema::Catalog;
use crate::sql::Dialect::Postgres;

/// The outcome of a refresh.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct RefreshReport {
    /// The views that were refreshed.
    pub refreshed: Vec<String>,
    /// The views that could not be refreshed, with PostgreSQL's error.
    pub failed: Vec<(String, String)>,
    /// The time zone of the views' days: that of the role and the database.
    pub time_zone: String,
    /// The number of tables that were analyzed.
    pub analyzed: usize,
}

/// Refreshes the materialized views of `model` in a schema and analyzes the tables that the role owns there.
///
/// Mattermost's views count by days in the time zone of the session that refreshes them. Mattermost's own
/// sessions have the time zone of the role and the database, and so does each refresh.
pub async fn refresh(
    connection: &Connection,
    schema: &str,
    model: &Catalog,
    progress: &dyn Progress,
) -> Result<RefreshReport, Error> {
    let owned = owned_relations(connection, schema).await?;
    let own_time_zone = "SELECT reset_val FROM pg_catalog.pg_settings WHERE name = 'TimeZone'";
    let time_zone = connection.query_one(own_time_zone, &[]).await?.try_get(0)?;
    let mut report = RefreshReport { time_zone, ..RefreshReport::default() };
    let of_model = |view: &&String| model.views.get(*view).is_some_and(|it| it.materialized);
    for view in owned.materialized_views.iter().filter(of_model) {
        let task = Task::begin(progress, view, TaskSize::UNKNOWN);
        let name = Postgres.qualified(schema, view);
        // One message is one transaction, which ends the setting.
        let statements = format!("SET LOCAL TimeZone TO DEFAULT; REFRESH MATERIALIZED VIEW {name}");
        match connection.batch_execute(&statements).await {
            Ok(()) => report.refreshed.push(view.clone()),
            Err(error @ Error::Server(_)) => report.failed.push((view.clone(), error.to_string())),
            Err(lost) => return Err(lost),
        }
        task.finish();
    }
    report.analyzed = analyze(connection, schema, &owned.tables, progress).await?;
    Ok(report)
}

/// The progress of analyzing tables.
pub(crate) const ANALYZE: &str = "analyze";

async fn analyze(
    connection: &Connection,
    schema: &str,
    tables: &BTreeSet<String>,
    progress: &dyn Progress,
) -> Result<usize, Error> {
    let size = TaskSize::of(tables.len() as u64, TaskUnit::Tables);
    let task = Task::begin(progress, ANALYZE, size);
    for table in tables {
        connection.batch_execute(&format!("ANALYZE {}", Postgres.qualified(schema, table))).await?;
        task.advance(1);
    }
    task.finish();
    Ok(tables.len())
}
