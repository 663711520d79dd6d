//! Ranges of a primary key, by which a table is read in parts: the key, its ranges as conditions for the
//! source, and the bounds between them.
//!
//! The source's collation decides whether a row is below a bound. In any case, each row is in exactly one
//! range, because adjacent ranges share their bound.

use super::{Connection, Error, Row, Value};
use crate::mattermost::SORTED_DIGITS;
use crate::schema::{ColumnType, Kind, Table};
use crate::sql::Dialect::MySql;

/// How values of a key column are written in a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// As a literal of text.
    Text,
    /// As printed.
    Integer,
}

/// A column of the primary key that bounds ranges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyColumn {
    /// The column's name in the source.
    pub name: String,
    /// How its values are written.
    pub kind: KeyKind,
}

/// Values for the first columns of a key, as the source prints them.
pub type Bound = Vec<Vec<u8>>;

/// The rows whose keys are at or above the lower bound and below the upper bound; without a bound, all rows on
/// that side.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Range {
    /// The bound that is part of the range.
    pub lower: Option<Bound>,
    /// The bound that is not.
    pub upper: Option<Bound>,
}

impl Range {
    /// The ranges between ascending bounds.
    #[must_use]
    pub fn between(bounds: &[Bound]) -> Vec<Self> {
        let lower = std::iter::once(None).chain(bounds.iter().cloned().map(Some));
        let upper = bounds.iter().cloned().map(Some).chain(std::iter::once(None));
        lower.zip(upper).map(|(lower, upper)| Self { lower, upper }).collect()
    }

    /// The condition of a `WHERE`; `None` for all rows.
    #[must_use]
    pub fn condition(&self, key: &[KeyColumn]) -> Option<String> {
        let lower = self.lower.as_deref().map(|bound| compare(key, bound, Side::NotBelow));
        let upper = self.upper.as_deref().map(|bound| compare(key, bound, Side::Below));
        let both: Vec<String> = lower.into_iter().chain(upper).collect();
        (!both.is_empty()).then(|| both.join(" AND "))
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Side {
    Below,
    NotBelow,
}

/// Compares column by column, because row constructors do not use the index.
fn compare(key: &[KeyColumn], bound: &[Vec<u8>], side: Side) -> String {
    let Some((value, others)) = bound.split_first() else { return "TRUE".to_owned() };
    let column = MySql.identifier(&key[0].name);
    let value = write(key[0].kind, value);
    let strict = if side == Side::Below { '<' } else { '>' };
    if others.is_empty() {
        return match side {
            Side::Below => format!("{column} < {value}"),
            Side::NotBelow => format!("{column} >= {value}"),
        };
    }
    let rest = compare(&key[1..], others, side);
    format!(
        "({column} {strict}= {value} AND ({column} {strict} {value} OR ({column} = {value} AND {rest})))"
    )
}

fn write(kind: KeyKind, value: &[u8]) -> String {
    match kind {
        KeyKind::Integer => String::from_utf8_lossy(value).into_owned(),
        KeyKind::Text => MySql.literal(&String::from_utf8_lossy(value)),
    }
}

/// The most ranges of a table that are read at a time.
const MOST_RANGES: u64 = 1024;

/// The leading columns of a primary key, as far as their values can be written in a statement.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RangeKey {
    table: String,
    columns: Vec<KeyColumn>,
    has_random_ids: bool,
}

impl RangeKey {
    /// The key of a table; without columns if the table has no key, or one of another kind.
    #[must_use]
    pub fn of(table: &Table) -> Self {
        let kinds = table.primary_key().iter().map(|name| {
            let column = table.column(name)?;
            Some(KeyColumn { name: name.clone(), kind: key_kind(&column.data_type)? })
        });
        let columns: Vec<KeyColumn> = kinds.map_while(|column| column).collect();
        let first = columns.first().and_then(|column| table.column(&column.name));
        let has_random_ids = first.is_some_and(|it| it.data_type.is_id());
        Self { table: table.name.clone(), columns, has_random_ids }
    }

    /// Its columns.
    #[must_use]
    pub fn columns(&self) -> &[KeyColumn] {
        &self.columns
    }

    /// Whether the first of them holds Mattermost's ids, which are random.
    #[must_use]
    pub fn has_random_ids(&self) -> bool {
        self.has_random_ids
    }

