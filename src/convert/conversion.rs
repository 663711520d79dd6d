//! The conversion from a MySQL type to a PostgreSQL type.

use std::collections::BTreeMap;

use super::LocalTimes;
use super::json::JsonType;
use super::scalar::Digits;
use crate::schema::{ColumnType, Kind, Limit};

/// How the cells of a column are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Conversion {
    /// Text of at most that many characters.
    Text { limit: Option<usize> },
    /// As JSON.
    Json(JsonType),
    /// An array of text, each element of at most that many characters.
    TextArray { limit: Option<usize> },
    /// `t` or `f`.
    Boolean,
    /// An integer of that many bytes.
    Integer { bytes: u8 },
    /// A binary floating-point number of that many bytes.
    Float { bytes: u8 },
    /// A decimal number.
    Decimal(Option<Digits>),
    /// One of these labels.
    Label(Vec<String>),
    /// Bytes in hexadecimal.
    Bytes,
    /// A point in time in UTC with this offset, which is empty if the target's type has none.
    Timestamp { offset: &'static str },
    /// The instant of a local time: with its offset, or in UTC.
    LocalTime { times: LocalTimes, with_offset: bool },
    /// A date.
    Date,
}

impl Conversion {
    /// The same for local times of such a zone; other conversions are unchanged.
    pub(super) fn with_local_times(self, times: LocalTimes) -> Self {
        match self {
            Self::Timestamp { offset } => {
                Self::LocalTime { times, with_offset: !offset.is_empty() }
            }
            other => other,
        }
    }

    /// The conversion between two types; `None` if none preserves the meaning of every value.
    pub(super) fn between(
        source: &ColumnType,
        target: &ColumnType,
        enums: &BTreeMap<String, Vec<String>>,
    ) -> Option<Self> {
        match (source.kind(), target.kind()) {
            (from, Kind::Text(limit)) if is_printed_as_text(from, source) => {
                Some(Self::Text { limit: characters(*limit) })
            }
            (from, Kind::Json { binary }) if may_hold_json(from) => {
                Some(Self::Json(if *binary { JsonType::Jsonb } else { JsonType::Json }))
            }
            (from, Kind::Array(element)) if may_hold_json(from) => {
                let limit = element.text_limit()?;
                Some(Self::TextArray { limit: characters(limit) })
            }
            (Kind::Integer { .. }, Kind::Boolean) => Some(Self::Boolean),
            (Kind::Other, Kind::Boolean) if source.as_str() == "bit(1)" => Some(Self::Boolean),
            (Kind::Integer { .. }, Kind::Integer { bytes, .. }) => {
                Some(Self::Integer { bytes: *bytes })
            }
            (Kind::Float, Kind::Float) => {
                Some(Self::Float { bytes: if target.as_str() == "real" { 4 } else { 8 } })
            }
            (Kind::Decimal | Kind::Integer { .. }, Kind::Decimal) => {
                Some(Self::Decimal(digits(target.as_str())))
            }
            (Kind::Enumeration(_) | Kind::Text(_), Kind::Named(name)) => {
                enums.get(name).cloned().map(Self::Label)
            }
            (Kind::Binary | Kind::Text(_), Kind::Binary) => Some(Self::Bytes),
            // As the server stores them: the bits, or the form of the spatial types.
            (Kind::Other, Kind::Binary) if !is_printed_as_text(source.kind(), source) => {
                Some(Self::Bytes)
            }
            (Kind::Timestamp { .. }, Kind::Timestamp { time_zone: true }) => {
                Some(Self::Timestamp { offset: "+00:00" })
            }
            (Kind::Timestamp { time_zone: false }, Kind::Timestamp { time_zone: false }) => {
                Some(Self::Timestamp { offset: "" })
            }
            (Kind::Date, Kind::Date) => Some(Self::Date),
            _ => None,
        }
    }
}

/// Whether MySQL prints values of the type as text, which excludes `bit` and the spatial types.
fn is_printed_as_text(kind: &Kind, source: &ColumnType) -> bool {
    match kind {
        Kind::Other => {
            ["time", "set(", "uuid", "inet"].iter().any(|name| source.as_str().starts_with(name))
        }
        _ => true,
    }
}

/// MariaDB stores JSON as text, and so did early versions of Mattermost's plugins.
fn may_hold_json(kind: &Kind) -> bool {
    matches!(kind, Kind::Json { .. } | Kind::Text(_) | Kind::Binary)
}

