//! Differences between two columns of the same name.

use crate::schema::{Column, Kind};
use crate::sql::Dialect;

/// One property of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Aspect {
    Type,
    /// It is NOT NULL and should be nullable.
    RefusesNull,
    /// It is nullable and should be NOT NULL.
    TakesNull,
    Default,
    /// MySQL's character set.
    CharacterSet,
    /// MySQL's collation.
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
    // A property that one side does not have is not a difference.
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

/// Whether both types are stored alike: MySQL's display width does not affect the range.
fn is_same_type(dialect: Dialect, found: &Column, expected: &Column) -> bool {
    let (found, expected) = (&found.data_type, &expected.data_type);
    let are_tiny = || {
        let of_one_byte = Kind::Integer { bytes: 1, unsigned: false };
        *found.kind() == of_one_byte && *expected.kind() == of_one_byte
    };
    found == expected || (dialect == Dialect::MySql && are_tiny())
}

/// The name that MySQL 8.0.30 and later print: `utf8` meant `utf8mb3` before.
fn current_name(name: &str) -> String {
    match name.strip_prefix("utf8") {
        Some(rest) if !rest.starts_with("mb") => format!("utf8mb3{rest}"),
        _ => name.to_owned(),
    }
}
