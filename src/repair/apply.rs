//! Applies a batch of changes: first to the quarantine, then to the database.

use super::error::{AtTable as _, Error};
use super::plan::{RowKey, TableFix};
use crate::mysql::{self, Connection, Transaction};
use crate::quarantine::{Action, Cell, Columns, Quarantine, Record};

/// The outcome of a batch.
#[derive(Debug, Default)]
pub(super) struct Applied {
    /// The numbers of records whose value or row was no longer the original.
    pub(super) changed: Vec<usize>,
    /// The numbers of records that the server rejected.
    pub(super) refused: Vec<usize>,
}

/// Applies the records in one transaction; each only if the value or row is still the original.
pub(super) async fn apply(
    connection: &mut Connection,
    table: &TableFix,
    records: &[Record],
    quarantine: &mut Quarantine,
) -> Result<Applied, Error> {
    probe_rights(connection, table, records).await.at(&table.name)?;
    quarantine.begin_batch();
    quarantine.append(records)?;
    quarantine.sync()?;
    let mut applied = Applied::default();
    let mut transaction = connection.transaction().await.at(&table.name)?;
    for (number, record) in records.iter().enumerate() {
        let Some(sql) = statement(table, record) else { continue };
        match run(&mut transaction, &sql).await.at(&table.name)? {
            Outcome::Done => {}
            Outcome::Changed => applied.changed.push(number),
            Outcome::Refused => applied.refused.push(number),
        }
    }
    transaction.commit().await.at(&table.name)?;
    let mut except: Vec<u64> =
        applied.changed.iter().chain(&applied.refused).map(|&number| number as u64).collect();
    except.sort_unstable();
    quarantine.mark_applied(&except)?;
    Ok(applied)
}

/// Fails if the account lacks a privilege for the records, before anything is written anywhere.
async fn probe_rights(
    connection: &mut Connection,
    table: &TableFix,
    records: &[Record],
) -> Result<(), mysql::Error> {
    let name = table.sql();
    let altered = records.iter().find_map(|record| match &record.action {
        Action::Altered { column, .. } => Some(column),
        _ => None,
    });
    if let Some(column) = altered {
        let column = crate::sql::Dialect::MySql.identifier(column);
        connection.execute(&format!("UPDATE {name} SET {column} = {column} WHERE 1 = 0")).await?;
    }
    if records.iter().any(|record| matches!(record.action, Action::Deleted { .. })) {
        connection.execute(&format!("DELETE FROM {name} WHERE 1 = 0")).await?;
    }
    Ok(())
}

/// The outcome of a statement.
pub(super) enum Outcome {
    Done,
    Changed,
    Refused,
}

/// Runs a statement that changes one row.
pub(super) async fn run(
    transaction: &mut Transaction<'_>,
    sql: &str,
) -> Result<Outcome, mysql::Error> {
    match transaction.execute(sql).await {
        Ok(0) => Ok(Outcome::Changed),
        Ok(_) => Ok(Outcome::Done),
        // The row stays unchanged.
        Err(error) if error.is_constraint_violation() => Ok(Outcome::Refused),
        Err(error) => Err(error),
    }
}

fn statement(table: &TableFix, record: &Record) -> Option<String> {
    let name = table.sql();
    match &record.action {
        Action::Altered { column, old, new } => {
            let stored = table.columns.iter().find(|it| it.name == *column)?;
            Some(format!(
                "UPDATE {name} SET {} = {}{} WHERE {} AND {}{}",
                stored.sql(),
                stored.write(new),
                table.times_but(column),
                is_row(table, &record.key)?,
                stored.holds(old),
                table.limit(),
            ))
        }
        Action::Deleted { row } => {
            let key = is_row(table, &record.key)?;
            Some(format!("DELETE FROM {name} WHERE {key} AND {}", holds_all(table, row)?))
        }
        _ => None,
    }
}

/// A condition for the row with that key.
pub(super) fn is_row(table: &TableFix, key: &Columns) -> Option<String> {
    if table.key == RowKey::WholeRow {
        return holds_all(table, key);
    }
    let parts: Option<Vec<String>> = table
        .key_columns()
        .into_iter()
        .map(|column| Some(format!("{} = {}", column.sql(), column.key(key.get(&column.name)?))))
        .collect();
    parts.map(|parts| parts.join(" AND "))
}

/// A condition that every column contains exactly these bytes.
pub(super) fn holds_all(table: &TableFix, row: &Columns) -> Option<String> {
    let holds = |(name, cell): &(String, Cell)| {
        Some(table.columns.iter().find(|it| it.name == *name)?.holds(cell))
    };
    let parts: Option<Vec<String>> = row.0.iter().map(holds).collect();
    parts.map(|parts| parts.join(" AND "))
}
