//! Transforms: changes that make a value fit.

use schemars::JsonSchema;
use serde::Serialize;

/// A change to a value during the copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Transform {
    /// Removed NUL bytes from text.
    RemoveNulBytes,
    /// Removed escapes of NUL from JSON.
    RemoveNulEscapes,
    /// Replaced halves of surrogate pairs in JSON with U+FFFD.
    ReplaceLoneSurrogates,
    /// Replaced an empty text with `{}`.
    EmptyJsonToObject,
    /// Replaced an empty text with NULL.
    EmptyJsonToNull,
    /// Replaced a bare JSON `null` with `{}`.
    JsonNullToObject,
    /// Converted a JSON array to a PostgreSQL array.
    ArrayFromJson,
    /// Cut text to the column's length.
    Truncate,
    /// Replaced text that is too long with NULL.
    OverflowToNull,
    /// Text too long for the column became an empty text.
    OverflowToEmpty,
    /// Whole elements were dropped from the end of a JSON list.
    TruncateList,
    /// Bytes that are not UTF-8 became U+FFFD.
    ReplaceInvalidUtf8,
    /// NULL became the value that means nothing.
    ReplaceNull,
    /// A value that does not fit was replaced as decided for its column.
    ReplaceValue,
    /// Text was cut to a search document that PostgreSQL takes.
    ShortenForSearch,
}

impl Transform {
    /// Every transform, at the index of its discriminant.
    pub const ALL: [Self; 15] = [
        Self::RemoveNulBytes,
        Self::RemoveNulEscapes,
        Self::ReplaceLoneSurrogates,
        Self::EmptyJsonToObject,
        Self::EmptyJsonToNull,
        Self::JsonNullToObject,
        Self::ArrayFromJson,
        Self::Truncate,
        Self::OverflowToNull,
        Self::OverflowToEmpty,
        Self::TruncateList,
        Self::ReplaceInvalidUtf8,
        Self::ReplaceNull,
        Self::ReplaceValue,
        Self::ShortenForSearch,
    ];

    /// The stable name.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::RemoveNulBytes => "remove-nul-bytes",
            Self::RemoveNulEscapes => "remove-nul-escapes",
            Self::ReplaceLoneSurrogates => "replace-lone-surrogates",
            Self::EmptyJsonToObject => "empty-json-to-object",
            Self::EmptyJsonToNull => "empty-json-to-null",
            Self::JsonNullToObject => "json-null-to-object",
            Self::ArrayFromJson => "array-from-json",
            Self::Truncate => "truncate",
            Self::OverflowToNull => "overflow-to-null",
            Self::OverflowToEmpty => "overflow-to-empty",
            Self::TruncateList => "truncate-list",
            Self::ReplaceInvalidUtf8 => "replace-invalid-utf8",
            Self::ReplaceNull => "replace-null",
            Self::ReplaceValue => "replace-value",
            Self::ShortenForSearch => "shorten-for-search",
        }
    }
}

impl Transform {
    /// What it does, for people.
    #[must_use]
    pub fn description(self) -> &'static str {
        match self {
            Self::RemoveNulBytes => "NUL bytes removed",
            Self::RemoveNulEscapes => "escapes `\\u0000` removed",
            Self::ReplaceLoneSurrogates => "halves of surrogate pairs replaced with U+FFFD",
            Self::EmptyJsonToObject => "empty texts replaced with `{}`",
            Self::EmptyJsonToNull => "empty texts replaced with NULL",
            Self::JsonNullToObject => "JSON `null` replaced with `{}`",
            Self::ArrayFromJson => "JSON lists stored as arrays",
            Self::Truncate => "texts cut to the column's length",
            Self::OverflowToNull => "texts that are too long replaced with NULL",
            Self::OverflowToEmpty => "texts that are too long replaced with an empty text",
            Self::TruncateList => "lists cut after a whole entry",
            Self::ReplaceInvalidUtf8 => "bytes that are not UTF-8 replaced with U+FFFD",
            Self::ReplaceNull => "NULL replaced",
            Self::ReplaceValue => "values replaced as decided",
            Self::ShortenForSearch => "texts cut for the full-text index",
        }
    }
}

/// A changed value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The transforms, in order; never empty.
    pub transforms: Vec<Transform>,
    /// The new value in PostgreSQL's text form; `None` for NULL.
    pub replacement: Option<Vec<u8>>,
}

impl Change {
    /// Whether the value itself changed, which an array's does not.
    #[must_use]
    pub fn is_alteration(&self) -> bool {
        self.transforms.iter().any(|transform| *transform != Transform::ArrayFromJson)
    }
}

#[cfg(test)]
mod tests {
    use super::Transform;
    use crate::convert::Reason;

    #[test]
    fn ids_are_what_reports_print() {
        for (place, transform) in Transform::ALL.into_iter().enumerate() {
            assert_eq!(transform as usize, place);
            assert_eq!(serde_json::json!(transform), transform.id());
        }
        assert_eq!(serde_json::json!(Reason::InvalidUtf8), Reason::InvalidUtf8.id());
    }
}
