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
pub(super) fn aspects(dialect: Dialect, found: &Column, promised: &Column) -> Vec<Aspect> {
    let mut aspects = Vec::new();
    if !is_same_type(dialect, found, promised) {
        aspects.push(Aspect::Type);
    }
    match (found.not_null, promised.not_null) {
        (true, false) => aspects.push(Aspect::RefusesNull),
        (false, true) => aspects.push(Aspect::TakesNull),
        _ => {}
    }
    if found.default != promised.default {
        aspects.push(Aspect::Default);
    }
    // What one side does not tell is no difference.
    let differ = |found: &Option<String>, promised: &Option<String>| {
        let both = found.as_deref().zip(promised.as_deref());
        both.is_some_and(|(found, promised)| current_name(found) != current_name(promised))
    };
    if differ(&found.character_set, &promised.character_set) {
        aspects.push(Aspect::CharacterSet);
    } else if differ(&found.collation, &promised.collation) {
        aspects.push(Aspect::Collation);
    }
    aspects
}

/// Whether both are stored alike: MySQL's display widths say nothing of what fits.
fn is_same_type(dialect: Dialect, found: &Column, promised: &Column) -> bool {
    let (found, promised) = (&found.data_type, &promised.data_type);
    let are_tiny = || {
        let of_one_byte = Kind::Integer { bytes: 1, unsigned: false };
        *found.kind() == of_one_byte && *promised.kind() == of_one_byte
    };
    found == promised || (dialect == Dialect::MySql && are_tiny())
}

/// The name that MySQL 8.0.30 and later print: `utf8` has long meant `utf8mb3`.
fn current_name(name: &str) -> String {
    match name.strip_prefix("utf8") {
        Some(rest) if !rest.starts_with("mb") => format!("utf8mb3{rest}"),
        _ => name.to_owned(),
    }
}
