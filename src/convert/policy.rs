//! What may be done to a value that does not fit.

use std::sync::Arc;

use crate::schema::{Column, is_object, is_object_when_empty};

/// The decisions for one column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Policy {
    /// NUL in text, as a byte, and in `jsonb`, as an escape.
    pub nul: NulCharacters,
    /// Halves of surrogate pairs in `jsonb`.
    pub lone_surrogates: LoneSurrogates,
    /// An empty text where JSON is needed.
    pub empty_json: EmptyJson,
    /// A bare `null` as JSON.
    pub json_null: JsonNull,
    /// More characters than the column takes.
    pub overflow: Overflow,
}

impl Policy {
    /// The policy for a column of Mattermost, by the names of its table and its own on either side.
    ///
    /// A bare `null` becomes `{}` in the columns that Mattermost takes for objects. So does an empty
    /// text, also where NULL is refused; elsewhere it becomes NULL, for which Mattermost has its own
    /// empty value: not every column holds an object.
    #[must_use]
    pub fn of_mattermost(table: &str, column: &str, takes_null: bool) -> Self {
        let is_object = is_object(table, column);
        Self {
            empty_json: if takes_null && !is_object_when_empty(table, column) {
                EmptyJson::Null
            } else {
                EmptyJson::Object
            },
            json_null: if is_object { JsonNull::Object } else { JsonNull::Keep },
            ..Self::default()
        }
    }
}

/// Decides about each column, by the target's name of its table.
pub type PolicyOf = Arc<dyn Fn(&str, &Column) -> Policy + Send + Sync>;

/// What to do with NUL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NulCharacters {
    /// Take it out; where this would make two keys of an object the same, refuse the value.
    #[default]
    Remove,
    /// Refuse the value.
    Fail,
}

/// What to do with half of a surrogate pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LoneSurrogates {
    /// Refuse the value.
    #[default]
    Fail,
    /// Write U+FFFD instead; where this would make two keys of an object the same, refuse the value.
    Replace,
}

/// What to do with an empty text where JSON is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EmptyJson {
    /// Write `{}`.
    #[default]
    Object,
    /// Write NULL.
    Null,
    /// Refuse the value.
    Fail,
}

/// What to do with JSON that is a bare `null`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum JsonNull {
    /// Keep it: it is JSON.
    #[default]
    Keep,
    /// Write `{}`, for a column in which Mattermost needs an object.
    Object,
    /// Refuse the value.
    Fail,
}

/// What to do with text that has too many characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Overflow {
    /// Refuse the value.
    #[default]
    Fail,
    /// Cut it.
    Truncate,
    /// Write NULL.
    Null,
}

#[cfg(test)]
mod tests {
    use super::{EmptyJson, JsonNull, Policy};

    #[test]
    fn objects_stay_objects_and_the_rest_may_be_null() {
        let of = |table, column, takes_null| {
            let policy = Policy::of_mattermost(table, column, takes_null);
            (policy.empty_json, policy.json_null)
        };
        assert_eq!(of("users", "props", true), (EmptyJson::Object, JsonNull::Object));
        assert_eq!(of("focalboard_users", "props", true), (EmptyJson::Object, JsonNull::Keep));
        assert_eq!(of("Posts", "FileIds", true), (EmptyJson::Null, JsonNull::Keep));
        assert_eq!(of("Drafts", "Props", false), (EmptyJson::Object, JsonNull::Keep));
    }
}
