//! JSON, validated as PostgreSQL does and kept byte for byte.
//!
//! The rules follow PostgreSQL's parser (`src/common/jsonapi.c`): `json` requires RFC 8259 and accepts any
//! escape; `jsonb` also requires text and numbers that it can store.

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
pub use repair::{Repaired, mark_nul_escapes, remove_nul_escapes, replace_lone_surrogates};

use super::{Reason, text};
use escapes::{Escape, escapes};
use tokens::{Kind, Tokens};

/// The maximum levels of nesting.
///
/// Go's `encoding/json`, and so Mattermost, reads no more; PostgreSQL accepts about 13,000 at the default
/// `max_stack_depth`.
pub const MAXIMUM_DEPTH: usize = 10_000;

/// The target's type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JsonType {
    /// `json`, which stores the text.
    Json,
    /// `jsonb`, which stores the meaning of the text.
    Jsonb,
}

/// Why a text is invalid, and at which byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Invalid {
    pub reason: Reason,
    /// The byte of the error.
    pub offset: usize,
}

/// Checks that PostgreSQL accepts the text; otherwise returns the first error.
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

/// Checks that `jsonb` can store the current token.
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

/// Why `jsonb` rejects an escape.
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

/// The text without the whitespace that JSON allows around it.
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
    fn a_bare_null_is_distinguished_from_the_word() {
        assert!(is_null(b" null\n"));
        assert!(!is_null(b"\"null\""));
        assert!(!is_null(b"[null]"));
    }
}
