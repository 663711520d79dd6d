//! Drops a leftover table.

use super::{Stay, definition_of, drop_with, lock, unlock};
use crate::mysql::Connection;
use crate::quarantine::{Action, Cell, Columns, Quarantine, Record};
use crate::repair::candidates::bytes;
use crate::repair::error::AtTable as _;
use crate::repair::stored::Stored;
use crate::repair::{Mode, UNFINISHED};
use crate::schema::Catalog;
use crate::sql::Dialect;

/// Records are written to the file when they have this many bytes.
const BYTES: usize = 4 << 20;

pub(super) async fn drop_table(
    connection: &mut Connection,
    source: &Catalog,
    name: &str,
    mode: &mut Mode<'_>,
) -> Result<(), Stay> {
    let Mode::Apply(quarantine) = mode else { return Ok(()) };
    // Fails if the account cannot drop tables, before anything is written anywhere.
    let probe = format!("DROP TABLE IF EXISTS {}", Dialect::MySql.identifier(UNFINISHED));
    connection.execute(&probe).await.at(name)?;
    lock(connection, name).await?;
    let dropped = keep_and_drop(connection, source, name, quarantine).await;
    let unlocked = unlock(connection, name).await;
    dropped?;
    Ok(unlocked?)
}

async fn keep_and_drop(
    connection: &mut Connection,
    source: &Catalog,
    name: &str,
    quarantine: &mut Quarantine,
) -> Result<(), Stay> {
    let definition = definition_of(connection, name).await?;
    quarantine.begin_batch();
    quarantine.append(&[record(name, Action::DroppedTable { definition })])?;
    keep_rows(connection, source, name, quarantine).await?;
    quarantine.sync()?;
    drop_with(connection, name, &format!("DROP TABLE {}", Dialect::MySql.identifier(name))).await?;
    quarantine.mark_applied(&[])?;
    Ok(())
}

fn record(table: &str, action: Action) -> Record {
    Record {
        table: table.to_owned(),
        key: Columns::default(),
        reasons: vec![crate::check::Rule::LeftoverTable.to_string()],
        action,
    }
}

async fn keep_rows(
    connection: &mut Connection,
    source: &Catalog,
    name: &str,
    quarantine: &mut Quarantine,
) -> Result<(), Stay> {
    let flavour = connection.server().flavour;
    let Some(table) = source.tables.get(name) else { return Ok(()) };
    let columns: Vec<Stored> = table.columns.iter().map(|it| Stored::new(flavour, it)).collect();
    let outputs: Vec<String> = columns.iter().map(Stored::raw).collect();
    let from = Dialect::MySql.identifier(name);
    let sql = format!("SELECT {} FROM {from}", outputs.join(", "));
    let mut rows = connection.stream(&sql).await.at(name)?;
    let (mut records, mut size) = (Vec::new(), 0);
    while let Some(row) = rows.next().await.at(name)? {
        let cells = row.unwrap_raw().into_iter().map(|it| Cell::from(it.and_then(bytes)));
        let names = columns.iter().map(|column| column.name.clone());
        let row = Columns(names.zip(cells).collect());
        size += row.0.iter().map(|(name, cell)| name.len() + cell.size()).sum::<usize>();
        records.push(record(name, Action::DroppedRow { row }));
        if size > BYTES {
            quarantine.append(&records)?;
            records.clear();
            size = 0;
        }
    }
    quarantine.append(&records)?;
    Ok(())
}
