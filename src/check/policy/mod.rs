//! What a fix does to a value that does not fit: the one table, column by column.

mod allowed;
mod overflow;
mod request;

pub use overflow::{Overflow, OverflowPolicy, overflow_policies};
pub use request::{BadOverride, Override, check_overrides};

pub(crate) use allowed::{allowed, choices, shell_quoted};
pub(crate) use overflow::decide;

use crate::check::{ColumnPair, JsonStorage};
use crate::convert::{EmptyJson, Policy};
use crate::schema::Kind;

/// What replaces an empty text where JSON is needed; `None` is NULL.
pub(crate) fn empty_json(pair: &ColumnPair) -> Option<&'static [u8]> {
    // MySQL's own type holds no empty text.
    debug_assert_ne!(pair.json(), Some(JsonStorage::Binary));
    match Policy::of_mattermost(&pair.table, &pair.column, pair.takes_null()).empty_json {
        EmptyJson::Null => None,
        _ => Some(b"{}"),
    }
}

/// What replaces NULL where the target refuses it: 0 for times and numbers; `None` where there is no
/// value that means nothing.
pub(crate) fn instead_of_null(pair: &ColumnPair) -> Option<&'static [u8]> {
    match (pair.source.kind(), pair.target.kind()) {
        (Kind::Integer { .. }, Kind::Integer { .. }) => Some(b"0"),
        _ => None,
    }
}
