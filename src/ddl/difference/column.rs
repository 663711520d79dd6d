//! What about a column is not the same.

use crate::schema::{Column, Kind};
use crate::sql::Dialect;

/// One property of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Aspect {
    /// What it holds.
    Type,
    /// NULL is refused, and should not be.
    RefusesNull,
    /// NULL is taken, and should not be.
    TakesNull,
    /// What it holds where nothing was given.
    Default,
    /// How MySQL encodes its text.
    CharacterSet,
    /// How MySQL sorts its text.
    Collation,
}

/// The properties in which two columns of one name differ.
pub(super) fn aspects(dialect: Dialect, found: &Column, expected: &Column) -> Vec<Aspect> {
    let mut aspects = Vec::new();
    if !is_same_type(dialect, found, expected) {
        aspects.push(Aspect::Type);
    }
    match (found.not_null, expected.not_null) {
        (true, false) => aspects.push(Aspect::RefusesNull),
        (false, true) => aspects.push(Aspect::TakesNull),
        _ => {}
    }
    if found.default != expected.default {
        aspects.push(Aspect::Default);
    }
    // What one side does not tell is no difference.
    let differ = |found: &Option<String>, expected: &Option<String>| {
        let both = found.as_deref().zip(expected.as_deref());
        both.is_some_and(|(found, expected)| current_name(found) != current_name(expected))
    };
    if differ(&found.character_set, &expected.character_set) {
        aspects.push(Aspect::CharacterSet);
    } else if differ(&found.collation, &expected.collation) {
        aspects.push(Aspect::Collation);
    }
    aspects
}

/// Whether both are stored alike: MySQL's display widths say nothing of what fits.
fn is_same_type(dialect: Dialect, found: &Column, expected: &Column) -> bool {
    let (found, expected) = (&found.data_type, &expected.data_type);
    let are_tiny = || {
        let of_one_byte = Kind::Integer { bytes: 1, unsigned: false };
        *found.kind() == of_one_byte && *expected.kind() == of_one_byte
    };
    found == expected || (dialect == Dialect::MySql && are_tiny())
}

/// The name that MySQL 8.0.30 and later print: `utf8` has long meant `utf8mb3`.
fn current_name(name: &str) -> String {
    match name.strip_prefix("utf8") {
        Some(rest) if !rest.starts_with("mb") => format!("utf8mb3{rest}"),
        _ => name.to_owned(),
    }
}
