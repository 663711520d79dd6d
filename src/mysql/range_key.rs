//! The key by which a table is read in parts.

use super::bounds::{id_bounds, integer_bounds};
use super::{Bound, Connection, Error, KeyColumn, KeyKind, Range, Row, Value};
use crate::schema::{ColumnType, Kind, Table};
use crate::sql::Dialect::MySql;

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

#[cfg(test)]
mod tests {
    use super::{KeyKind, RangeKey};
    use crate::ddl;
    use crate::sql::Dialect::MySql;

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
}
