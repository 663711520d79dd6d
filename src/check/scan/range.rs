//! Splitting a table by its primary key, so that several scans can share it.

use crate::mysql::{Connection, Error};
use crate::schema::{Column, Kind, Limit, Table};
use crate::sql::Dialect;

/// The characters of Mattermost's ids in the order that every collation gives them. Ids are random, so
/// that each is as frequent as any other at every place.
const ALPHABET: &[u8; 32] = b"13456789abcdefghijkmnopqrstuwxyz";
/// How many characters an id has.
const ID_LENGTH: u64 = 26;
/// A range is not worth a statement below this many rows.
const ROWS: u64 = 50_000;
/// No table is split into more ranges than this: two characters of an id tell that many apart.
const MOST: u64 = 1024;

/// Conditions on the primary key that together hold of every row, each of one; a single `None` where
/// the table is read in one go. `rows` is about how many it has.
pub(super) async fn ranges(
    connection: &mut Connection,
    table: &Table,
    rows: u64,
) -> Result<Vec<Option<String>>, Error> {
    let count = (rows / ROWS).clamp(1, MOST);
    let leading = table.primary_key().first().and_then(|name| table.column(name));
    let Some(column) = leading.filter(|_| count > 1) else { return Ok(vec![None]) };
    let bounds = match column.data_type.kind() {
        Kind::Text(Limit::Characters(ID_LENGTH)) => id_bounds(count),
        Kind::Integer { .. } => number_bounds(connection, table, column, count).await?,
        _ => Vec::new(),
    };
    Ok(between(&column.name, &bounds))
}

/// `count - 1` prefixes that split all ids evenly.
fn id_bounds(count: u64) -> Vec<String> {
    let letters = ALPHABET.len();
    let prefix = |part: u64| {
        let place = usize::try_from(part * MOST / count).unwrap_or_default();
        let prefix = [ALPHABET[place / letters], ALPHABET[place % letters]].map(char::from);
        Dialect::MySql.literal(&String::from_iter(prefix))
    };
    (1..count).map(prefix).collect()
}

async fn number_bounds(
    connection: &mut Connection,
    table: &Table,
    column: &Column,
    count: u64,
) -> Result<Vec<String>, Error> {
    let (name, from) =
        (Dialect::MySql.identifier(&column.name), Dialect::MySql.identifier(&table.name));
    let ends: Option<(Option<i64>, Option<i64>)> = connection
        .query_optional(&format!(
            "SELECT CAST(MIN({name}) AS SIGNED), CAST(MAX({name}) AS SIGNED) FROM {from}"
        ))
        .await?;
    let Some((Some(lowest), Some(highest))) = ends else { return Ok(Vec::new()) };
    let (lowest, width) = (i128::from(lowest), i128::from(highest) - i128::from(lowest));
    let bound = |part: u64| (lowest + width * i128::from(part) / i128::from(count)).to_string();
    let mut bounds: Vec<String> = (1..count).map(bound).collect();
    bounds.dedup();
    Ok(bounds)
}

fn between(column: &str, bounds: &[String]) -> Vec<Option<String>> {
    let name = Dialect::MySql.identifier(column);
    let starts = std::iter::once(None).chain(bounds.iter().map(Some));
    let ends = bounds.iter().map(Some).chain(std::iter::once(None));
    let condition = |(start, end): (Option<&String>, Option<&String>)| {
        let limits = [
            start.map(|start| format!("{name} >= {start}")),
            end.map(|end| format!("{name} < {end}")),
        ];
        let limits: Vec<String> = limits.into_iter().flatten().collect();
        (!limits.is_empty()).then(|| limits.join(" AND "))
    };
    starts.zip(ends).map(condition).collect()
}

#[cfg(test)]
mod tests {
    use super::{between, id_bounds};

    #[test]
    fn ids_are_split_evenly_and_in_order() {
        let bounds = id_bounds(4);
        assert_eq!(bounds, ["_utf8mb4 X'6131'", "_utf8mb4 X'6931'", "_utf8mb4 X'7231'"]);
        let many = id_bounds(1024);
        assert!(many.is_sorted());
        assert_eq!(many.len(), 1023);
    }

    #[test]
    fn every_key_is_in_one_range() {
        let ranges = between("Id", &["5".to_owned(), "9".to_owned()]);
        let conditions: Vec<&str> =
            ranges.iter().map(|range| range.as_deref().unwrap_or("")).collect();
        assert_eq!(conditions, ["`Id` < 5", "`Id` >= 5 AND `Id` < 9", "`Id` >= 9"]);
        assert_eq!(between("Id", &[]), [None]);
    }
}
