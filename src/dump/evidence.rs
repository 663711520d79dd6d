//! Signs in a text that characters were lost or re-encoded earlier.

use super::reencoding::Reencoding;

/// Signs in one text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Evidence {
    /// `?` before a character that only follows an emoji: the emoji was replaced.
    pub has_question_mark: bool,
    /// U+FFFD, which decoders write for bytes that they cannot read.
    pub has_replacement: bool,
    /// Whether the text is UTF-8 whose bytes were read in another encoding.
    pub reencoding: Reencoding,
}

/// Whether a text begins with what only follows an emoji: a variation selector, a joiner, a skin tone.
fn follows_emoji(text: &[u8]) -> bool {
    matches!(
        text,
        [0xef, 0xb8, 0x8f, ..] | [0xe2, 0x80, 0x8d, ..] | [0xf0, 0x9f, 0x8f, 0xbb..=0xbf, ..]
    )
}

/// Whether characters of a text were lost: an emoji, or bytes that a decoder could not read.
#[must_use]
pub fn has_lost_characters(text: &[u8]) -> bool {
    has_question_mark(text) || has_replacement(text)
}

fn has_question_mark(text: &[u8]) -> bool {
    memchr::memchr_iter(b'?', text).any(|place| follows_emoji(&text[place + 1..]))
}

fn has_replacement(text: &[u8]) -> bool {
    memchr::memmem::find(text, "\u{fffd}".as_bytes()).is_some()
}

impl Evidence {
    /// Checks a text with characters beyond ASCII.
    #[must_use]
    pub fn of(text: &[u8]) -> Self {
        Self {
            has_question_mark: has_question_mark(text),
            has_replacement: has_replacement(text),
            reencoding: std::str::from_utf8(text).map(Reencoding::of).unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Evidence;

    #[test]
    fn a_question_mark_before_what_follows_emojis_is_a_lost_emoji() {
        for text in ["hi ?\u{fe0f}", "?\u{200d}♂", "?\u{1f3fd}"] {
            assert!(Evidence::of(text.as_bytes()).has_question_mark, "{text}");
        }
        for text in ["why? é", "?", "❤\u{fe0f} ?", "👍🏽", "won?🏆"] {
            assert!(!Evidence::of(text.as_bytes()).has_question_mark, "{text}");
        }
        assert!(Evidence::of("a\u{fffd}".as_bytes()).has_replacement);
    }
}
