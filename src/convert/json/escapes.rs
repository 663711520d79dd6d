//! The escapes in a JSON string, and the text that it represents.

use std::ops::Range;

/// The meaning of an escape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Escape {
    /// A character, which may take two escapes that form a surrogate pair.
    Character(char),
    /// Half of a surrogate pair without the other half.
    LoneSurrogate(u16),
}

/// Each escape with its position in `raw`, the text between the quotes of a valid string.
pub(super) fn escapes(raw: &[u8]) -> impl Iterator<Item = (Range<usize>, Escape)> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + memchr::memchr(b'\\', &raw[at..])?;
        let (length, escape) = read(&raw[start..]);
        at = start + length;
        Some((start..at, escape))
    })
}

/// The escape at the start of `raw`, and its length.
fn read(raw: &[u8]) -> (usize, Escape) {
    let character = match raw[1] {
        b'u' => return read_unicode(raw),
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        itself => char::from(itself),
    };
    (2, Escape::Character(character))
}

fn read_unicode(raw: &[u8]) -> (usize, Escape) {
    let unit = unit(raw).expect("four digits follow in a valid string");
    if let Some(character) = char::from_u32(u32::from(unit)) {
        return (6, Escape::Character(character));
    }
    let units = [Some(unit), raw.get(6..).and_then(self::unit)].into_iter().flatten();
    match char::decode_utf16(units).next() {
        Some(Ok(character)) => (12, Escape::Character(character)),
        _ => (6, Escape::LoneSurrogate(unit)),
    }
}

/// The number of a `\uXXXX` at the start.
fn unit(raw: &[u8]) -> Option<u16> {
    let digits = raw.strip_prefix(b"\\u")?.get(..4)?;
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

/// The text that `raw` represents, in UTF-8; lone surrogates in the same pattern of three bytes, so that
/// different strings stay different.
pub(super) fn unescape(raw: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(raw.len());
    let mut copied = 0;
    for (place, escape) in escapes(raw) {
        plain.extend_from_slice(&raw[copied..place.start]);
        match escape {
            Escape::Character(character) => {
                plain.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            }
            Escape::LoneSurrogate(unit) => plain.extend_from_slice(&three_bytes(unit)),
        }
        copied = place.end;
    }
    plain.extend_from_slice(&raw[copied..]);
    plain
}

fn three_bytes(unit: u16) -> [u8; 3] {
    let [high, low] = unit.to_be_bytes();
    [0xe0 | high >> 4, 0x80 | (high & 0x0f) << 2 | low >> 6, 0x80 | low & 0x3f]
}

#[cfg(test)]
mod tests {
    use super::{Escape, escapes, unescape};

    #[test]
    fn every_escape_is_read() {
        let text = r#"\"\\\/\b\f\n\r\té\u00e9\uD83D\uDE00"#;
        assert_eq!(unescape(text.as_bytes()), "\"\\/\u{8}\u{c}\n\r\téé😀".as_bytes());
    }

    #[test]
    fn halves_of_pairs_stay_apart() {
        let found: Vec<Escape> = escapes(br"\ude00\ud83dx\ud83d\n\ud83d\ud83d\ude00")
            .map(|(_, escape)| escape)
            .collect();
        assert_eq!(
            found,
            [
                Escape::LoneSurrogate(0xde00),
                Escape::LoneSurrogate(0xd83d),
                Escape::LoneSurrogate(0xd83d),
                Escape::Character('\n'),
                Escape::LoneSurrogate(0xd83d),
                Escape::Character('😀'),
            ]
        );
        assert_eq!(unescape(br"\ud83d"), b"\xed\xa0\xbd");
    }

    #[test]
    fn only_an_odd_number_of_backslashes_escapes() {
        let nuls = |text: &str| {
            escapes(text.as_bytes()).filter(|(_, e)| *e == Escape::Character('\0')).count()
        };
        assert_eq!(nuls(r"C:\\u0000dir"), 0);
        assert_eq!(nuls(r"\\\u0000"), 1);
        assert_eq!(nuls(r"\u0000\u0000"), 2);
    }
}
