//! What the user decided about values, rows and tables that do not fit.

use super::{Error, exists, value};
use crate::postgres::{self, Connection};

/// A decision, as the flag `--KIND PLACE=ACTION` or `--KIND PLACE`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DecisionRecord {
    /// The flag without its hyphens.
    pub kind: String,
    /// The table or column, or the rule and the column; empty for a flag without a value.
    pub place: String,
    /// What is done there; empty for a flag that says so itself.
    pub action: String,
}

/// Reads the decisions for a schema; none if there is no ledger.
pub async fn read_decisions(
    connection: &Connection,
    schema: &str,
) -> Result<Vec<DecisionRecord>, Error> {
    if !exists(connection).await? {
        return Ok(Vec::new());
    }
    let statement = "SELECT kind, place, action FROM migration_assist.decisions
        WHERE target_schema = $1 ORDER BY kind, place";
    let rows = connection.query(statement, &[&schema]).await?;
    rows.iter()
        .map(|row| {
            Ok(DecisionRecord {
                kind: value(row, 0)?,
                place: value(row, 1)?,
                action: value(row, 2)?,
            })
        })
        .collect()
}

/// Records the decisions for a schema in place of the earlier ones. A decision that stays keeps its time.
pub async fn record_decisions(
    connection: &Connection,
    schema: &str,
    decisions: &[DecisionRecord],
) -> Result<(), postgres::Error> {
    let of = |part: fn(&DecisionRecord) -> &str| decisions.iter().map(part).collect::<Vec<_>>();
    let (kinds, places) = (of(|it| &it.kind), of(|it| &it.place));
    let actions = of(|it| &it.action);
    let statement = "WITH given AS (
            SELECT * FROM unnest($2::text[], $3::text[], $4::text[]) AS it (kind, place, action)
        ), forgotten AS (
            DELETE FROM migration_assist.decisions AS it
            WHERE it.target_schema = $1 AND NOT EXISTS (
                SELECT FROM given WHERE given.kind = it.kind AND given.place = it.place)
        )
        INSERT INTO migration_assist.decisions AS it (target_schema, kind, place, action)
        SELECT $1, kind, place, action FROM given
        ON CONFLICT (target_schema, kind, place) DO UPDATE
        SET action = excluded.action, decided_at = now() WHERE it.action <> excluded.action";
    connection.execute(statement, &[&schema, &kinds, &places, &actions]).await?;
    Ok(())
}
