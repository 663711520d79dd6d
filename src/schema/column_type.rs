//! Column types of both servers, read from the form that each server prints.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Serialize, Serializer};

/// A column's type: the server's spelling, and its meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnType {
    spelling: String,
    kind: Kind,
}

/// The maximum length of a text column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// At most that many characters.
    Characters(u64),
    /// At most that many bytes.
    Bytes(u64),
    /// No limit except the server's own.
    None,
}

/// The kind of values in a column, in terms that mean the same on both servers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// True or false (PostgreSQL).
    Boolean,
    /// An integer of that many bytes.
    Integer {
        /// 1, 2, 3, 4 or 8.
        bytes: u8,
        /// Whether negative numbers are excluded.
        unsigned: bool,
    },
    /// A binary floating-point number.
    Float,
    /// A decimal number.
    Decimal,
    /// Text.
    Text(Limit),
    /// Bytes.
    Binary,
    /// JSON: `binary` for PostgreSQL's `jsonb`.
    Json {
        /// Whether it is `jsonb`.
        binary: bool,
    },
    /// One of these labels (MySQL).
    Enumeration(Vec<String>),
    /// An enumerated type of that name in the same schema (PostgreSQL).
    Named(String),
    /// An array of one type (PostgreSQL).
    Array(Box<ColumnType>),
    /// A point in time.
    Timestamp {
        /// Whether it is stored in UTC and shown in the session's time zone.
        time_zone: bool,
    },
    /// A date.
    Date,
    /// Anything else.
    Other,
}

impl ColumnType {
    /// Reads a type as MySQL or MariaDB print it in `COLUMN_TYPE`.
    ///
    /// Display widths of integers, which MySQL 8.0.19 and later do not print, are dropped, except for
    /// `tinyint(1)`, which all versions print.
    #[must_use]
    pub fn mysql(printed: &str) -> Self {
        let lower = lower_outside_quotes(printed.trim());
        let (name, arguments) = split(&lower);
        let spelling = match name {
            "tinyint" if arguments == Some("1") && !lower.contains("unsigned") => lower.clone(),
            "tinyint" | "smallint" | "mediumint" | "int" | "bigint" | "year" => {
                let attributes = lower
                    .split_once(')')
                    .map_or_else(|| lower[name.len()..].trim(), |(_, after)| after.trim());
                format!("{name} {attributes}").trim_end().to_owned()
            }
            _ => lower.clone(),
        };
        let kind = mysql_kind(name, arguments, &lower);
        Self { spelling, kind }
    }

    /// Reads a type as PostgreSQL's `format_type` prints it.
    #[must_use]
    pub fn postgres(printed: &str) -> Self {
        let spelling = printed.trim().to_owned();
        let kind = postgres_kind(&spelling);
        Self { spelling, kind }
    }

    /// The kind of its values.
    #[must_use]
    pub fn kind(&self) -> &Kind {
        &self.kind
    }

    /// The server's spelling.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.spelling
    }

    /// Whether it is the type of Mattermost's ids, which are random: text of 26 characters.
    #[must_use]
    pub fn is_id(&self) -> bool {
        self.text_limit() == Some(Limit::Characters(26))
    }

    /// The maximum length of text; `None` for other types.
    #[must_use]
    pub fn text_limit(&self) -> Option<Limit> {
        match self.kind {
            Kind::Text(limit) => Some(limit),
            _ => None,
        }
    }

    /// Whether MySQL accepts no default except an expression.
    #[must_use]
    pub fn takes_expressions_only(&self) -> bool {
        match self.kind {
            Kind::Json { .. } | Kind::Text(Limit::Bytes(_)) => true,
            Kind::Binary => self.spelling.ends_with("blob"),
            _ => false,
        }
    }

    /// Whether it is PostgreSQL's `json` or `jsonb`, or MySQL's `json`.
    #[must_use]
    pub fn is_json(&self) -> bool {
        matches!(self.kind, Kind::Json { .. })
    }
}

impl std::fmt::Display for ColumnType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.spelling)
    }
}

impl Serialize for ColumnType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.spelling)
    }
}

/// A text.
impl JsonSchema for ColumnType {
    fn schema_name() -> Cow<'static, str> {
        "ColumnType".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        String::json_schema(generator)
    }
}

/// Lower case, except for the labels of an enumerated type.
fn lower_outside_quotes(text: &str) -> String {
    let mut quoted = false;
    text.chars()
        .map(|character| {
            quoted ^= character == '\'';
            if quoted { character } else { character.to_ascii_lowercase() }
        })
        .collect()
}

/// The name, and the text in parentheses.
fn split(spelling: &str) -> (&str, Option<&str>) {
    let name_end = spelling.find([' ', '(']).unwrap_or(spelling.len());
    let arguments =
        spelling.find('(').zip(spelling.rfind(')')).map(|(open, close)| &spelling[open + 1..close]);
    (&spelling[..name_end], arguments)
}

