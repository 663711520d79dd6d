//! Reads the rows that may have a problem, in batches, in the order of their key.

use super::plan::{RowKey, TableFix};
use super::stored::Stored;
use crate::mysql::{Connection, Error, Row, Value};
use crate::quarantine::Cell;

/// The most rows of a batch.
const ROWS: usize = 500;

/// A batch is full when it has this many bytes.
const BYTES: usize = 4 << 20;

/// A row that may have a problem.
#[derive(Debug)]
pub(super) struct Candidate {
    /// The key; all values for a table without one.
    pub(super) key: Vec<Cell>,
    /// The probed columns, in the order of the plan.
    pub(super) cells: Vec<Asked>,
}

/// The value of a probed column.
#[derive(Debug)]
pub(super) struct Asked {
    /// As the column stores it.
    pub(super) raw: Cell,
    /// As text in UTF-8.
    pub(super) text: Option<Vec<u8>>,
}

/// A position in a table, after which reading continues.
#[derive(Debug, Default)]
pub(super) enum From {
    /// The start.
    #[default]
    Start,
    /// After this key.
    Key(Vec<Cell>),
    /// After this many candidates (for a table without a key).
    Count(usize),
}

/// A batch of candidates, and whether there may be more.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) rows: Vec<Candidate>,
    pub(super) is_last: bool,
}

/// Reads the next batch.
pub(super) async fn read(
    connection: &mut Connection,
    table: &TableFix,
    from: &From,
) -> Result<Batch, Error> {
    let mut rows = connection.stream(&sql(table, from)).await?;
    let (mut batch, mut bytes, mut count) = (Vec::new(), 0, 0);
    while let Some(row) = rows.next().await? {
        count += 1;
        // The rest of a full batch is read again; it has at most as many rows, one at a time.
        if bytes < BYTES {
            let candidate = candidate(table, row);
            bytes += size(&candidate);
            batch.push(candidate);
        }
    }
    Ok(Batch { is_last: count < ROWS && batch.len() == count, rows: batch })
}

fn sql(table: &TableFix, from: &From) -> String {
    let mut outputs: Vec<String> = table.key_columns().iter().map(|column| column.raw()).collect();
    for (place, _) in &table.asked {
        let column = &table.columns[*place];
        outputs.push(column.raw());
        if !column.is_sent_raw() {
            outputs.push(column.sql());
        }
    }
    let mut conditions: Vec<String> = table
        .asked
        .iter()
        .flat_map(|(_, probes)| probes.iter().map(crate::check::Probe::condition_sql))
        .collect();
    conditions.sort();
    conditions.dedup();
    let mut filters = vec![format!("({})", conditions.join(" OR "))];
    let (mut order, mut offset, mut index) = (String::new(), 0, "");
    match (&table.key, from) {
        (RowKey::Primary(_), from) => {
            let columns = table.key_columns();
            if let From::Key(key) = from {
                filters.insert(0, behind(&columns, key));
            }
            let names: Vec<String> = columns.iter().map(|column| column.sql()).collect();
            order = format!(" ORDER BY {}", names.join(", "));
            // A batch must cost what it reads, never a scan of the whole table.
            index = " FORCE INDEX (PRIMARY)";
        }
        (RowKey::WholeRow, From::Count(count)) => offset = *count,
        (RowKey::WholeRow, _) => {}
    }
    format!(
        "SELECT {} FROM {}{index} WHERE {}{order} LIMIT {ROWS} OFFSET {offset}",
        outputs.join(", "),
        table.sql(),
        filters.join(" AND "),
    )
}

/// A condition for the keys after this one, in a form that the server's range scan supports.
fn behind(columns: &[&Stored], key: &[Cell]) -> String {
    let mut alternatives = Vec::new();
    for end in 0..columns.len() {
        let mut parts: Vec<String> = (0..end)
            .map(|at| format!("{} = {}", columns[at].sql(), columns[at].key(&key[at])))
            .collect();
        parts.push(format!("{} > {}", columns[end].sql(), columns[end].key(&key[end])));
        alternatives.push(format!("({})", parts.join(" AND ")));
    }
    let first = format!("{} >= {}", columns[0].sql(), columns[0].key(&key[0]));
    format!("{first} AND ({})", alternatives.join(" OR "))
}

fn candidate(table: &TableFix, row: Row) -> Candidate {
    let mut values = row.unwrap_raw().into_iter().map(|value| value.and_then(bytes));
    let mut next = || values.next().flatten();
    let key = table.key_columns().iter().map(|_| Cell::from(next())).collect();
    let cells = table
        .asked
        .iter()
        .map(|(place, _)| {
            let raw = next();
            let is_sent_raw = table.columns[*place].is_sent_raw();
            let text = if is_sent_raw { raw.clone() } else { next() };
            Asked { raw: Cell::from(raw), text }
        })
        .collect();
    Candidate { key, cells }
}

/// The bytes of a value of the text protocol.
pub(super) fn bytes(value: Value) -> Option<Vec<u8>> {
    match value {
        Value::Bytes(bytes) => Some(bytes),
        _ => None,
    }
}

fn size(candidate: &Candidate) -> usize {
    let key: usize = candidate.key.iter().map(Cell::size).sum();
    key + candidate.cells.iter().map(|cell| 2 * cell.raw.size()).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::behind;
    use crate::mysql::Flavour;
    use crate::quarantine::Cell;
    use crate::repair::stored::Stored;
    use crate::schema::{Column, ColumnType};

    #[test]
    fn reading_continues_after_a_key_of_several_columns() {
        let column = |name: &str| {
            let column = Column::of(name, ColumnType::mysql("bigint"));
            Stored::new(Flavour::MySql, &Column { not_null: true, ..column })
        };
        let (a, b) = (column("a"), column("b"));
        let key = [Cell::Bytes(b"1".to_vec()), Cell::Bytes(b"2".to_vec())];
        assert_eq!(
            behind(&[&a, &b], &key),
            "`a` >= _utf8mb4 X'31' AND ((`a` > _utf8mb4 X'31') \
             OR (`a` = _utf8mb4 X'31' AND `b` > _utf8mb4 X'32'))"
        );
    }
}
