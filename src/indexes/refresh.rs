//! Fills the materialized views and updates the statistics, which a load does not do.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::postgres::{Connection, Error, owned_relations};
use crate::progress::Progress;
use crate::schema::Catalog;
use crate::sql::Dialect::Postgres;

/// What was refreshed.
#[derive(Debug, Default, Serialize)]
pub struct RefreshReport {
    /// The materialized views that were filled.
    pub refreshed: Vec<String>,
    /// Those that could not be, with what PostgreSQL said.
    pub failed: Vec<(String, String)>,
    /// The time zone whose days the views count by: that of the role and the database.
    pub time_zone: String,
    /// How many tables were analyzed.
    pub analyzed: usize,
}

/// Fills the materialized views of `model` in a schema and analyzes the tables that the role owns there.
///
/// The views of Mattermost count by days of the session that refreshes them. Mattermost's own sessions
/// have the time zone of the role and the database, and so has each refresh.
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
        progress.begin(view, None);
        let name = Postgres.qualified(schema, view);
        // One message, so one transaction: the setting ends with it.
        let statements = format!("SET LOCAL TimeZone TO DEFAULT; REFRESH MATERIALIZED VIEW {name}");
        match connection.batch_execute(&statements).await {
            Ok(()) => report.refreshed.push(view.clone()),
            Err(error @ Error::Server(_)) => report.failed.push((view.clone(), error.to_string())),
            Err(lost) => return Err(lost),
        }
        progress.finish(view);
    }
    report.analyzed = analyze(connection, schema, &owned.tables, progress).await?;
    Ok(report)
}

async fn analyze(
    connection: &Connection,
    schema: &str,
    tables: &BTreeSet<String>,
    progress: &dyn Progress,
) -> Result<usize, Error> {
    let what = "analyze";
    progress.begin(what, Some(tables.len() as u64));
    for table in tables {
        connection.batch_execute(&format!("ANALYZE {}", Postgres.qualified(schema, table))).await?;
        progress.advance(what, 1);
    }
    progress.finish(what);
    Ok(tables.len())
}
