//! Reasons why a value does not fit its column on PostgreSQL.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

/// Why a value cannot arrive unchanged. The ids are those of the checks and reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// Text contains a NUL byte, which PostgreSQL's text types reject.
    NulByte,
    /// JSON contains the escape of NUL, which `jsonb` rejects.
    NulEscape,
    /// Two keys of one object would become equal by the removal of NUL escapes.
    KeysMerge,
    /// JSON contains half of a surrogate pair, which `jsonb` rejects.
    LoneSurrogate,
    /// JSON contains a number outside PostgreSQL's `numeric`, which `jsonb` rejects.
    JsonNumber,
    /// JSON is nested deeper than either side reads.
    JsonDepth,
    /// The text is not JSON.
    InvalidJson,
    /// The text is empty in a column of JSON.
    EmptyJson,
    /// JSON is a bare `null` where Mattermost needs an object.
    JsonNull,
    /// JSON is not an array of strings in an array column.
    NotStringArray,
    /// Text has more characters than the column takes.
    TooLong,
    /// Text is not UTF-8.
    InvalidUtf8,
    /// A number is outside the range of the column's type.
    OutOfRange,
    /// The text is not a number.
    NotNumber,
    /// A number is neither 0 nor 1 in a boolean column.
    NotBoolean,
    /// The target's enumerated type has no such label.
    UnknownEnumLabel,
    /// A date or time is not in the calendar, such as MySQL's `0000-00-00`.
    InvalidDate,
    /// A local time is in an hour that the clock showed twice, or never, and no other column decides.
    AmbiguousTime,
    /// NULL in a column that rejects it.
    NullNotAllowed,
    /// The row that the value refers to is missing.
    ForeignKey,
}

impl Reason {
    /// The stable name.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::NulByte => "nul-byte",
            Self::NulEscape => "nul-escape",
            Self::KeysMerge => "keys-merge",
            Self::LoneSurrogate => "lone-surrogate",
            Self::JsonNumber => "json-number",
            Self::JsonDepth => "json-depth",
            Self::InvalidJson => "invalid-json",
            Self::EmptyJson => "empty-json",
            Self::JsonNull => "json-null",
            Self::NotStringArray => "not-string-array",
            Self::TooLong => "too-long",
            Self::InvalidUtf8 => "invalid-utf8",
            Self::OutOfRange => "out-of-range",
            Self::NotNumber => "not-number",
            Self::NotBoolean => "not-boolean",
            Self::UnknownEnumLabel => "unknown-enum-label",
            Self::InvalidDate => "invalid-date",
            Self::AmbiguousTime => "ambiguous-time",
            Self::NullNotAllowed => "null-not-allowed",
            Self::ForeignKey => "foreign-key",
        }
    }
}

/// The reason as the end of `column X: …`.
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NulByte => "text contains a NUL byte",
            Self::NulEscape => "JSON contains the escape `\\u0000`",
            Self::KeysMerge => "two keys of a JSON object would become equal",
            Self::LoneSurrogate => "JSON contains an unpaired surrogate",
            Self::JsonNumber => "JSON contains a number that PostgreSQL cannot store",
            Self::JsonDepth => "JSON is nested too deeply",
            Self::InvalidJson => "text is not JSON",
            Self::EmptyJson => "text is empty, in a column of JSON",
            Self::JsonNull => "JSON is null, where an object is needed",
            Self::NotStringArray => "JSON is not an array of strings",
            Self::TooLong => "text has too many characters",
            Self::InvalidUtf8 => "text is not UTF-8",
            Self::OutOfRange => "number is outside the range of the column's type",
            Self::NotNumber => "text is not a number",
            Self::NotBoolean => "number is neither 0 nor 1",
            Self::UnknownEnumLabel => "label is not in the target's enumerated type",
            Self::InvalidDate => "not a valid date or time",
            Self::AmbiguousTime => "local time is in a repeated or skipped hour",
            Self::NullNotAllowed => "NULL, in a column that is NOT NULL",
            Self::ForeignKey => "referenced row is missing",
        })
    }
}
