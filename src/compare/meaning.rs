//! The meaning and the weight of a difference.

use super::Weight;

/// A sentence without a full stop, and its weight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Meaning {
    pub(super) weight: Weight,
    pub(super) text: String,
}

impl Meaning {
    pub(super) fn matters(text: impl Into<String>) -> Self {
        Self { weight: Weight::Matters, text: text.into() }
    }

    pub(super) fn harmless(text: impl Into<String>) -> Self {
        Self { weight: Weight::Harmless, text: text.into() }
    }

    /// Joins meanings; the weight is the highest of them.
    pub(super) fn all(parts: impl IntoIterator<Item = Self>) -> Self {
        let parts: Vec<Self> = parts.into_iter().collect();
        let weight = parts.iter().map(|part| part.weight).min().unwrap_or(Weight::Harmless);
        let texts: Vec<String> = parts.into_iter().map(|part| part.text).collect();
        Self { weight, text: texts.join("; ") }
    }
}
