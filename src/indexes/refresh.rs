//! What else a load leaves undone: materialized views are empty and the planner knows no figures.

use serde::Serialize;

use crate::postgres::{Connection, Error, read_catalog};
use crate::progress::Progress;
use crate::sql::Dialect::Postgres;

/// What was refreshed.
#[derive(Debug, Default, Serialize)]
pub struct RefreshReport {
    /// The materialized views that were filled.
    pub refreshed: Vec<String>,
    /// Those that could not be, with what PostgreSQL said.
    pub failed: Vec<(String, String)>,
    /// How many tables were analyzed.
    pub analyzed: usize,
}

/// Fills the schema's materialized views and analyzes its tables.
pub async fn refresh(
    connection: &Connection,
    schema: &str,
    progress: &dyn Progress,
) -> Result<RefreshReport, Error> {
    let live = read_catalog(connection, schema).await?;
    let mut report = RefreshReport::default();
    for view in live.views.values().filter(|view| view.materialized) {
        progress.begin(&view.name, None);
        let name = Postgres.qualified(schema, &view.name);
        match connection.batch_execute(&format!("REFRESH MATERIALIZED VIEW {name}")).await {
            Ok(()) => report.refreshed.push(view.name.clone()),
            Err(error @ Error::Server(_)) => {
                report.failed.push((view.name.clone(), error.to_string()));
            }
            Err(lost) => return Err(lost),
        }
        progress.finish(&view.name);
    }
    let what = "analyze";
    progress.begin(what, Some(live.tables.len() as u64));
    for table in live.tables.keys() {
        connection.batch_execute(&format!("ANALYZE {}", Postgres.qualified(schema, table))).await?;
        report.analyzed += 1;
        progress.advance(what, 1);
    }
    progress.finish(what);
    Ok(report)
}
