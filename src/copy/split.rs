//! Where to part the tables.

use super::ledger::ChunkEntry;
use super::table::TableWork;
use crate::mysql::{Bound, KeyKind, Range};
use crate::mysql::{Connection, Error, Row, Value};
use crate::mysql::{id_bounds, integer_bounds};
use crate::source::{Part, Session};
use crate::sql::Dialect::MySql;

/// The most parts of a table; ranges that do not come out even do no harm.
const MOST: u64 = 8192;

/// Parts a table that no run has begun with. Only a key that is neither an id nor a number needs to
/// be looked at.
pub(super) async fn split(
    reader: &mut Session,
    table: &mut TableWork,
    part_bytes: u64,
) -> Result<(), Error> {
    let parts = match reader {
        Session::Server(reader) => ranges(reader, table, part_bytes).await?,
        Session::Dump(dump, _) => dump.parts(&table.plan.source, part_bytes),
    };
    let numbered = (0..).zip(parts);
    table.chunks = numbered.map(|(number, part)| ChunkEntry { number, part, done: None }).collect();
    Ok(())
}

async fn ranges(
    reader: &mut Connection,
    table: &TableWork,
    part_bytes: u64,
) -> Result<Vec<Part>, Error> {
    let parts = table.size.bytes.div_ceil(part_bytes.max(1)).clamp(1, MOST);
    let bounds = if parts == 1 || table.key.is_empty() {
        Vec::new()
    } else if table.has_random_ids {
        id_bounds(parts)
    } else if table.key[0].kind == KeyKind::Integer {
        let (least, greatest) = extremes(reader, table).await?;
        integer_bounds(least, greatest, parts)
    } else {
        probe(reader, table, parts).await?
    };
    Ok(Range::between(&bounds).into_iter().map(Part::Keys).collect())
}

async fn extremes(reader: &mut Connection, table: &TableWork) -> Result<(i128, i128), Error> {
    let (name, column) =
        (MySql.identifier(&table.plan.source), MySql.identifier(&table.key[0].name));
    let sql =
        format!("SELECT CAST(MIN({column}) AS CHAR), CAST(MAX({column}) AS CHAR) FROM {name}");
    let found: Option<(Option<String>, Option<String>)> = reader.query_optional(&sql).await?;
    let number = |text: Option<String>| text.and_then(|it| it.parse().ok()).unwrap_or_default();
    Ok(found.map_or((0, 0), |(least, greatest)| (number(least), number(greatest))))
}

/// Walks along the key and notes it every so many rows.
async fn probe(
    reader: &mut Connection,
    table: &TableWork,
    parts: u64,
) -> Result<Vec<Bound>, Error> {
    let step = (table.size.rows / parts).max(1);
    let name = MySql.identifier(&table.plan.source);
    let columns = MySql.identifiers(table.key.iter().map(|column| &column.name));
    let mut bounds: Vec<Bound> = Vec::new();
    let mut rest = Range::default();
    while (bounds.len() as u64) < MOST {
        let condition =
            rest.condition(&table.key).map_or(String::new(), |it| format!("WHERE {it}"));
        let sql = format!(
            "SELECT {columns} FROM {name} FORCE INDEX (PRIMARY) {condition} ORDER BY {columns} \
             LIMIT 1 OFFSET {step}"
        );
        let Some(row) = reader.query_optional::<Row>(&sql).await? else { break };
        let Some(bound) = read_bound(row) else { break };
        rest.lower = Some(bound.clone());
        bounds.push(bound);
    }
    Ok(bounds)
}

/// The values of a row; `None` where one cannot be written into a statement again.
fn read_bound(row: Row) -> Option<Bound> {
    let values = row.unwrap().into_iter().map(|value| match value {
        Value::Bytes(bytes) if std::str::from_utf8(&bytes).is_ok() => Some(bytes),
        _ => None,
    });
    values.collect()
}