fn mysql_kind(name: &str, arguments: Option<&str>, spelling: &str) -> Kind {
    let length = || arguments.and_then(|digits| digits.parse().ok()).unwrap_or(1);
    let unsigned = spelling.contains("unsigned");
    match name {
        "tinyint" => Kind::Integer { bytes: 1, unsigned },
        "smallint" | "year" => Kind::Integer { bytes: 2, unsigned },
        "mediumint" => Kind::Integer { bytes: 3, unsigned },
        "int" | "integer" => Kind::Integer { bytes: 4, unsigned },
        "bigint" => Kind::Integer { bytes: 8, unsigned },
        "float" | "double" | "real" => Kind::Float,
        "decimal" | "numeric" => Kind::Decimal,
        "char" | "varchar" => Kind::Text(Limit::Characters(length())),
        "tinytext" => Kind::Text(Limit::Bytes(0xff)),
        "text" => Kind::Text(Limit::Bytes(0xffff)),
        "mediumtext" => Kind::Text(Limit::Bytes(0xff_ffff)),
        "longtext" => Kind::Text(Limit::Bytes(0xffff_ffff)),
        "tinyblob" | "blob" | "mediumblob" | "longblob" | "binary" | "varbinary" => Kind::Binary,
        "json" => Kind::Json { binary: false },
        "enum" => Kind::Enumeration(labels(arguments.unwrap_or_default())),
        "datetime" => Kind::Timestamp { time_zone: false },
        "timestamp" => Kind::Timestamp { time_zone: true },
        "date" => Kind::Date,
        _ => Kind::Other,
    }
}

fn postgres_kind(spelling: &str) -> Kind {
    if let Some(element) = spelling.strip_suffix("[]") {
        return Kind::Array(Box::new(ColumnType::postgres(element)));
    }
    let (_, arguments) = split(spelling);
    let base = spelling.split('(').next().unwrap_or_default().trim_end();
    let characters = arguments.and_then(|digits| digits.parse().ok());
    match base {
        "boolean" => Kind::Boolean,
        "smallint" => Kind::Integer { bytes: 2, unsigned: false },
        "integer" => Kind::Integer { bytes: 4, unsigned: false },
        "bigint" => Kind::Integer { bytes: 8, unsigned: false },
        "real" | "double precision" => Kind::Float,
        "numeric" => Kind::Decimal,
        "character" | "bpchar" => Kind::Text(Limit::Characters(characters.unwrap_or(1))),
        "character varying" => Kind::Text(characters.map_or(Limit::None, Limit::Characters)),
        "text" => Kind::Text(Limit::None),
        "bytea" => Kind::Binary,
        "json" => Kind::Json { binary: false },
        "jsonb" => Kind::Json { binary: true },
        "date" => Kind::Date,
        _ if spelling.starts_with("timestamp") => {
            Kind::Timestamp { time_zone: spelling.ends_with("with time zone") }
        }
        _ if arguments.is_some() => Kind::Other,
        named => Kind::Named(named.to_owned()),
    }
}

/// The labels of `'a','it''s'`.
fn labels(arguments: &str) -> Vec<String> {
    let mut labels = Vec::new();
    let mut characters = arguments.chars().peekable();
    while characters.next_if(|&character| character != '\'').is_some()
        || characters.next().is_some()
    {
        let mut label = String::new();
        while let Some(character) = characters.next() {
            if character != '\'' {
                label.push(character);
            } else if characters.next_if_eq(&'\'').is_some() {
                label.push('\'');
            } else {
                labels.push(std::mem::take(&mut label));
                break;
            }
        }
        while characters.next_if(|&character| character != '\'').is_some() {}
    }
    labels
}

#[cfg(test)]
mod tests {
    use super::{ColumnType, Kind, Limit};

    #[test]
    fn every_mysql_server_s_spelling_of_a_whole_number_is_one() {
        for (printed, spelling) in [
            ("bigint(20)", "bigint"),
            ("int(11) unsigned", "int unsigned"),
            ("int unsigned", "int unsigned"),
            ("tinyint(1)", "tinyint(1)"),
            ("tinyint(4)", "tinyint"),
        ] {
            assert_eq!(ColumnType::mysql(printed).as_str(), spelling);
        }
    }

    #[test]
    fn text_limits_are_in_the_server_s_own_unit() {
        let mysql = |printed| ColumnType::mysql(printed).text_limit();
        assert_eq!(mysql("varchar(26)"), Some(Limit::Characters(26)));
        assert_eq!(mysql("text"), Some(Limit::Bytes(65_535)));
        assert_eq!(mysql("json"), None);
        let postgres = |printed| ColumnType::postgres(printed).text_limit();
        assert_eq!(postgres("character varying(26)"), Some(Limit::Characters(26)));
        assert_eq!(postgres("character varying"), Some(Limit::None));
        assert_eq!(postgres("text"), Some(Limit::None));
    }

    #[test]
    fn labels_keep_their_case_and_quotes() {
        assert_eq!(
            *ColumnType::mysql("ENUM('D','it''s','a,b')").kind(),
            Kind::Enumeration(vec!["D".into(), "it's".into(), "a,b".into()])
        );
    }

    #[test]
    fn postgres_names_arrays_and_types_of_the_schema() {
        assert_eq!(
            *ColumnType::postgres("character varying(26)[]").kind(),
            Kind::Array(Box::new(ColumnType::postgres("character varying(26)")))
        );
        assert_eq!(
            *ColumnType::postgres("channel_type").kind(),
            Kind::Named("channel_type".to_owned())
        );
        assert_eq!(
            *ColumnType::postgres("timestamp with time zone").kind(),
            Kind::Timestamp { time_zone: true }
        );
    }
}
