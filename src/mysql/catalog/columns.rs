//! Columns: their types, defaults and character sets.

use std::collections::HashSet;

use super::default;
use crate::mysql::{Connection, Error, Flavour};
use crate::schema::{Catalog, Column, ColumnType};

/// Table, column, type, nullability, default, character set, collation, extra.
type Listed = (
    String,
    String,
    String,
    String,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
);

/// The name of the column that MySQL adds as the primary key of a table without one
/// (`sql_generate_invisible_primary_key`).
pub(crate) const GENERATED_KEY: &str = "my_row_id";

pub(super) async fn read(connection: &mut Connection, catalog: &mut Catalog) -> Result<(), Error> {
    let server = connection.server().clone();
    let json = json_columns(connection).await?;
    let columns: Vec<Listed> = connection
        .query(
            "SELECT TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE, COLUMN_DEFAULT, \
                    CHARACTER_SET_NAME, COLLATION_NAME, EXTRA \
             FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() \
             ORDER BY TABLE_NAME, ORDINAL_POSITION",
        )
        .await?;
    for (table_name, name, printed, nullable, default, character_set, collation, extra) in columns {
        // The columns of views are listed too.
        let Some(table) = catalog.tables.get_mut(&table_name) else { continue };
        let is_json = printed == "longtext" && json.contains(&(table_name, name.clone()));
        let data_type = ColumnType::mysql(if is_json { "json" } else { &printed });
        table.columns.push(Column {
            generated: is_generated(&name, extra.as_deref().unwrap_or_default()),
            name,
            default: default.and_then(|it| default::value(&server, &data_type, it)),
            data_type,
            not_null: nullable == "NO",
            character_set: character_set.filter(|_| !is_json),
            collation: collation.filter(|_| !is_json),
        });
    }
    Ok(())
}

/// Whether the server computes a column's values. A default that is an expression is marked
/// `DEFAULT_GENERATED`, which does not make a generated column.
fn is_generated(name: &str, extra: &str) -> bool {
    let extra = extra.to_uppercase();
    let is_key =
        name == GENERATED_KEY && extra.contains("AUTO_INCREMENT") && extra.contains("INVISIBLE");
    is_key || ["VIRTUAL GENERATED", "STORED GENERATED"].iter().any(|mark| extra.contains(mark))
}

/// The columns that are `json` in MySQL's terms: on `MariaDB`, a `longtext` with a check (its manual, "JSON
/// Data Type").
async fn json_columns(connection: &mut Connection) -> Result<HashSet<(String, String)>, Error> {
    if connection.server().flavour != Flavour::MariaDb {
        return Ok(HashSet::new());
    }
    let checks: Result<Vec<(String, String)>, Error> = connection
        .query(
            "SELECT TABLE_NAME, CHECK_CLAUSE FROM information_schema.CHECK_CONSTRAINTS \
             WHERE CONSTRAINT_SCHEMA = DATABASE()",
        )
        .await;
    match checks {
        Ok(checks) => Ok(checks
            .into_iter()
            .filter_map(|(table, clause)| Some((table, checked_column(&clause)?)))
            .collect()),
        // Before 10.2.22, neither the table nor such a check exists.
        Err(error) if error.is_unknown_table() => Ok(HashSet::new()),
        Err(error) => Err(error),
    }
}

/// The column of ``json_valid(`column`)``.
fn checked_column(clause: &str) -> Option<String> {
    let call = clause.trim().get(.."json_valid(".len())?;
    let inside = call.eq_ignore_ascii_case("json_valid(").then(|| &clause.trim()[call.len()..])?;
    let quoted = inside.strip_suffix(')')?.trim();
    let name = quoted.strip_prefix('`')?.strip_suffix('`')?;
    Some(name.replace("``", "`"))
}

#[cfg(test)]
mod tests {
    use super::checked_column;

    #[test]
    fn only_a_plain_check_of_one_column_counts() {
        assert_eq!(checked_column("json_valid(`Props`)").as_deref(), Some("Props"));
        assert_eq!(checked_column("JSON_VALID(`a``b`)").as_deref(), Some("a`b"));
        assert_eq!(checked_column("`a` is null or json_valid(`a`)"), None);
        assert_eq!(checked_column("length(`é`)"), None);
    }
}
