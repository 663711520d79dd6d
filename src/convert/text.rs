//! Text: validity for PostgreSQL's text types, and length.

use std::borrow::Cow;

use unicode_segmentation::GraphemeCursor;

/// The text as UTF-8, or the position of the first invalid byte.
pub fn validate(bytes: &[u8]) -> Result<&str, usize> {
    simdutf8::compat::from_utf8(bytes).map_err(|error| error.valid_up_to())
}

/// The text with U+FFFD for bytes that are not UTF-8, as Mattermost's own API delivers it (Go,
/// `encoding/json`).
#[must_use]
pub fn replace_invalid(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

/// Whether text contains a NUL byte.
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

/// The start of the text, of at most `limit` characters.
///
/// The cut is at the end of a grapheme cluster (Unicode's annex 29), so that no letter loses its accent and
/// no emoji falls apart. Only a cluster that is longer than the limit is cut inside.
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

/// The longest extension that is taken for one, with its dot.
const LONGEST_EXTENSION: usize = 16;

/// The beginning of a file's name, and its extension: at most `limit` characters.
#[must_use]
pub fn truncate_name(name: &str, limit: usize) -> String {
    let extension = match name.rfind('.') {
        Some(dot) if dot > 0 && name[dot..].chars().count() <= LONGEST_EXTENSION => &name[dot..],
        _ => "",
    };
    let stem = &name[..name.len() - extension.len()];
    let left = limit.saturating_sub(extension.chars().count());
    format!("{}{extension}", truncate(stem, left))
}

/// The words, separated by spaces, that fit into `limit` characters.
#[must_use]
pub fn truncate_words(words: &str, limit: usize) -> &str {
    let start = truncate(words, limit);
    let is_between = words[start.len()..].starts_with(' ');
    let end = if is_between { start.len() } else { start.rfind(' ').unwrap_or_default() };
    start[..end].trim_end_matches(' ')
}

#[cfg(test)]
mod tests {
    use super::{exceeds, remove_nul_bytes, truncate, truncate_name, truncate_words, validate};

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
        assert_eq!(truncate("x👩\u{200d}👩\u{200d}👧", 4), "x", "one grapheme");
        assert_eq!(truncate("x👍🏽", 2), "x", "a skin tone");
        assert_eq!(truncate("🇩🇪🇫🇷", 3), "🇩🇪", "flags");
        assert_eq!(truncate("a\r\nb", 2), "a");
        assert_eq!(truncate("e\u{301}\u{301}", 2), "e\u{301}", "one cluster beyond the limit");
    }

    #[test]
    fn names_keep_their_extension_and_words_stay_whole() {
        assert_eq!(truncate_name("a.tar.gz", 5), "a..gz");
        assert_eq!(truncate_name(".hidden", 4), ".hid");
        assert_eq!(truncate_name("a.no extension at all", 4), "a.no");
        assert_eq!(truncate_words("#ab #cd", 6), "#ab");
        assert_eq!(truncate_words("#ab #cd #ef", 7), "#ab #cd");
        assert_eq!(truncate_words("#abcdef", 3), "");
    }
}