fn characters(limit: Limit) -> Option<usize> {
    match limit {
        Limit::Characters(limit) | Limit::Bytes(limit) => usize::try_from(limit).ok(),
        Limit::None => None,
    }
}

/// The digits of `numeric(10,2)`; `None` without a limit.
fn digits(spelling: &str) -> Option<Digits> {
    let arguments = spelling.split_once('(')?.1.strip_suffix(')')?;
    let (precision, scale) = arguments.split_once(',').unwrap_or((arguments, "0"));
    Some(Digits { precision: precision.trim().parse().ok()?, scale: scale.trim().parse().ok()? })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::Conversion;
    use crate::convert::json::JsonType;
    use crate::convert::scalar::Digits;
    use crate::schema::ColumnType;

    fn between(source: &str, target: &str) -> Option<Conversion> {
        let enums =
            BTreeMap::from([("team_type".to_owned(), vec!["I".to_owned(), "O".to_owned()])]);
        let (source, target) = (ColumnType::mysql(source), ColumnType::postgres(target));
        Conversion::between(&source, &target, &enums)
    }

    #[test]
    fn every_pair_of_mattermost_has_its_conversion() {
        let timestamp = Conversion::Timestamp { offset: "+00:00" };
        for (source, target, conversion) in [
            ("text", "character varying(300)", Conversion::Text { limit: Some(300) }),
            ("varchar(64)", "character varying", Conversion::Text { limit: None }),
            ("char(26)", "character(26)", Conversion::Text { limit: Some(26) }),
            ("json", "jsonb", Conversion::Json(JsonType::Jsonb)),
            ("longtext", "jsonb", Conversion::Json(JsonType::Jsonb)),
            ("text", "json", Conversion::Json(JsonType::Json)),
            ("json", "character varying(26)[]", Conversion::TextArray { limit: Some(26) }),
            ("tinyint(1)", "boolean", Conversion::Boolean),
            ("tinyint", "boolean", Conversion::Boolean),
            ("bigint", "integer", Conversion::Integer { bytes: 4 }),
            ("tinyint", "smallint", Conversion::Integer { bytes: 2 }),
            ("enum('I','O')", "team_type", Conversion::Label(vec!["I".into(), "O".into()])),
            ("varchar(32)", "team_type", Conversion::Label(vec!["I".into(), "O".into()])),
            ("mediumblob", "bytea", Conversion::Bytes),
            ("datetime(6)", "timestamp with time zone", timestamp.clone()),
            ("timestamp", "timestamp with time zone", timestamp),
        ] {
            assert_eq!(between(source, target), Some(conversion), "{source} to {target}");
        }
    }

    #[test]
    fn so_have_other_pairs_that_lose_nothing() {
        for (source, target, conversion) in [
            ("double", "double precision", Conversion::Float { bytes: 8 }),
            ("float", "real", Conversion::Float { bytes: 4 }),
            ("bigint unsigned", "numeric", Conversion::Decimal(None)),
            (
                "decimal(10,2)",
                "numeric(8,2)",
                Conversion::Decimal(Some(Digits { precision: 8, scale: 2 })),
            ),
            ("year", "smallint", Conversion::Integer { bytes: 2 }),
            ("bit(1)", "boolean", Conversion::Boolean),
            ("bit(9)", "bytea", Conversion::Bytes),
            ("point", "bytea", Conversion::Bytes),
            ("uuid", "text", Conversion::Text { limit: None }),
            ("date", "date", Conversion::Date),
            ("time(6)", "text", Conversion::Text { limit: None }),
            ("set('a','b')", "text", Conversion::Text { limit: None }),
            ("enum('a')", "character varying(8)", Conversion::Text { limit: Some(8) }),
        ] {
            assert_eq!(between(source, target), Some(conversion), "{source} to {target}");
        }
    }

    #[test]
    fn pairs_that_would_lose_something_have_none() {
        for (source, target) in [
            ("text", "bigint"),
            ("double", "integer"),
            ("decimal(10,2)", "double precision"),
            ("datetime", "date"),
            ("timestamp", "timestamp without time zone"),
            ("bit(8)", "text"),
            ("point", "text"),
            ("bigint", "jsonb"),
            ("json", "integer[]"),
            ("enum('a')", "no_such_type"),
        ] {
            assert_eq!(between(source, target), None, "{source} to {target}");
        }
    }
}
