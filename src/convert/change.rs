//! What was done to a value to make it fit.

use serde::Serialize;

use super::Reason;

/// A change made to a value on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Transform {
    /// NUL bytes were taken out of text.
    RemoveNulBytes,
    /// Escapes of NUL were taken out of JSON.
    RemoveNulEscapes,
    /// Halves of surrogate pairs in JSON became U+FFFD.
    ReplaceLoneSurrogates,
    /// An empty text became `{}`.
    EmptyJsonToObject,
    /// An empty text became NULL.
    EmptyJsonToNull,
    /// A bare JSON `null` became `{}`.
    JsonNullToObject,
    /// A JSON array became an array of PostgreSQL.
    ArrayFromJson,
    /// Text was cut to the column's length.
    Truncate,
    /// Text too long for the column became NULL.
    OverflowToNull,
}

impl Transform {
    /// Every transform, each at the place that its discriminant names.
    pub const ALL: [Self; 9] = [
        Self::RemoveNulBytes,
        Self::RemoveNulEscapes,
        Self::ReplaceLoneSurrogates,
        Self::EmptyJsonToObject,
        Self::EmptyJsonToNull,
        Self::JsonNullToObject,
        Self::ArrayFromJson,
        Self::Truncate,
        Self::OverflowToNull,
    ];

    /// Its stable name.
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
        }
    }

    /// The trouble it clears; none for an array, which only changes its spelling.
    #[must_use]
    pub fn clears(self) -> Option<Reason> {
        match self {
            Self::RemoveNulBytes => Some(Reason::NulByte),
            Self::RemoveNulEscapes => Some(Reason::NulEscape),
            Self::ReplaceLoneSurrogates => Some(Reason::LoneSurrogate),
            Self::EmptyJsonToObject | Self::EmptyJsonToNull => Some(Reason::EmptyJson),
            Self::JsonNullToObject => Some(Reason::JsonNull),
            Self::ArrayFromJson => None,
            Self::Truncate | Self::OverflowToNull => Some(Reason::TooLong),
        }
    }
}

/// A value that does not arrive as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What was done, in order; never empty.
    pub transforms: Vec<Transform>,
    /// The value that arrives, as PostgreSQL reads it; `None` for NULL.
    pub replacement: Option<Vec<u8>>,
}

impl Change {
    /// Whether the value itself is another: the spelling of an array is none.
    #[must_use]
    pub fn is_alteration(&self) -> bool {
        self.transforms.iter().any(|transform| transform.clears().is_some())
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
            if let Some(reason) = transform.clears() {
                assert_eq!(serde_json::json!(reason), reason.id());
            }
        }
        assert_eq!(serde_json::json!(Reason::InvalidUtf8), Reason::InvalidUtf8.id());
    }
}
