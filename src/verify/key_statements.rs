//! The statements that read rows of both sides by key; pure.

use super::table::TableWork;
use crate::convert::{ColumnPlan, copy_text};
use crate::schema::{Kind, Table};
use crate::sql::Dialect::{MySql, Postgres};

/// A table whose rows can be found by key.
pub(super) struct KeyedTable {
    /// Its key is the one by which the rows are found.
    pub(super) work: TableWork,
    /// Whether the key is the source's primary key.
    is_primary: bool,
}

impl KeyedTable {
    /// A table with a key of the target; `None` without one, or if a column of it is not copied.
    pub(super) fn new(work: &TableWork, source: &Table, key: &[String]) -> Option<Self> {
        let place = |name: &String| work.plan.columns.iter().position(|it| it.target == *name);
        let key = key.iter().map(place).collect::<Option<Vec<usize>>>()?;
        if key.is_empty() {
            return None;
        }
        let primary = source.primary_key();
        let is_primary = primary.len() == key.len()
            && key.iter().all(|&place| primary.contains(&work.plan.columns[place].source));
        let mut work = work.clone();
        (work.name, work.key) = (key.clone(), key);
        Some(Self { work, is_primary })
    }

    fn key(&self) -> impl Iterator<Item = &ColumnPlan> {
        self.work.key.iter().map(|&place| &self.work.plan.columns[place])
    }
}

/// Reads rows of the source by keys in hexadecimal digits, the columns separated by commas; `None` if one is no
/// such key. Its collation may find rows of other keys, too.
pub(super) fn source_statement<'k>(
    table: &KeyedTable,
    keys: impl Iterator<Item = &'k str>,
) -> Option<String> {
    let plan = &table.work.plan;
    let names: Vec<String> = table.key().map(|it| MySql.identifier(&it.source)).collect();
    let mut conditions = Vec::new();
    for key in keys {
        let cells: Vec<&str> = key.split(',').collect();
        if cells.len() != names.len() {
            return None;
        }
        let values = table.key().zip(cells).map(|(column, cell)| source_literal(column, cell));
        let values = values.collect::<Option<Vec<String>>>()?;
        if let [value] = &*values {
            conditions.push(value.clone());
        } else {
            // Row constructors do not use the index on every server.
            let equal = names.iter().zip(values).map(|(name, value)| format!("{name} = {value}"));
            conditions.push(format!("({})", equal.collect::<Vec<_>>().join(" AND ")));
        }
    }
    let columns: Vec<String> = plan.columns.iter().map(ColumnPlan::selected).collect();
    let condition = match &*names {
        [name] => format!("{name} IN ({})", conditions.join(", ")),
        _ => conditions.join(" OR "),
    };
    let index = if table.is_primary { " FORCE INDEX (PRIMARY)" } else { "" };
    let (columns, name) = (columns.join(", "), MySql.identifier(&plan.source));
    Some(format!("SELECT {columns} FROM {name}{index} WHERE {condition}"))
}

/// A cell in hexadecimal digits as a literal.
fn source_literal(column: &ColumnPlan, cell: &str) -> Option<String> {
    let bytes = hex::decode(cell).ok()?;
    Some(match column.source_type.kind() {
        Kind::Integer { .. } => {
            let is_number = !bytes.is_empty()
                && bytes.iter().all(|byte| byte.is_ascii_digit() || *byte == b'-');
            is_number.then(|| String::from_utf8_lossy(&bytes).into_owned())?
        }
        Kind::Binary => MySql.binary_literal(&bytes),
        _ => MySql.literal(std::str::from_utf8(&bytes).ok()?),
    })
}

