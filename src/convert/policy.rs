//! Policies for values that do not fit.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;

use super::Reason;
use crate::mattermost::{is_object, is_object_when_empty};
use crate::schema::Column;

/// The policies of one column.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Policy {
    /// For NUL in text, as a byte, and in `jsonb`, as an escape.
    pub nul: NulCharacters,
    /// For halves of surrogate pairs in `jsonb`.
    pub lone_surrogates: LoneSurrogates,
    /// For an empty text in a column of JSON.
    pub empty_json: EmptyJson,
    /// For a bare `null` as JSON.
    pub json_null: JsonNull,
    /// For text with more characters than the column takes.
    pub overflow: Overflow,
    /// Text with a larger search document than PostgreSQL takes.
    pub search_text: SearchText,
    /// Bytes of text that are not UTF-8.
    pub invalid_utf8: InvalidUtf8,
    /// What replaces NULL if the target refuses it; `None` refuses the row.
    pub null_value: Option<&'static [u8]>,
    /// What replaces a value that does not fit for another reason than its length.
    pub replacement: Option<Replacement>,
    /// The reasons for which a row is left out by decision.
    pub left_out: Vec<Reason>,
    /// The rows that a value may refer to, if rows without one are left out by decision.
    pub parents: Option<Arc<ParentKeys>>,
}

/// The keys of a table that others refer to, by their hashes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ParentKeys(HashSet<u64>);

impl ParentKeys {
    /// Adds a key.
    pub fn add(&mut self, key: &[u8]) {
        self.0.insert(Self::hash(key));
    }

    /// Whether there is a row with that key.
    #[must_use]
    pub fn contains(&self, key: &[u8]) -> bool {
        self.0.contains(&Self::hash(key))
    }

    /// The same in every run.
    fn hash(key: &[u8]) -> u64 {
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        hasher.finish()
    }
}

/// What replaces a value that does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Replacement {
    /// NULL.
    Null,
    /// This value.
    Value(Arc<[u8]>),
    /// The nearest number that the column takes; other values are refused.
    Nearest,
    /// The same JSON with U+FFFD for each escape of NUL; other values are refused.
    MarkNul,
}

impl Policy {
    /// The policies for a column of Mattermost, by the names of the table and the column on either side.
    ///
    /// A bare `null` becomes `{}` in the columns that Mattermost decodes as objects. So does an empty text,
    /// also if the column is NOT NULL; in other columns it becomes NULL, for which Mattermost has its own
    /// empty value: not every column contains an object.
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

/// Returns the policies of each column, by the target's name of its table.
pub type PolicyOf = Arc<dyn Fn(&str, &Column) -> Policy + Send + Sync>;

/// The policy for NUL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NulCharacters {
    /// Remove it; reject the value if this makes two keys of an object equal.
    #[default]
    Remove,
    /// Reject the value.
    Fail,
}

/// The policy for half of a surrogate pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LoneSurrogates {
    /// Reject the value.
    #[default]
    Fail,
    /// Write U+FFFD instead; reject the value if this makes two keys of an object equal.
    Replace,
}

/// The policy for an empty text in a column of JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EmptyJson {
    /// Write `{}`.
    #[default]
    Object,
    /// Write NULL.
    Null,
    /// Reject the value.
    Fail,
}

/// The policy for JSON that is a bare `null`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum JsonNull {
    /// Keep it, because it is valid JSON.
    #[default]
    Keep,
    /// Write `{}`, for a column in which Mattermost needs an object.
    Object,
    /// Reject the value.
    Fail,
}

/// The policy for text with too many characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Overflow {
    /// Reject the value.
    #[default]
    Fail,
    /// Cut it after the last character that fits.
    Truncate,
    /// Cut it after the last word that fits.
    TruncateWords,
    /// Cut it before its extension, as the name of a file.
    TruncateName,
    /// Drop whole elements from the end of a JSON list of strings; refuse other text.
    TruncateList,
    /// Write an empty text.
    Empty,
    /// Write NULL.
    Null,
}

/// What to do with text whose search document is too large for an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SearchText {
    /// Keep it; the index may not be built.
    #[default]
    Keep,
    /// Cut it before the first word that does not fit.
    Shorten,
}

/// What to do with bytes of text that are not UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum InvalidUtf8 {
    /// Refuse the value.
    #[default]
    Fail,
    /// Write U+FFFD instead.
    Replace,
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
