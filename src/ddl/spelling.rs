//! Types and defaults in the spelling that each server prints.

use sqlparser::ast::{DataType, EnumMember, Expr, Value};

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

/// The long names that `format_type` prints for the usual short ones (PostgreSQL manual, table 8.1).
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

/// The default as the server's catalog shows it: PostgreSQL an expression, MySQL the value itself.
pub(super) fn default(dialect: Dialect, column: &ColumnType, expression: &Expr) -> Option<String> {
    match dialect {
        Dialect::MySql => mysql_default(expression),
        Dialect::Postgres => postgres_default(column, expression),
    }
}

fn mysql_default(expression: &Expr) -> Option<String> {
    match literal(expression) {
        Some(Value::Null) => None,
        Some(Value::SingleQuotedString(text)) => Some(text.clone()),
        _ => match expression {
            // A default in parentheses is an expression, and `COLUMN_DEFAULT` shows it escaped.
            Expr::Nested(inner) => {
                Some(format!("_utf8mb4{}", inner.to_string().replace('\'', "\\'")))
            }
            other => Some(other.to_string()),
        },
    }
}

fn postgres_default(column: &ColumnType, expression: &Expr) -> Option<String> {
    let base = || match column.as_str().split('(').next().unwrap_or_default() {
        "character" => "bpchar",
        base => base,
    };
    match literal(expression) {
        // Kept only where the type's length makes it more than a constant.
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