/// Reads rows of the target by keys as fields of COPY, separated by tabs; `None` if one is no such key.
pub(super) fn target_statement<'k>(
    table: &KeyedTable,
    schema: &str,
    keys: impl Iterator<Item = &'k str>,
) -> Option<String> {
    let plan = &table.work.plan;
    let count = table.work.key.len();
    let mut arrays: Vec<Vec<String>> = vec![Vec::new(); count];
    for key in keys {
        let fields: Vec<&[u8]> =
            key.as_bytes().split(|&byte| byte == copy_text::DELIMITER).collect();
        if fields.len() != count {
            return None;
        }
        for (field, array) in fields.into_iter().zip(&mut arrays) {
            let value = copy_text::unescape(field);
            array.push(Postgres.literal(std::str::from_utf8(&value).ok()?));
        }
    }
    let arrays: Vec<String> =
        arrays.iter().map(|array| format!("ARRAY[{}]::text[]", array.join(", "))).collect();
    let names: Vec<String> =
        table.key().map(|it| format!("t.{}", Postgres.identifier(&it.target))).collect();
    let casts: Vec<String> = table
        .key()
        .enumerate()
        .map(|(number, it)| format!("c{number}::{}", it.target_type.as_str()))
        .collect();
    let aliases: Vec<String> = (0..count).map(|number| format!("c{number}")).collect();
    let columns: Vec<String> =
        plan.target_columns().map(|name| format!("t.{}", Postgres.identifier(name))).collect();
    Some(format!(
        "COPY (SELECT {} FROM {} AS t WHERE ({}) IN (SELECT {} FROM unnest({}) AS k ({}))) TO STDOUT",
        columns.join(", "),
        Postgres.qualified(schema, &plan.target),
        names.join(", "),
        casts.join(", "),
        arrays.join(", "),
        aliases.join(", "),
    ))
}

#[cfg(test)]
mod tests {
    use super::{KeyedTable, source_statement, target_statement};
    use crate::convert::{Policy, TablePlan};
    use crate::ddl;
    use crate::mysql::TableSize;
    use crate::sql::Dialect::{MySql, Postgres};
    use crate::verify::table::TableWork;

    fn table(source: &str, target: &str) -> KeyedTable {
        let source = ddl::read(MySql, &format!("CREATE TABLE T ({source})")).expect("DDL");
        let target = ddl::read(Postgres, &format!("CREATE TABLE t ({target})")).expect("DDL");
        let (from, to) = (&source.tables["T"], &target.tables["t"]);
        let plan = TablePlan::new(from, to, &target, |_| Policy::default()).expect("a plan");
        let work = TableWork::new(plan, from, to, TableSize::default(), None);
        KeyedTable::new(&work, from, to.row_key()).expect("a key")
    }

    #[test]
    fn rows_are_read_by_the_key_of_the_target() {
        let one = table("Id varchar(26) PRIMARY KEY", "id varchar(26) PRIMARY KEY");
        assert_eq!(
            source_statement(&one, ["61", "62"].into_iter()).expect("keys"),
            "SELECT `Id` FROM `T` FORCE INDEX (PRIMARY) WHERE `Id` IN (_utf8mb4 X'61', _utf8mb4 X'62')"
        );
        assert_eq!(
            target_statement(&one, "public", ["a'", "\\\\"].into_iter()).expect("keys"),
            "COPY (SELECT t.\"id\" FROM \"public\".\"t\" AS t WHERE (t.\"id\") IN (SELECT \
             c0::character varying(26) FROM unnest(ARRAY['a''', E'\\\\']::text[]) AS k (c0))) TO STDOUT"
        );
        let two = table(
            "a varchar(9), n bigint NOT NULL, PRIMARY KEY (a, n)",
            "a varchar(9), n bigint, PRIMARY KEY (n, a)",
        );
        assert_eq!(
            source_statement(&two, std::iter::once("2d37,61")).expect("a key"),
            "SELECT `a`, `n` FROM `T` FORCE INDEX (PRIMARY) WHERE (`n` = -7 AND `a` = _utf8mb4 X'61')"
        );
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let table = table("Id bigint PRIMARY KEY", "id bigint PRIMARY KEY");
        for key in ["", "61", "31,32", "3", "312d61"] {
            assert_eq!(source_statement(&table, std::iter::once(key)), None, "{key}");
        }
        assert_eq!(target_statement(&table, "public", std::iter::once("1\t2")), None);
    }
}
