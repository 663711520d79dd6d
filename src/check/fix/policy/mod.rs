//! What a fix does to a value that does not fit: the one table, column by column.

mod overflow;
mod request;

pub use overflow::{Overflow, OverflowPolicy, overflow_policies};
pub use request::{BadOverride, Override};

pub(in crate::check) use overflow::command as overflow_command;
pub(super) use overflow::decide;

use crate::check::known::{self, OBJECTS};
use crate::check::{ColumnPair, JsonStorage};
use crate::schema::Kind;

/// What replaces an empty text where JSON is needed; `None` is NULL.
///
/// `{}` in the columns that Mattermost takes for objects and where NULL is refused; NULL elsewhere, for
/// which Mattermost has its own empty value: not every column holds an object.
pub(super) fn empty_json(pair: &ColumnPair) -> Option<&'static [u8]> {
    let is_object = OBJECTS.iter().any(|&it| known::is_named(it, &pair.table, &pair.column));
    let takes_null = !pair.source_not_null && !pair.target_not_null;
    // MySQL's own type holds no empty text.
    debug_assert_ne!(pair.json(), Some(JsonStorage::Binary));
    if is_object || !takes_null { Some(b"{}") } else { None }
}

/// What replaces NULL where the target refuses it: 0 for times and numbers; `None` where there is no
/// value that means nothing.
pub(super) fn instead_of_null(pair: &ColumnPair) -> Option<&'static [u8]> {
    match (pair.source.kind(), pair.target.kind()) {
        (Kind::Integer { .. }, Kind::Integer { .. }) => Some(b"0"),
        _ => None,
    }
}
