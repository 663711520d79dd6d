//! Makes the target ready for the rows, in one transaction.

use super::Definition;
use super::ledger::{self, write_part};
use super::plan::Plan;
use super::table::TableWork;
use crate::postgres::{Connection, Error};
use crate::sql::Dialect::Postgres;

/// Who copies from where.
pub(super) struct Origin<'a> {
    pub(super) schema: &'a str,
    pub(super) source: &'a str,
    pub(super) position: Option<&'a str>,
}

/// Writes the ledger, empties what is to be emptied, and takes indexes and foreign keys away, after
/// the ledger has their definitions. All of it or nothing.
pub(super) async fn prepare(
    connection: &mut Connection,
    origin: &Origin<'_>,
    plan: &Plan,
) -> Result<(), Error> {
    connection.use_schema(origin.schema).await?;
    let transaction = connection.transaction().await?;
    transaction.batch_execute(ledger::TABLES).await?;
    transaction.batch_execute(&statements(origin, plan)).await?;
    transaction.commit().await
}

fn statements(origin: &Origin<'_>, plan: &Plan) -> String {
    let schema = Postgres.literal(origin.schema);
    let mut sql = vec![begin(origin, plan)];
    for definition in &plan.foreign_keys {
        sql.push(record(&schema, definition));
        sql.push(definition.removal());
    }
    let new = || plan.tables.iter().filter(|table| table.is_new());
    for table in new() {
        let name = Postgres.literal(&table.plan.target);
        sql.push(forget(&schema, &name));
        for definition in &table.definitions {
            sql.push(record(&schema, definition));
            sql.push(definition.removal());
        }
        sql.push(enter(&schema, &name, origin.schema, table));
    }
    // All at once, since tables may refer to each other.
    let emptied: Vec<_> =
        new().filter(|it| it.empty_first).map(|it| it.plan.target.as_str()).collect();
    if !emptied.is_empty() {
        sql.push(format!("TRUNCATE {}", Postgres.identifiers(emptied)));
    }
    sql.join(";\n")
}

/// The row of the whole copy; where the source was at the first table stands until all begin anew.
fn begin(origin: &Origin<'_>, plan: &Plan) -> String {
    let position = origin.position.map_or("NULL".to_owned(), |it| Postgres.literal(it));
    let anew = plan.tables.iter().all(TableWork::is_new);
    let update = if anew {
        "SET source = excluded.source, source_position = excluded.source_position,
             started_at = now(), finished_at = NULL"
    } else {
        "SET finished_at = NULL"
    };
    format!(
        "INSERT INTO migration_assist.copies (target_schema, source, source_position)
         VALUES ({}, {}, {position}) ON CONFLICT (target_schema) DO UPDATE {update}",
        Postgres.literal(origin.schema),
        Postgres.literal(origin.source),
    )
}

/// Forgets a table, but for the definitions that it still lacks, unless it is another table now.
fn forget(schema: &str, name: &str) -> String {
    let matching = format!("it.target_schema = {schema} AND it.table_name = {name}");
    format!(
        "DELETE FROM migration_assist.removed_definitions AS it USING migration_assist.copied_tables
             AS entry
         WHERE {matching} AND entry.target_schema = it.target_schema
             AND entry.table_name = it.table_name
             AND entry.table_oid <> (quote_ident({schema}) || '.' || quote_ident({name}))::regclass;
         DELETE FROM migration_assist.copied_chunks AS it WHERE {matching};
         DELETE FROM migration_assist.copied_tables AS it WHERE {matching}"
    )
}

fn record(schema: &str, definition: &Definition) -> String {
    format!(
        "INSERT INTO migration_assist.removed_definitions
             (target_schema, table_name, name, stage, statement)
         VALUES ({schema}, {}, {}, {}, {})
         ON CONFLICT (target_schema, table_name, name) DO UPDATE
         SET stage = excluded.stage, statement = excluded.statement",
        Postgres.literal(&definition.table),
        Postgres.literal(&definition.name),
        Postgres.literal(definition.stage.id()),
        Postgres.literal(&definition.statement),
    )
}

fn enter(schema: &str, name: &str, plain_schema: &str, table: &TableWork) -> String {
    let relation = Postgres.literal(&Postgres.qualified(plain_schema, &table.plan.target));
    let bound = |it: Option<String>| it.map_or("NULL".to_owned(), |bound| Postgres.literal(&bound));
    let chunks: Vec<_> = table
        .chunks
        .iter()
        .map(|chunk| {
            let [lower, upper] = write_part(&chunk.part).map(bound);
            format!("({schema}, {name}, {}, {lower}, {upper})", chunk.number)
        })
        .collect();
    format!(
        "INSERT INTO migration_assist.copied_tables (target_schema, table_name, table_oid)
         VALUES ({schema}, {name}, {relation}::regclass);
         INSERT INTO migration_assist.copied_chunks
             (target_schema, table_name, chunk, lower_bound, upper_bound)
         VALUES {}",
        chunks.join(", ")
    )
}
