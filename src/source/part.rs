//! A part of a table's rows.

use std::ops;

use crate::mysql::{Bound, Range};

/// The prefix of an encoded offset in a dump, which no encoded key has.
const BYTE: char = '@';

/// A part of a table's rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part(pub(super) PartKind);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PartKind {
    /// Of a server: rows with keys in a range.
    Keys(Range),
    /// Of a dump: rows in these bytes of its uncompressed text.
    Bytes(ops::Range<u64>),
}

impl Default for Part {
    /// All rows of a server.
    fn default() -> Self {
        Self::keys(Range::default())
    }
}

impl Part {
    pub(super) fn keys(range: Range) -> Self {
        Self(PartKind::Keys(range))
    }

    pub(super) fn bytes(bytes: ops::Range<u64>) -> Self {
        Self(PartKind::Bytes(bytes))
    }

    /// The bounds as text, for [`Part::decode`].
    #[must_use]
    pub fn encode(&self) -> [Option<String>; 2] {
        match &self.0 {
            PartKind::Keys(range) => {
                [&range.lower, &range.upper].map(|it| it.as_ref().map(encode_bound))
            }
            PartKind::Bytes(bytes) => {
                [bytes.start, bytes.end].map(|it| Some(format!("{BYTE}{it}")))
            }
        }
    }

    /// The part with these bounds; `None` if [`Part::encode`] did not write them.
    #[must_use]
    pub fn decode(lower: Option<&str>, upper: Option<&str>) -> Option<Self> {
        if let [Some(start), Some(end)] = [lower, upper].map(|it| it?.strip_prefix(BYTE)) {
            return Some(Self::bytes(start.parse().ok()?..end.parse().ok()?));
        }
        let bound = |text: Option<&str>| match text {
            Some(text) => decode_bound(text).map(Some),
            None => Some(None),
        };
        Some(Self::keys(Range { lower: bound(lower)?, upper: bound(upper)? }))
    }
}

/// Hexadecimal values separated by commas, because PostgreSQL's text rejects some keys of MySQL.
fn encode_bound(bound: &Bound) -> String {
    let values: Vec<_> = bound.iter().map(hex::encode).collect();
    values.join(",")
}

fn decode_bound(text: &str) -> Option<Bound> {
    text.split(',').map(|digits| hex::decode(digits).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::{Part, Range};

    #[test]
    fn parts_are_decoded_as_they_were_encoded() {
        let bounds = [vec![b"a".to_vec()], vec![vec![0, 255], b"-7".to_vec()], vec![vec![]]];
        let mut parts: Vec<Part> = Range::between(&bounds).into_iter().map(Part::keys).collect();
        parts.extend([Part::bytes(0..0), Part::bytes(7..u64::MAX), Part::default()]);
        for part in parts {
            let [lower, upper] = part.encode();
            assert_eq!(Part::decode(lower.as_deref(), upper.as_deref()), Some(part));
        }
        assert_eq!(Part::decode(Some("@7"), None), None);
        assert_eq!(Part::decode(Some("no key"), None), None);
    }
}
