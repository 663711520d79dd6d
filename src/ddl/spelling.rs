//! Types and defaults in the form that each server prints.

use sqlparser::ast::{ColumnOption, DataType, EnumMember, Expr, Value};

use crate::schema::ColumnType;
use crate::sql::Dialect;

/// The type as the server's catalog shows it.
pub(super) fn column_type(dialect: Dialect, data_type: &DataType) -> ColumnType {
    match (dialect, data_type) {
        (Dialect::MySql, DataType::Enum(members, _)) => ColumnType::mysql(&enumeration(members)),
        (Dialect::MySql, _) => ColumnType::mysql(&data_type.to_string()),
        (Dialect::Postgres, _) => {
            ColumnType::postgres(&postgres_spelling(&data_type.to_string().to_lowercase()))
        }
    }
}

fn enumeration(members: &[EnumMember]) -> String {
    let labels: Vec<String> = members
        .iter()
        .map(|(EnumMember::Name(label) | EnumMember::NamedValue(label, _))| {
            format!("'{}'", label.replace('\'', "''"))
        })
        .collect();
    format!("enum({})", labels.join(","))
}

/// The long names that `format_type` prints for common short ones (PostgreSQL manual, table 8.1).
fn postgres_spelling(short: &str) -> String {
    for (short_name, long_name) in [
        ("varchar", "character varying"),
        ("char", "character"),
        ("int", "integer"),
        ("bool", "boolean"),
        ("timestamptz", "timestamp with time zone"),
        ("timestamp", "timestamp without time zone"),
    ] {
        let rest = short.strip_prefix(short_name);
        if let Some(rest) = rest.filter(|rest| rest.is_empty() || rest.starts_with(['(', '['])) {
            return format!("{long_name}{rest}");
        }
    }
    short.to_owned()
}

/// The default as the server's catalog shows it: an expression on PostgreSQL, the value on MySQL.
pub(super) fn default(dialect: Dialect, column: &ColumnType, expression: &Expr) -> Option<String> {
    match dialect {
        Dialect::MySql => mysql_default(column, expression),
        Dialect::Postgres => postgres_default(column, expression),
    }
}

fn mysql_default(column: &ColumnType, expression: &Expr) -> Option<String> {
    match literal(expression) {
        Some(Value::Null) => None,
        // `MariaDB` accepts a plain literal for such a column, and MySQL an expression only.
        Some(Value::SingleQuotedString(text)) if column.takes_expressions_only() => {
            Some(format!("_utf8mb4\\'{text}\\'"))
        }
        Some(Value::SingleQuotedString(text)) => Some(text.clone()),
        _ => match expression {
            // A default in parentheses is an expression, and `COLUMN_DEFAULT` shows it escaped.
            Expr::Nested(inner) => {
                let text = inner.to_string().replace('\'', "\\'");
                let text = text.strip_prefix("_utf8mb4").unwrap_or(&text).trim_start();
                Some(format!("_utf8mb4{text}"))
            }
            other => Some(now(other.to_string())),
        },
    }
}

/// `MariaDB` writes `current_timestamp()` where MySQL writes `CURRENT_TIMESTAMP`.
fn now(printed: String) -> String {
    if printed.to_ascii_lowercase().starts_with("current_timestamp") {
        return printed.to_ascii_uppercase().replace("()", "");
    }
    printed
}

/// Whether an expression is ``json_valid(`column`)``, with which `MariaDB` marks a column of JSON.
pub(super) fn is_json_check(expression: &Expr) -> bool {
    match expression {
        Expr::Nested(inner) => is_json_check(inner),
        Expr::Function(call) => call.name.to_string().eq_ignore_ascii_case("json_valid"),
        _ => false,
    }
}

/// The character set that an option of a column names, or that its collation belongs to.
pub(super) fn character_set(option: &ColumnOption) -> Option<String> {
    let name = match option {
        ColumnOption::CharacterSet(name) | ColumnOption::Collation(name) => name.to_string(),
        _ => return None,
    };
    // A collation is named after its character set: `utf8mb4_bin`.
    let name = name.trim_matches(['`', '\'', '"']).to_ascii_lowercase();
    name.split('_').next().map(str::to_owned)
}

fn postgres_default(column: &ColumnType, expression: &Expr) -> Option<String> {
    let base = || match column.as_str().split('(').next().unwrap_or_default() {
        "character" => "bpchar",
        base => base,
    };
    match literal(expression) {
        // Kept only if the type's length makes it more than a constant.
        Some(Value::Null) => column.as_str().contains('(').then(|| format!("NULL::{}", base())),
        Some(Value::SingleQuotedString(_)) => Some(format!("{expression}::{}", base())),
        Some(_) => Some(expression.to_string().to_lowercase()),
        None => match expression {
            Expr::Cast { expr, data_type, .. } => {
                let named = column_type(Dialect::Postgres, data_type);
                Some(format!("{expr}::{named}"))
            }
            Expr::Function(_) => Some(expression.to_string().to_lowercase()),
            other => Some(other.to_string()),
        },
    }
}

fn literal(expression: &Expr) -> Option<&Value> {
    match expression {
        Expr::Value(value) => Some(&value.value),
        _ => None,
    }
}

/// The collation that an option of a column names.
pub(super) fn collation(option: &ColumnOption) -> Option<String> {
    match option {
        ColumnOption::Collation(name) => {
            Some(name.to_string().trim_matches(['`', '\'', '"']).to_ascii_lowercase())
        }
        _ => None,
    }
}
