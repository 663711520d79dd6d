//! Why a value does not fit its column on PostgreSQL.

use std::fmt;

use serde::Serialize;

/// What keeps a value from arriving as it is. The ids are those of the checks and reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// Text holds a NUL byte, which no text type of PostgreSQL takes.
    NulByte,
    /// JSON holds the escape of NUL, which `jsonb` does not take.
    NulEscape,
    /// Two keys of one object would become the same once the characters that do not fit are gone.
    KeysMerge,
    /// JSON holds half of a surrogate pair, which `jsonb` does not take.
    LoneSurrogate,
    /// JSON holds a number beyond PostgreSQL's `numeric`, which `jsonb` does not take.
    JsonNumber,
    /// JSON is nested deeper than either side reads.
    JsonDepth,
    /// The text is not JSON.
    InvalidJson,
    /// The text is empty where JSON is needed.
    EmptyJson,
    /// JSON is a bare `null` where Mattermost needs an object.
    JsonNull,
    /// JSON is no array of strings where the target has an array.
    NotStringArray,
    /// Text has more characters than the column takes.
    TooLong,
    /// Text is not UTF-8.
    InvalidUtf8,
    /// A number is beyond the column's type.
    OutOfRange,
    /// The text is no number where one is needed.
    NotNumber,
    /// A number other than 0 and 1 where a truth is needed.
    NotBoolean,
    /// The target's enumerated type has no such label.
    UnknownEnumLabel,
    /// A day or a time that the calendar does not have, such as MySQL's `0000-00-00`.
    InvalidDate,
    /// A local time that the clock showed twice, or never, and no other column decides.
    AmbiguousTime,
    /// NULL where the target refuses it.
    NullNotAllowed,
}

impl Reason {
    /// Its stable name.
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
        }
    }
}

/// Says it to a person, as the end of `column X: …`.
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NulByte => "the text holds a NUL byte",
            Self::NulEscape => "the JSON holds the escape of NUL",
            Self::KeysMerge => "two keys of a JSON object would become the same",
            Self::LoneSurrogate => "the JSON holds half of a surrogate pair",
            Self::JsonNumber => "the JSON holds a number that PostgreSQL cannot keep",
            Self::JsonDepth => "the JSON is nested too deep",
            Self::InvalidJson => "the text is not JSON",
            Self::EmptyJson => "the text is empty where JSON is needed",
            Self::JsonNull => "the JSON is a bare null where an object is needed",
            Self::NotStringArray => "the JSON is no array of strings",
            Self::TooLong => "the text has too many characters",
            Self::InvalidUtf8 => "the text is not UTF-8",
            Self::OutOfRange => "the number is beyond the column's type",
            Self::NotNumber => "the text is no number",
            Self::NotBoolean => "the number is neither 0 nor 1",
            Self::UnknownEnumLabel => "the target's enumeration has no such label",
            Self::InvalidDate => "the calendar has no such day or time",
            Self::AmbiguousTime => "the local time is in a repeated or skipped hour",
            Self::NullNotAllowed => "the column takes no NULL",
        })
    }
}
