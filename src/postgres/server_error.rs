//! A server's error without values: which rule was violated, and where.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;
use tokio_postgres::error::DbError;

use crate::foreign_text::spell_out;

/// An error of the server, without its detail and context, which quote values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ServerError {
    /// The SQLSTATE, such as `23505`.
    pub sqlstate: String,
    /// The server's message, or the name of the condition if the message may quote a value.
    pub message: String,
    /// The table of the error.
    pub table: Option<String>,
    /// The column of the error.
    pub column: Option<String>,
    /// The violated constraint.
    pub constraint: Option<String>,
    /// The line of the COPY data, counted from 1.
    pub line: Option<u64>,
}

impl ServerError {
    pub(super) fn new(error: &DbError) -> Self {
        let sqlstate = error.code().code();
        let place = error.where_().and_then(CopyPlace::find);
        let place = place.unwrap_or_default();
        let named = |name: Option<&str>, found: Option<&str>| name.or(found).map(str::to_owned);
        Self {
            sqlstate: sqlstate.to_owned(),
            message: spell_out(condition(sqlstate).unwrap_or_else(|| error.message())).into_owned(),
            table: named(error.table(), place.table),
            column: named(error.column(), place.column),
            constraint: named(error.constraint(), None),
            line: place.line,
        }
    }
}

impl fmt::Display for ServerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (SQLSTATE {})", self.message, self.sqlstate)?;
        for (what, name) in
            [("table", &self.table), ("column", &self.column), ("constraint", &self.constraint)]
        {
            if let Some(name) = name {
                write!(f, ", {what} `{}`", spell_out(name))?;
            }
        }
        self.line.map_or(Ok(()), |line| write!(f, ", line {line}"))
    }
}

/// The position at which a COPY stopped.
#[derive(Default)]
struct CopyPlace<'a> {
    table: Option<&'a str>,
    column: Option<&'a str>,
    line: Option<u64>,
}

impl<'a> CopyPlace<'a> {
    /// Reads the context `COPY posts, line 3, column props: "…"`. The first such line is the server's own; a
    /// later one may be a piece of the value. In languages other than English, which the server's
    /// `lc_messages` may set, there is no match.
    fn find(context: &'a str) -> Option<Self> {
        let place = context.lines().find_map(|line| line.strip_prefix("COPY "))?;
        let (table, after) = place.split_once(", line ")?;
        let digits = after.find(|character: char| !character.is_ascii_digit());
        let (line, after) = after.split_at(digits.unwrap_or(after.len()));
        let column = after.strip_prefix(", column ").and_then(|rest| rest.split(':').next());
        Some(Self { table: Some(table), column, line: line.parse().ok() })
    }
}

/// The name of an error condition whose message may quote a value (PostgreSQL manual, "PostgreSQL
/// Error Codes"); `None` where the message is safe.
fn condition(sqlstate: &str) -> Option<&'static str> {
    let name = match sqlstate {
        "22001" => "value too long for its column",
        "22003" => "number out of range",
        "22007" => "invalid date or time format",
        "22008" => "date or time out of range",
        "22021" => "character not in the database's encoding",
        "22023" => "invalid parameter value",
        "22026" => "length mismatch",
        "22030" => "duplicate key in a JSON object",
        "22032" => "invalid JSON text",
        "22P01" => "floating-point exception",
        "22P02" => "invalid text representation",
        "22P03" => "invalid binary representation",
        "22P04" => "wrong COPY format",
        "22P05" => "untranslatable character",
        "23502" => "not-null violation",
        "23503" => "foreign key violation",
        "23505" => "unique violation",
        "23514" => "check violation",
        "23P01" => "exclusion violation",
        _ => match sqlstate.get(..2)? {
            "22" => "data exception",
            "23" => "integrity constraint violation",
            "38" | "39" => "error in an external routine",
            "44" => "check option violation",
            "P0" => "error raised by a function",
            _ => return None,
        },
    };
    Some(name)
}

#[cfg(test)]
mod tests {
    use super::{CopyPlace, ServerError, condition};

    #[test]
    fn messages_that_quote_values_are_replaced() {
        assert_eq!(condition("23505"), Some("unique violation"));
        assert_eq!(condition("22P06"), Some("data exception"));
        assert_eq!(condition("P0001"), Some("error raised by a function"));
        assert_eq!(condition("42P01"), None);
    }

    #[test]
    fn the_place_in_the_data_is_found_and_the_value_is_not() {
        let context = "JSON data, line 1: {\"a\"\nCOPY posts, line 276, column props: \"COPY x\n\
                       COPY secret, line 1, column y";
        let place = CopyPlace::find(context).unwrap();
        assert_eq!(place.table, Some("posts"));
        assert_eq!(place.column, Some("props"));
        assert_eq!(place.line, Some(276));
        let place = CopyPlace::find("COPY posts, line 4: \"a value\"").unwrap();
        assert_eq!((place.column, place.line), (None, Some(4)));
        assert!(CopyPlace::find("PL/pgSQL function f() line 1").is_none());
    }

    #[test]
    fn it_reads_as_one_line() {
        let error = ServerError {
            sqlstate: "23505".into(),
            message: "unique violation".into(),
            table: Some("posts".into()),
            column: None,
            constraint: Some("posts_pkey".into()),
            line: Some(3),
        };
        assert_eq!(
            error.to_string(),
            "unique violation (SQLSTATE 23505), table `posts`, constraint `posts_pkey`, line 3"
        );
    }
}