    /// The condition of a `WHERE` for the rows of a range; `None` for all rows.
    #[must_use]
    pub fn condition(&self, range: &Range) -> Option<String> {
        range.condition(&self.columns)
    }

    /// Bounds that split the rows into about `parts` parts of similar size; `None` if that needs a look at
    /// the rows. Parts may differ in size.
    pub async fn bounds(
        &self,
        connection: &mut Connection,
        parts: u64,
    ) -> Result<Option<Vec<Bound>>, Error> {
        let Some(first) = self.columns.first().filter(|_| parts > 1) else {
            return Ok(Some(Vec::new()));
        };
        if self.has_random_ids {
            return Ok(Some(id_bounds(parts)));
        }
        if first.kind != KeyKind::Integer {
            return Ok(None);
        }
        let (least, greatest) = self.extremes(connection, first).await?;
        Ok(Some(integer_bounds(least, greatest, parts)))
    }

    /// Ranges that every row is in exactly once: about `parts` of similar size, and one if that needs a look at
    /// the rows.
    pub async fn ranges(
        &self,
        connection: &mut Connection,
        parts: u64,
    ) -> Result<Vec<Range>, Error> {
        let bounds = self.bounds(connection, parts.clamp(1, MOST_RANGES)).await?;
        Ok(Range::between(&bounds.unwrap_or_default()))
    }

    async fn extremes(
        &self,
        connection: &mut Connection,
        column: &KeyColumn,
    ) -> Result<(i128, i128), Error> {
        let (table, column) = (MySql.identifier(&self.table), MySql.identifier(&column.name));
        let sql =
            format!("SELECT CAST(MIN({column}) AS CHAR), CAST(MAX({column}) AS CHAR) FROM {table}");
        let (least, greatest): (Option<String>, Option<String>) =
            connection.query_one(&sql).await?;
        // Of an empty table both are NULL.
        let number = |text: Option<String>| match text {
            Some(text) => text.parse().map_err(|_| {
                Error::Unexpected(format!("a key of table `{}` is no integer", self.table))
            }),
            None => Ok(0),
        };
        Ok((number(least)?, number(greatest)?))
    }

    /// Bounds that split the rows into parts of that many rows, found by walking along the key; at most `most`
    /// bounds.
    pub async fn probe(
        &self,
        connection: &mut Connection,
        step: u64,
        most: u64,
    ) -> Result<Vec<Bound>, Error> {
        let table = MySql.identifier(&self.table);
        let columns = MySql.identifiers(self.columns.iter().map(|column| &column.name));
        let mut bounds: Vec<Bound> = Vec::new();
        let mut rest = Range::default();
        while (bounds.len() as u64) < most {
            let condition = self.condition(&rest).map_or(String::new(), |it| format!("WHERE {it}"));
            let sql = format!(
                "SELECT {columns} FROM {table} FORCE INDEX (PRIMARY) {condition} \
                 ORDER BY {columns} LIMIT 1 OFFSET {step}"
            );
            let Some(row) = connection.query_optional::<Row>(&sql).await? else { break };
            let Some(bound) = read_bound(row) else { break };
            rest.lower = Some(bound.clone());
            bounds.push(bound);
        }
        Ok(bounds)
    }
}

/// The values of a row; `None` if one cannot be written in a statement.
fn read_bound(row: Row) -> Option<Bound> {
    let values = row.unwrap().into_iter().map(|value| match value {
        Value::Bytes(bytes) if std::str::from_utf8(&bytes).is_ok() => Some(bytes),
        _ => None,
    });
    values.collect()
}

fn key_kind(data_type: &ColumnType) -> Option<KeyKind> {
    match data_type.kind() {
        Kind::Text(_) => Some(KeyKind::Text),
        Kind::Integer { .. } => Some(KeyKind::Integer),
        _ => None,
    }
}

/// The number of characters of a bound.
const PREFIX: u32 = 3;

/// The most parts that ids can be split into.
pub const MOST_PARTS: u64 = 32_u64.pow(PREFIX);

/// Bounds that split ids evenly, because all characters are equally likely.
#[must_use]
pub fn id_bounds(parts: u64) -> Vec<Bound> {
    let parts = parts.clamp(1, MOST_PARTS);
    let prefix = |number: u64| -> Vec<u8> {
        let digits = (0..PREFIX).rev().map(|place| number >> (5 * place) & 31);
        digits.map(|digit| SORTED_DIGITS[usize::try_from(digit).unwrap_or(0)]).collect()
    };
    (1..parts).map(|part| vec![prefix(part * MOST_PARTS / parts)]).collect()
}

/// Bounds that split the numbers from `least` to `greatest` evenly.
#[must_use]
pub fn integer_bounds(least: i128, greatest: i128, parts: u64) -> Vec<Bound> {
    let span = greatest.saturating_sub(least).max(0);
    let parts = i128::from(parts).clamp(1, span.max(1));
    let bound = |part: i128| least + span / parts * part;
    (1..parts).map(|part| vec![bound(part).to_string().into_bytes()]).collect()
}

#[cfg(test)]
mod tests {
    use super::{KeyColumn, KeyKind, MOST_PARTS, Range, RangeKey, id_bounds, integer_bounds};
    use crate::ddl;
    use crate::sql::Dialect::MySql;

