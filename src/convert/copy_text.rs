//! COPY's text format: columns separated by tabs, rows by newlines, NULL as `\N` (manual, "COPY").

use std::borrow::Cow;

/// The field for NULL.
pub const NULL: &[u8] = b"\\N";
/// The separator of columns.
pub const DELIMITER: u8 = b'\t';
/// The end of a row.
pub const END_OF_ROW: u8 = b'\n';

const BLOCK: usize = 16;

/// Appends a value with its backslashes, tabs and line breaks escaped.
///
/// Every backslash is doubled, so no value can be read as `\N` or as the end marker `\.`.
pub fn escape(value: &[u8], line: &mut Vec<u8>) {
    let mut rest = value;
    loop {
        let length = verbatim_length(rest);
        line.extend_from_slice(&rest[..length]);
        let Some((special, after)) = rest[length..].split_first() else { return };
        line.extend_from_slice(match special {
            b'\t' => b"\\t",
            b'\n' => b"\\n",
            0x0b => b"\\v",
            0x0c => b"\\f",
            b'\r' => b"\\r",
            _ => b"\\\\",
        });
        rest = after;
    }
}

/// The value of a field of COPY, as PostgreSQL writes it: escapes have one letter.
#[must_use]
pub fn unescape(field: &[u8]) -> Cow<'_, [u8]> {
    let Some(first) = memchr::memchr(b'\\', field) else { return Cow::Borrowed(field) };
    let mut value = Vec::with_capacity(field.len());
    value.extend_from_slice(&field[..first]);
    let mut rest = &field[first..];
    while let [b'\\', escaped, after @ ..] = rest {
        value.push(match escaped {
            b'b' => 0x08,
            b't' => b'\t',
            b'n' => b'\n',
            b'v' => 0x0b,
            b'f' => 0x0c,
            b'r' => b'\r',
            &itself => itself,
        });
        let length = memchr::memchr(b'\\', after).unwrap_or(after.len());
        value.extend_from_slice(&after[..length]);
        rest = &after[length..];
    }
    Cow::Owned(value)
}

/// Whether text that PostgreSQL wrote may contain a backspace, the one character that it escapes and [`escape`] does
/// not.
#[must_use]
pub fn may_have_backspace(text: &[u8]) -> bool {
    memchr::memchr_iter(b'\\', text).any(|place| text.get(place + 1) == Some(&b'b'))
}

/// Whether a value is printable ASCII without a backslash: it is then UTF-8, contains no NUL and needs no
/// escaping.
#[must_use]
pub fn is_plain(value: &[u8]) -> bool {
    let Some(last) = value.last_chunk::<BLOCK>() else {
        return !value.iter().fold(false, |found, &byte| found | is_not_plain(byte));
    };
    // The last block overlaps the one before it, so that nothing remains.
    !any(last, is_not_plain)
        && value.as_chunks::<BLOCK>().0.iter().all(|block| !any(block, is_not_plain))
}

/// The number of bytes before the first one that needs an escape.
fn verbatim_length(value: &[u8]) -> usize {
    let blocks = value.as_chunks::<BLOCK>().0.iter();
    let start = blocks.take_while(|block| !any(block, is_special)).count() * BLOCK;
    let tail = value[start..].iter().position(|&byte| is_special(byte));
    tail.map_or(value.len(), |length| start + length)
}

/// Tests the whole block without a branch, which the compiler turns into vector instructions.
fn any(block: &[u8; BLOCK], condition: impl Fn(u8) -> bool) -> bool {
    block.iter().fold(false, |found, &byte| found | condition(byte))
}

// Vertical tab and form feed do not need an escape but accept one: a range is tested faster.
fn is_special(byte: u8) -> bool {
    byte == b'\\' || (b'\t'..=b'\r').contains(&byte)
}

fn is_not_plain(byte: u8) -> bool {
    byte < 0x20 || byte == b'\\' || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use super::{escape, is_plain};

    fn escaped(value: &str) -> String {
        let mut line = Vec::new();
        escape(value.as_bytes(), &mut line);
        String::from_utf8(line).expect("UTF-8")
    }

    #[test]
    fn what_copy_would_not_take_as_itself_is_escaped() {
        assert_eq!(escaped("a\tb\nc\rd\\e"), "a\\tb\\nc\\rd\\\\e");
        assert_eq!(escaped("\\N"), "\\\\N");
        assert_eq!(escaped("\\."), "\\\\.");
        assert_eq!(escaped("héllo\u{8}\u{b}\u{c}\u{e}"), "héllo\u{8}\\v\\f\u{e}");
        assert_eq!(escaped(""), "");
    }

    #[test]
    fn the_place_of_a_special_byte_does_not_matter() {
        for length in 0..40 {
            let plain = "x".repeat(length);
            assert!(is_plain(plain.as_bytes()));
            assert_eq!(escaped(&plain), plain);
            for place in 0..length {
                for special in ["\n", "\\"] {
                    let mut value = plain.clone();
                    value.replace_range(place..=place, special);
                    assert!(!is_plain(value.as_bytes()), "{length} {place}");
                    let expected = value.replace('\\', "\\\\").replace('\n', "\\n");
                    assert_eq!(escaped(&value), expected);
                }
            }
        }
    }

    #[test]
    fn what_is_not_ascii_is_not_plain() {
        for value in ["é", "\u{0}", "\u{1f}", "a very long text that ends in é"] {
            assert!(!is_plain(value.as_bytes()));
        }
    }
}
