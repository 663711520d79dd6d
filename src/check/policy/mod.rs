//! The policy for values that do not fit, column by column.

mod allowed;
mod bad_decision;
mod decisions;
mod invalid;
mod left_out;
mod overflow;
mod request;

pub use crate::mattermost::Overflow;
pub use bad_decision::BadDecision;
pub use decisions::Decisions;
pub use invalid::{InvalidAction, OnInvalid};
pub use left_out::LeftOut;
pub use request::{BadOverride, Override, check_overrides};

pub(crate) use allowed::{allowed, choices};
pub(super) use invalid::{choices as invalid_choices, leave_out};
pub(crate) use overflow::decide;

use crate::check::{ColumnPair, JsonStorage};
use crate::convert::{EmptyJson, Policy};
use crate::schema::Kind;

/// The replacement for an empty text in a column of JSON; `None` is NULL.
pub(crate) fn empty_json(pair: &ColumnPair) -> Option<&'static [u8]> {
    // MySQL's JSON type contains no empty text.
    debug_assert_ne!(pair.json(), Some(JsonStorage::Binary));
    match Policy::of_mattermost(&pair.table, &pair.column, pair.takes_null()).empty_json {
        EmptyJson::Null => None,
        _ => Some(b"{}"),
    }
}

/// The replacement for NULL in a column that is NOT NULL on the target: 0 for times and numbers; `None` if
/// there is no empty value.
pub(crate) fn instead_of_null(pair: &ColumnPair) -> Option<&'static [u8]> {
    match (pair.source.kind(), pair.target.kind()) {
        (Kind::Integer { .. }, Kind::Integer { .. }) => Some(b"0"),
        _ => None,
    }
}