    fn key() -> Vec<KeyColumn> {
        let column = |name: &str, kind| KeyColumn { name: name.to_owned(), kind };
        vec![column("Id", KeyKind::Text), column("At", KeyKind::Integer)]
    }

    #[test]
    fn ranges_touch_and_leave_nothing_out() {
        let ranges = Range::between(&[vec![b"b".to_vec()], vec![b"d".to_vec()]]);
        let conditions: Vec<_> = ranges.iter().map(|range| range.condition(&key())).collect();
        assert_eq!(
            conditions,
            [
                Some("`Id` < _utf8mb4 X'62'".to_owned()),
                Some("`Id` >= _utf8mb4 X'62' AND `Id` < _utf8mb4 X'64'".to_owned()),
                Some("`Id` >= _utf8mb4 X'64'".to_owned()),
            ]
        );
        assert_eq!(Range::between(&[])[0].condition(&key()), None);
    }

    #[test]
    fn several_columns_are_compared_one_after_the_other() {
        let range = Range { lower: None, upper: Some(vec![b"b".to_vec(), b"-7".to_vec()]) };
        assert_eq!(
            range.condition(&key()).unwrap(),
            "(`Id` <= _utf8mb4 X'62' AND (`Id` < _utf8mb4 X'62' OR (`Id` = _utf8mb4 X'62' AND `At` < -7)))"
        );
    }

    #[test]
    fn a_key_reaches_to_the_first_column_that_cannot_be_written() {
        let key = |columns: &str| {
            let sql = format!("CREATE TABLE T ({columns})");
            let catalog = ddl::read(MySql, &sql).expect("DDL");
            let key = RangeKey::of(&catalog.tables["T"]);
            let kinds: Vec<KeyKind> = key.columns().iter().map(|column| column.kind).collect();
            (kinds, key.has_random_ids())
        };
        let (text, number) = (KeyKind::Text, KeyKind::Integer);
        assert_eq!(key("a varchar(26) PRIMARY KEY"), (vec![text], true));
        assert_eq!(key("a varchar(64), b int, PRIMARY KEY (a, b)"), (vec![text, number], false));
        assert_eq!(key("a int, b blob, PRIMARY KEY (a, b(9))"), (vec![number], false));
        assert_eq!(key("a int"), (vec![], false));
    }

    #[test]
    fn id_bounds_ascend_and_are_as_many_as_asked_for() {
        for parts in [1, 2, 3, 28, 33, 1000, MOST_PARTS] {
            let bounds = id_bounds(parts);
            assert_eq!(bounds.len() as u64, parts - 1);
            assert!(bounds.is_sorted_by(|left, right| left < right));
        }
        assert_eq!(id_bounds(2), [[b"i11".to_vec()]]);
    }

    #[test]
    fn integer_bounds_reach_over_the_whole_type() {
        let (least, greatest) = (i128::from(i64::MIN), i128::from(u64::MAX));
        assert_eq!(integer_bounds(least, greatest, 7).len(), 6);
        assert_eq!(integer_bounds(0, 9, 3), [[b"3".to_vec()], [b"6".to_vec()]]);
        assert!(integer_bounds(5, 5, 4).is_empty());
        assert_eq!(integer_bounds(0, 2, 9).len(), 1);
    }
}
