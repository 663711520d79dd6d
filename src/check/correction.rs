//! The statement with which an administrator corrects a row that no repair covers.

use super::Key;
use crate::schema::{Column, Kind, Table};
use crate::sql::Dialect::MySql;

/// A placeholder value that fits, as SQL, until the administrator chooses one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replacement {
    sql: String,
    allowed: String,
}

impl Replacement {
    /// `sql` is the value, `allowed` describes all values that fit.
    pub(super) fn new(sql: impl Into<String>, allowed: impl Into<String>) -> Self {
        Self { sql: sql.into(), allowed: allowed.into() }
    }
}

/// The statement that writes the value into one row; `None` for a table without a primary key.
pub(super) fn update(
    table: &Table,
    column: &str,
    value: &Replacement,
    key: &Key,
) -> Option<String> {
    let names = table.primary_key();
    if names.is_empty() || names.len() != key.len() {
        return None;
    }
    let condition = |(name, text): (&String, &String)| {
        let column = table.column(name)?;
        Some(format!("{} = {}", MySql.identifier(&column.name), key_literal(column, text)))
    };
    let conditions: Option<Vec<String>> = names.iter().zip(key).map(condition).collect();
    Some(format!(
        "UPDATE {} SET {} = {} /* allowed: {} */ WHERE {};",
        MySql.identifier(&table.name),
        MySql.identifier(column),
        value.sql,
        value.allowed.replace("*/", "* /"),
        conditions?.join(" AND "),
    ))
}

/// A key column, as the checks print it, in SQL.
fn key_literal(column: &Column, text: &str) -> String {
    match column.data_type.kind() {
        Kind::Integer { .. } if text.parse::<i128>().is_ok() => text.to_owned(),
        Kind::Binary => format!("X'{text}'"),
        _ => text_literal(text),
    }
}

/// Text in SQL: quoted if it has the same meaning under every `sql_mode`, else in hexadecimal.
pub(super) fn text_literal(text: &str) -> String {
    let is_plain = |it: char| (it.is_ascii_graphic() || it == ' ') && !"'\\".contains(it);
    if text.chars().all(is_plain) { format!("'{text}'") } else { MySql.literal(text) }
}

#[cfg(test)]
mod tests {
    use super::{Replacement, text_literal, update};
    use crate::ddl;
    use crate::sql::Dialect;

    #[test]
    fn the_row_is_named_by_its_whole_key() {
        let sql = "CREATE TABLE T (Id varchar(26), N bigint, B varbinary(9), V int, PRIMARY KEY (Id, N, B))";
        let source = ddl::read(Dialect::MySql, sql).expect("DDL");
        let value = Replacement::new("0", "0, 1");
        let key = ["a", "-7", "00FF"].map(str::to_owned).to_vec();
        let table = &source.tables["T"];
        assert_eq!(
            update(table, "V", &value, &key).as_deref(),
            Some(
                "UPDATE `T` SET `V` = 0 /* allowed: 0, 1 */ \
                 WHERE `Id` = 'a' AND `N` = -7 AND `B` = X'00FF';"
            )
        );
        assert_eq!(update(table, "V", &value, &vec!["a".to_owned()]), None);
    }

    #[test]
    fn a_text_that_a_setting_could_change_is_written_in_digits() {
        assert_eq!(text_literal("y1k /x"), "'y1k /x'");
        for text in ["it's", "a\\b", "é", "a\nb"] {
            assert!(text_literal(text).starts_with("_utf8mb4 X'"), "{text}");
        }
    }
}
