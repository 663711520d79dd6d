//! JSON as PostgreSQL judges it, text kept byte for byte.
//!
//! What is valid follows PostgreSQL's own parser (`src/common/jsonapi.c`): `json` wants RFC 8259 and
//! takes any escape; `jsonb` also wants text and numbers that it can keep.

mod array;
mod canonical;
mod cursor;
mod escapes;
mod list;
mod number;
mod repair;
mod tokens;

pub use array::array_literal;
pub use canonical::write_canonical;
pub use list::{StringList, read_string_list, write_string_list};
pub use repair::{Repaired, remove_nul_escapes, replace_lone_surrogates};

use super::{Reason, text};
use escapes::{Escape, escapes};
use tokens::{Kind, Tokens};

/// The most levels of nesting taken.
///
/// Go's `encoding/json`, and so Mattermost, reads no more; PostgreSQL takes some 13,000 at its default
/// `max_stack_depth`.
pub const MAXIMUM_DEPTH: usize = 10_000;

/// The type that the text is to become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JsonType {
    /// `json`, which keeps the text.
    Json,
    /// `jsonb`, which keeps what the text means.
    Jsonb,
}

/// Why, and from which byte on, a text is not valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Invalid {
    /// What is wrong.
    pub reason: Reason,
    /// The byte at which it shows.
    pub offset: usize,
}

/// Checks that PostgreSQL takes the text; otherwise says the first thing that is wrong.
pub fn validate(value: &[u8], json_type: JsonType) -> Result<(), Invalid> {
    text::validate(value).map_err(|offset| Invalid { reason: Reason::InvalidUtf8, offset })?;
    let mut tokens = Tokens::new(value);
    while let Some(kind) = tokens.advance()? {
        if json_type == JsonType::Jsonb {
            check_for_jsonb(kind, &tokens)?;
        }
    }
    Ok(())
}

/// Checks that `jsonb` can keep the token moved to.
fn check_for_jsonb(kind: Kind, tokens: &Tokens<'_>) -> Result<(), Invalid> {
    let start = tokens.place().start;
    match kind {
        Kind::EscapedKey | Kind::EscapedString => {
            for (place, escape) in escapes(tokens.raw()) {
                if let Some(reason) = refusal(escape) {
                    return Err(Invalid { reason, offset: start + place.start });
                }
            }
            Ok(())
        }
        Kind::Number if !number::fits(tokens.raw()) => {
            Err(Invalid { reason: Reason::JsonNumber, offset: start })
        }
        _ => Ok(()),
    }
}

/// Why `jsonb` refuses what an escape stands for.
fn refusal(escape: Escape) -> Option<Reason> {
    match escape {
        Escape::Character('\0') => Some(Reason::NulEscape),
        Escape::Character(_) => None,
        Escape::LoneSurrogate(_) => Some(Reason::LoneSurrogate),
    }
}

/// Whether the text is a bare `null`.
#[must_use]
pub fn is_null(value: &[u8]) -> bool {
    value.len() >= 4 && trim(value) == b"null"
}

/// The text without the white space that JSON allows around it.
fn trim(value: &[u8]) -> &[u8] {
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
    let start = value.iter().take_while(|byte| is_space(byte)).count();
    let rest = &value[start..];
    let end = rest.len() - rest.iter().rev().take_while(|byte| is_space(byte)).count();
    &rest[..end]
}

#[cfg(test)]
mod tests {
    use super::{Invalid, JsonType, MAXIMUM_DEPTH, is_null, validate};
    use crate::convert::Reason;

    fn reason(text: &str, json_type: JsonType) -> Option<Reason> {
        validate(text.as_bytes(), json_type).err().map(|invalid| invalid.reason)
    }

    #[test]
    fn json_takes_escapes_and_numbers_that_jsonb_refuses() {
        for (text, refusal) in [
            (r#""\u0000""#, Reason::NulEscape),
            (r#"{"a\\\u0000":1}"#, Reason::NulEscape),
            (r#""\ud83d""#, Reason::LoneSurrogate),
            (r#""\ude00""#, Reason::LoneSurrogate),
            (r#""\ud83d\ud83d\ude00""#, Reason::LoneSurrogate),
            (r#"[1, {"a": 1e131072}]"#, Reason::JsonNumber),
        ] {
            assert_eq!(reason(text, JsonType::Json), None, "{text}");
            assert_eq!(reason(text, JsonType::Jsonb), Some(refusal), "{text}");
        }
        for text in [r#""C:\\u0000dir""#, r#""\\\\u0000""#, r#""\uD83D\ude00""#, r#""u0000""#] {
            assert_eq!(reason(text, JsonType::Jsonb), None, "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_placed() {
        let at = |reason, offset| Err(Invalid { reason, offset });
        let jsonb = |text: &[u8]| validate(text, JsonType::Jsonb);
        assert_eq!(jsonb(br#"{"a":"b\u0000"}"#), at(Reason::NulEscape, 7));
        assert_eq!(jsonb(br#"{"a":}"#), at(Reason::InvalidJson, 5));
        assert_eq!(jsonb(b"[\"\xff\"]"), at(Reason::InvalidUtf8, 2));
        assert_eq!(jsonb(b""), at(Reason::EmptyJson, 0));
        assert_eq!(jsonb(b" \n"), at(Reason::EmptyJson, 2));
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(reason(&nested(MAXIMUM_DEPTH), JsonType::Json), None);
        assert_eq!(reason(&nested(MAXIMUM_DEPTH + 1), JsonType::Json), Some(Reason::JsonDepth));
    }

    #[test]
    fn a_bare_null_is_told_from_the_word() {
        assert!(is_null(b" null\n"));
        assert!(!is_null(b"\"null\""));
        assert!(!is_null(b"[null]"));
    }
}
