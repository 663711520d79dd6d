//! The one question to the server that finds every JSON value which may be in trouble.

use crate::check::ColumnPair;
use crate::check::correction::Replacement;
use crate::check::pair::JsonStorage;
use crate::check::policy::empty_json;
use crate::check::probe::Condition;
use crate::mysql::Flavour;
use crate::schema::{is_object, is_string_list};
use crate::sql::Dialect;

/// On `MariaDB`, what its `JSON_VALID` lets pass and PostgreSQL does not: escapes that stand for
/// nothing, for NUL or for half of a surrogate pair (the lookbehind counts the backslashes before
/// them), and numbers without digits where there must be some, or with a huge exponent.
const SUSPICIOUS: &str = concat!(
    r#"(?<!\\)(\\\\)*\\(u0000|u[dD][89a-fA-F]|[^"\\/bfnrtu])"#,
    r"|(^|[:\[,])[ \n\r\t]*(-|-?[0-9]+[.])([^0-9]|$)",
    r"|[0-9][eE][-+]?[0-9]{5}",
);

/// What MySQL takes for zero.
const TINY: &str = "[0-9][eE]-[0-9]{5}";

/// `\u0000`, to be found byte by byte.
const ESCAPE: &str = "_binary X'5c7530303030'";

/// From this many bytes on a number alone could be too long.
const LONG: usize = 16_383;

/// The same, where JSON lies as text; what it then may hold, MySQL's own type refuses.
pub(super) fn suspicious_as_text(pair: &ColumnPair) -> Option<Condition> {
    (pair.json() == Some(JsonStorage::Text)).then(|| suspicious(pair)).flatten()
}

/// The condition that JSON with the escape of NUL meets, whatever type of JSON the target has.
pub(super) fn nul_escape(pair: &ColumnPair) -> Option<Condition> {
    match pair.json()? {
        JsonStorage::Binary => {
            let column = pair.sql();
            Some(Condition::Json(format!("(JSON_LENGTH({column}) AND INSTR({column}, {ESCAPE}))")))
        }
        JsonStorage::Text => suspicious(pair),
    }
}

/// The value that stands for nothing in a column of JSON.
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

/// The condition that every JSON value in trouble meets; `None` where the target holds no JSON.
///
/// MySQL's own type holds valid JSON, numbers within a double, and whole surrogate pairs only (tried
/// on 9.7): there remain the escape of NUL, which PostgreSQL's `json` takes, and a bare `null`. It is the
/// same for every rule, so that the server answers it once.
pub(super) fn suspicious(pair: &ColumnPair) -> Option<Condition> {
    let column = pair.sql();
    let sql = match (pair.json()?, pair.flavour) {
        (JsonStorage::Binary, _) => {
            // Without a cast: the server writes such a value down only once to look into it.
            let escape = pair.is_jsonb().then(|| format!("INSTR({column}, {ESCAPE})"));
            let null = is_object(&pair.table, &pair.column)
                .then(|| format!("JSON_TYPE({column}) = 'NULL'"));
            let questions: Vec<String> = [escape, null].into_iter().flatten().collect();
            if questions.is_empty() {
                return None;
            }
            // Most values are `{}`, of which that is all to be asked.
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
