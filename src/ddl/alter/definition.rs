//! Columns, keys and whole tables in DDL.

use crate::schema::{Column, ForeignKey, Index, Kind, Limit, Table};
use crate::sql::Dialect;

/// Type, character set, nullability and default of a column.
pub(super) fn column(dialect: Dialect, column: &Column) -> String {
    let parts = [
        Some(column.data_type.to_string()),
        column.character_set.as_ref().map(|set| format!("CHARACTER SET {set}")),
        column.collation.as_ref().map(|collation| format!("COLLATE {collation}")),
        column.not_null.then(|| "NOT NULL".to_owned()),
        default(dialect, column).map(|default| format!("DEFAULT {default}")),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// The default as an expression.
pub(super) fn default(dialect: Dialect, column: &Column) -> Option<String> {
    let value = column.default.as_deref()?;
    if dialect == Dialect::Postgres {
        return Some(value.to_owned());
    }
    // The catalog shows an expression with an introducer and escaped quotes.
    if let Some(expression) =
        value.strip_prefix("_utf8mb4\\'").and_then(|it| it.strip_suffix("\\'"))
    {
        return Some(format!("('{}')", expression.replace('\'', "''")));
    }
    Some(match column.data_type.kind() {
        Kind::Integer { .. } | Kind::Float | Kind::Decimal => value.to_owned(),
        Kind::Timestamp { .. } if value.starts_with("CURRENT_TIMESTAMP") => value.to_owned(),
        Kind::Json { .. } | Kind::Text(Limit::Bytes(_)) => format!("({value})"),
        _ => format!("'{}'", value.replace('\\', "\\\\").replace('\'', "''")),
    })
}

/// A table with its keys, and on MySQL with its other indexes too.
pub(super) fn table(dialect: Dialect, table: &Table) -> String {
    // A character set that all columns share becomes an option of the table.
    let text = table.columns.iter().find(|column| column.character_set.is_some());
    let mut lines: Vec<String> = table
        .columns
        .iter()
        .map(|it| {
            let bare = Column { character_set: None, collation: None, ..it.clone() };
            format!("{} {}", dialect.identifier(&it.name), column(dialect, &bare))
        })
        .collect();
    if dialect == Dialect::MySql {
        lines.extend(table.indexes.values().map(mysql_index));
    }
    lines.extend(table.foreign_keys.values().map(|key| foreign_key(dialect, key)));
    let options = text.map(|column| {
        let part = |keyword: &str, name: &Option<String>| {
            name.as_ref().map_or_else(String::new, |name| format!(" {keyword} {name}"))
        };
        part("DEFAULT CHARACTER SET", &column.character_set) + &part("COLLATE", &column.collation)
    });
    let name = dialect.identifier(&table.name);
    format!("CREATE TABLE {name} (\n  {}\n){}", lines.join(",\n  "), options.unwrap_or_default())
}

/// An index of MySQL, for a table's definition and for ADD.
pub(super) fn mysql_index(index: &Index) -> String {
    let kind = match (index.name.as_str(), index.unique, index.method.as_str()) {
        ("PRIMARY", ..) => "PRIMARY KEY".to_owned(),
        (name, true, _) => format!("UNIQUE KEY {}", Dialect::MySql.identifier(name)),
        (name, _, "fulltext") => format!("FULLTEXT KEY {}", Dialect::MySql.identifier(name)),
        (name, ..) => format!("KEY {}", Dialect::MySql.identifier(name)),
    };
    let columns: Vec<String> = index.columns.iter().map(|column| key_part(column)).collect();
    let parser = index
        .parser
        .as_ref()
        .map(|parser| format!(" WITH PARSER {}", Dialect::MySql.identifier(parser)));
    format!("{kind} ({}){}", columns.join(", "), parser.unwrap_or_default())
}

/// A column of an index: the catalog writes a prefix as `URL(512)`.
fn key_part(column: &str) -> String {
    let prefix = column.strip_suffix(')').and_then(|it| it.rsplit_once('('));
    match prefix.filter(|(_, length)| length.parse::<u32>().is_ok()) {
        Some((name, length)) => {
            format!("{}({length})", Dialect::MySql.identifier(name.trim_matches('`')))
        }
        None => Dialect::MySql.identifier(column),
    }
}

/// A foreign key, for a table's definition and for ADD.
pub(super) fn foreign_key(dialect: Dialect, key: &ForeignKey) -> String {
    format!(
        "CONSTRAINT {} FOREIGN KEY ({}) REFERENCES {} ({}){}",
        dialect.identifier(&key.name),
        dialect.identifiers(&key.columns),
        dialect.identifier(&key.referenced_table),
        dialect.identifiers(&key.referenced_columns),
        if key.cascades { " ON DELETE CASCADE" } else { "" }
    )
}
