//! Text: what PostgreSQL's text types refuse, and how long a text is.

use std::borrow::Cow;

use unicode_segmentation::GraphemeCursor;

/// The text as UTF-8, or the place of its first byte that is not.
pub fn validate(bytes: &[u8]) -> Result<&str, usize> {
    std::str::from_utf8(bytes).map_err(|error| error.valid_up_to())
}

/// The text with U+FFFD for the bytes that are not UTF-8. So does Mattermost's own interface deliver it (Go,
/// `encoding/json`).
#[must_use]
pub fn replace_invalid(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

/// Whether the text holds a NUL byte.
#[must_use]
pub fn has_nul(text: &[u8]) -> bool {
    memchr::memchr(0, text).is_some()
}

/// The text without its NUL bytes.
#[must_use]
pub fn remove_nul_bytes(text: &[u8]) -> Cow<'_, [u8]> {
    if has_nul(text) {
        Cow::Owned(text.iter().copied().filter(|&byte| byte != 0).collect())
    } else {
        Cow::Borrowed(text)
    }
}

/// Whether the text has more than `limit` characters.
///
/// A character is a Unicode code point, as for `varchar(n)` on PostgreSQL and `CHAR_LENGTH` on MySQL.
#[must_use]
pub fn exceeds(text: &str, limit: usize) -> bool {
    text.len() > limit && text.chars().count() > limit
}

/// The text's beginning, of at most `limit` characters.
///
/// It ends where a reader sees a character end (a grapheme cluster of Unicode's annex 29), so that
/// no letter loses its accent and no emoji falls apart into others; only where one such cluster is
/// longer than the limit is it cut inside.
#[must_use]
pub fn truncate(text: &str, limit: usize) -> &str {
    let Some((end, _)) = text.char_indices().nth(limit) else { return text };
    let mut cursor = GraphemeCursor::new(end, text.len(), true);
    let boundary = match cursor.is_boundary(text, 0) {
        Ok(true) => Some(end),
        _ => cursor.prev_boundary(text, 0).ok().flatten(),
    };
    &text[..boundary.filter(|&boundary| boundary > 0).unwrap_or(end)]
}

#[cfg(test)]
mod tests {
    use super::{exceeds, remove_nul_bytes, truncate, validate};

    #[test]
    fn bytes_that_are_not_utf8_are_placed() {
        assert_eq!(validate("día".as_bytes()), Ok("día"));
        assert_eq!(validate(b"ab\xff"), Err(2));
        assert_eq!(validate(b"\xed\xa0\x80"), Err(0), "a surrogate");
        assert_eq!(validate(b"\xc0\x80"), Err(0), "overlong");
    }

    #[test]
    fn nul_bytes_go_and_the_rest_stays() {
        assert_eq!(&*remove_nul_bytes(b"\0a\0\0b"), b"ab");
        assert_eq!(&*remove_nul_bytes(b"\\0a"), b"\\0a");
    }

    #[test]
    fn length_is_in_characters() {
        assert!(!exceeds("日本語", 3));
        assert!(exceeds("日本語", 2));
        assert!(!exceeds("😀😀", 2));
        assert_eq!(truncate("日本語", 2), "日本");
        assert_eq!(truncate("ab", 2), "ab");
        assert_eq!(truncate("ab", 0), "");
    }

    #[test]
    fn no_character_that_a_reader_sees_is_split() {
        assert_eq!(truncate("ae\u{301}b", 2), "a", "an accent");
        assert_eq!(truncate("x👩\u{200d}👩\u{200d}👧", 4), "x", "a family");
        assert_eq!(truncate("x👍🏽", 2), "x", "a skin tone");
        assert_eq!(truncate("🇩🇪🇫🇷", 3), "🇩🇪", "flags");
        assert_eq!(truncate("a\r\nb", 2), "a");
        assert_eq!(truncate("e\u{301}\u{301}", 2), "e\u{301}", "one cluster beyond the limit");
    }
}
