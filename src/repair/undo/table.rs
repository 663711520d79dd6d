//! Restores a dropped table.

use super::batches::Batch;
use super::{Returned, UNREADABLE, UndoReport, insertion, table_of};
use crate::ddl::clause;
use crate::mysql::{self, Connection};
use crate::quarantine::{Action, Columns, Reader, Record};
use crate::repair::UNFINISHED;
use crate::repair::error::{AtTable as _, Error};
use crate::schema::Catalog;
use crate::sql::Dialect;

/// The most rows, and the approximate maximum of bytes, of one statement.
const ROWS: usize = 500;
const BYTES: usize = 1 << 20;

/// Creates the table under another name, fills it, and renames it, so that it is never visible incomplete.
pub(super) async fn restore(
    connection: &mut Connection,
    source: &Catalog,
    batch: &Batch,
    reader: &mut Reader,
    name: &str,
    definition: &str,
    report: &mut UndoReport,
) -> Result<(), Error> {
    let record = Record {
        table: name.to_owned(),
        key: Columns::default(),
        reasons: Vec::new(),
        action: Action::DroppedTable { definition: definition.to_owned() },
    };
    if source.tables.contains_key(name) {
        report.add(&record, Returned::Already);
        return Ok(());
    }
    let (quoted, unfinished) =
        (Dialect::MySql.identifier(name), Dialect::MySql.identifier(UNFINISHED));
    let Ok(create) = clause::create_table(definition, name, UNFINISHED) else {
        report.add(&record, Returned::Not(UNREADABLE.to_owned()));
        return Ok(());
    };
    connection.execute(&format!("DROP TABLE IF EXISTS {unfinished}")).await.at(name)?;
    connection.execute(&create).await.at(name)?;
    fill(connection, batch, reader, name).await?;
    connection.execute(&format!("RENAME TABLE {unfinished} TO {quoted}")).await.at(name)?;
    report.add(&record, Returned::Restored);
    Ok(())
}

async fn fill(
    connection: &mut Connection,
    batch: &Batch,
    reader: &mut Reader,
    name: &str,
) -> Result<(), Error> {
    let made = mysql::read_catalog(connection).await.map_err(Error::Catalog)?;
    let missing = || mysql::Error::Unexpected("the table was not made".to_owned());
    let table = table_of(connection, &made, UNFINISHED).ok_or_else(missing).at(name)?;
    let mut transaction = connection.transaction().await.at(name)?;
    let (mut rows, mut size) = (Vec::new(), 0);
    for record in batch.records(reader)? {
        let Action::DroppedRow { row } = record?.action else { continue };
        size += row.0.iter().map(|(_, cell)| cell.size()).sum::<usize>();
        rows.push(row);
        if rows.len() == ROWS || size > BYTES {
            if let Some(sql) = insertion(&table, UNFINISHED, &rows) {
                transaction.execute(&sql).await.at(name)?;
            }
            rows.clear();
            size = 0;
        }
    }
    if let Some(sql) = insertion(&table, UNFINISHED, &rows) {
        transaction.execute(&sql).await.at(name)?;
    }
    transaction.commit().await.at(name)
}
