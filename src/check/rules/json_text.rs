//! The one condition for servers that matches every JSON value which may have a problem.

use crate::check::ColumnPair;
use crate::check::correction::Replacement;
use crate::check::pair::JsonStorage;
use crate::check::policy::empty_json;
use crate::check::probe::Condition;
use crate::mattermost::{is_object, is_string_list};
use crate::mysql::Flavour;
use crate::sql::Dialect;

/// Matches what `MariaDB`'s `JSON_VALID` accepts and PostgreSQL rejects: escapes that mean nothing, NUL or
/// half of a surrogate pair (the lookbehind counts the backslashes before them), numbers that lack
/// digits, and huge exponents.
const SUSPICIOUS: &str = concat!(
    r#"(?<!\\)(\\\\)*\\(u0000|u[dD][89a-fA-F]|[^"\\/bfnrtu])"#,
    r"|(^|[:\[,])[ \n\r\t]*(-|-?[0-9]+[.])([^0-9]|$)",
    r"|[0-9][eE][-+]?[0-9]{5}",
);

/// Matches numbers that MySQL rounds to zero.
const TINY: &str = "[0-9][eE]-[0-9]{5}";

/// `\u0000`, to be matched byte by byte.
const ESCAPE: &str = "_binary X'5c7530303030'";

/// A value of this many bytes may contain a number that is too long.
const LONG: usize = 16_383;

/// The same for JSON in a text column; MySQL's JSON type rejects what this matches.
pub(super) fn suspicious_as_text(pair: &ColumnPair) -> Option<Condition> {
    (pair.json() == Some(JsonStorage::Text)).then(|| suspicious(pair)).flatten()
}

/// Matches JSON with the escape of NUL, for either JSON type of the target.
pub(super) fn nul_escape(pair: &ColumnPair) -> Option<Condition> {
    match pair.json()? {
        JsonStorage::Binary => {
            let column = pair.sql();
            Some(Condition::Json(format!("(JSON_LENGTH({column}) AND INSTR({column}, {ESCAPE}))")))
        }
        JsonStorage::Text => suspicious(pair),
    }
}

/// The empty value for a column of JSON.
pub(super) fn replacement(pair: &ColumnPair) -> Replacement {
    if is_string_list(&pair.table, &pair.column) {
        return Replacement::new("'[]'", "a JSON list of strings");
    }
    match (empty_json(pair), pair.takes_null()) {
        (None, _) => Replacement::new("NULL", "NULL, any JSON"),
        (Some(_), true) => Replacement::new("'{}'", "any JSON, NULL"),
        (Some(_), false) => Replacement::new("'{}'", "any JSON"),
    }
}

/// Matches every JSON value that may have a problem; `None` if the target's column is not JSON.
///
/// MySQL's JSON type stores valid JSON, numbers within a double, and whole surrogate pairs only (tried
/// on 9.7). The escape of NUL, which PostgreSQL's `json` accepts, and a bare `null` remain. The condition
/// is the same for every rule, so that the server evaluates it once.
pub(super) fn suspicious(pair: &ColumnPair) -> Option<Condition> {
    let column = pair.sql();
    let sql = match (pair.json()?, pair.flavour) {
        (JsonStorage::Binary, _) => {
            // No cast: the server then serialises the value only once to search it.
            let escape = pair.is_jsonb().then(|| format!("INSTR({column}, {ESCAPE})"));
            let null = is_object(&pair.table, &pair.column)
                .then(|| format!("JSON_TYPE({column}) = 'NULL'"));
            let questions: Vec<String> = [escape, null].into_iter().flatten().collect();
            if questions.is_empty() {
                return None;
            }
            // Most values are `{}`, for which the first operand is enough.
            format!("(JSON_LENGTH({column}) AND ({}))", questions.join(" OR "))
        }
        (JsonStorage::Text, Flavour::MySql) => format!(
            "(JSON_VALID({column}) = 0 OR INSTR(CAST({column} AS BINARY), {ESCAPE}) \
             OR INSTR(CAST({column} AS BINARY), X'00') OR {column} RLIKE {} OR LENGTH({column}) > {LONG})",
            Dialect::MySql.literal(TINY)
        ),
        (JsonStorage::Text, Flavour::MariaDb) => format!(
            "({column} <> '{{}}' AND (JSON_VALID({column}) = 0 OR CAST({column} AS BINARY) RLIKE {} \
             OR LENGTH({column}) > {LONG}))",
            Dialect::MySql.literal(SUSPICIOUS)
        ),
    };
    Some(Condition::Json(sql))
}
