//! Drops a leftover column.

use super::definition::{self, ColumnDefinition};
use super::{Stay, definition_of, drop_with, lock, unlock};
use crate::check::Rule;
use crate::mysql::Connection;
use crate::quarantine::{Action, Cell, Columns, Quarantine, Record};
use crate::repair::Mode;
use crate::repair::candidates::bytes;
use crate::repair::error::AtTable as _;
use crate::repair::plan::RowKey;
use crate::repair::stored::Stored;
use crate::schema::{Catalog, Table};
use crate::sql::Dialect;

/// The number of records that are written to the file at a time.
const RECORDS: usize = 5_000;

pub(super) async fn drop_column(
    connection: &mut Connection,
    source: &Catalog,
    table: &str,
    column: &str,
    mode: &mut Mode<'_>,
) -> Result<(), Stay> {
    let catalog = source.tables.get(table).ok_or(Stay::Gone)?;
    if RowKey::of(catalog) == RowKey::WholeRow {
        return Err(Stay::Because("the table has no primary key".to_owned()));
    }
    let Mode::Apply(quarantine) = mode else {
        return find(connection, table, column).await.map(drop);
    };
    // Fails if the account cannot alter the table, before anything is written anywhere.
    let probe = format!("ALTER TABLE {}", Dialect::MySql.identifier(table));
    connection.execute(&probe).await.at(table)?;
    lock(connection, table).await?;
    let dropped = keep_and_drop(connection, catalog, column, quarantine).await;
    let unlocked = unlock(connection, table).await;
    dropped?;
    Ok(unlocked?)
}

/// The column in the current definition of its table, if it can be dropped.
async fn find(
    connection: &mut Connection,
    table: &str,
    column: &str,
) -> Result<ColumnDefinition, Stay> {
    let definition = definition_of(connection, table).await?;
    let found = definition::column(&definition, column).ok_or(Stay::Gone)?;
    match &found.needed_by {
        Some(needed_by) => Err(Stay::Because(format!("{needed_by} needs it"))),
        None => Ok(found),
    }
}

async fn keep_and_drop(
    connection: &mut Connection,
    table: &Table,
    column: &str,
    quarantine: &mut Quarantine,
) -> Result<(), Stay> {
    let ColumnDefinition { definition, after, indexes, .. } =
        find(connection, &table.name, column).await?;
    let nullable = table.column(column).is_some_and(|it| !it.not_null);
    let action =
        Action::DroppedColumn { column: column.to_owned(), definition, after, indexes, nullable };
    quarantine.begin_batch();
    quarantine.append(&[record(&table.name, Columns::default(), action)])?;
    keep_values(connection, table, column, nullable, quarantine).await?;
    quarantine.sync()?;
    let (name, dropped) =
        (Dialect::MySql.identifier(&table.name), Dialect::MySql.identifier(column));
    drop_with(connection, &table.name, &format!("ALTER TABLE {name} DROP COLUMN {dropped}"))
        .await?;
    quarantine.mark_applied(&[])?;
    Ok(())
}

fn record(table: &str, key: Columns, action: Action) -> Record {
    let reasons = vec![Rule::LeftoverColumn.to_string()];
    Record { table: table.to_owned(), key, reasons, action }
}

async fn keep_values(
    connection: &mut Connection,
    table: &Table,
    column: &str,
    nullable: bool,
    quarantine: &mut Quarantine,
) -> Result<(), Stay> {
    let flavour = connection.server().flavour;
    let stored: Vec<Stored> = table
        .primary_key()
        .iter()
        .chain([&column.to_owned()])
        .filter_map(|name| table.column(name))
        .map(|it| Stored::new(flavour, it))
        .collect();
    let outputs: Vec<String> = stored.iter().map(Stored::raw).collect();
    let name = Dialect::MySql.identifier(&table.name);
    let filter = match stored.last() {
        Some(column) if nullable => format!(" WHERE {} IS NOT NULL", column.sql()),
        _ => String::new(),
    };
    let sql = format!("SELECT {} FROM {name}{filter}", outputs.join(", "));
    let mut rows = connection.stream(&sql).await.at(&table.name)?;
    let mut records = Vec::new();
    while let Some(row) = rows.next().await.at(&table.name)? {
        let cells = row.unwrap_raw().into_iter().map(|it| Cell::from(it.and_then(bytes)));
        let names = stored.iter().map(|column| column.name.clone());
        let mut key: Vec<(String, Cell)> = names.zip(cells).collect();
        let Some((column, old)) = key.pop() else { continue };
        let action = Action::DroppedValue { column, old };
        records.push(record(&table.name, Columns(key), action));
        if records.len() == RECORDS {
            quarantine.append(&records)?;
            records.clear();
        }
    }
    quarantine.append(&records)?;
    Ok(())
}
