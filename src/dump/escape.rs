//! Escapes in quoted text.

use memchr::{memchr, memchr2};

/// Whether a backslash in quoted text is an escape (`NO_BACKSLASH_ESCAPES` is not set).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Backslash {
    /// It escapes the next character.
    Escapes,
    /// It is an ordinary character.
    Plain,
}

/// Quoted text: its end, and whether it has escapes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Quoted {
    /// The bytes before the closing quote.
    pub(super) length: usize,
    pub(super) escaped: bool,
}

/// Measures quoted text after its opening quote; `None` if its end is not in the buffer, including a quote at
/// the end that another one may double.
pub(super) fn measure(text: &[u8], quote: u8, backslash: Backslash) -> Option<Quoted> {
    let (mut place, mut escaped) = (0, false);
    loop {
        let rest = &text[place..];
        let found = match backslash {
            Backslash::Escapes => memchr2(quote, b'\\', rest),
            Backslash::Plain => memchr(quote, rest),
        };
        place += found?;
        if text[place] == b'\\' {
            escaped = true;
            place += 2;
            if place > text.len() {
                return None;
            }
        } else {
            match text.get(place + 1) {
                None => return None,
                Some(&next) if next == quote => {
                    escaped = true;
                    place += 2;
                }
                Some(_) => return Some(Quoted { length: place, escaped }),
            }
        }
    }
}

/// Appends the text that quoted text represents.
///
/// MySQL reference manual, "String Literals": characters that are not listed there represent themselves, but
/// `\%` and `\_` keep their backslash.
pub(super) fn unescape(text: &[u8], quote: u8, backslash: Backslash, plain: &mut Vec<u8>) {
    plain.reserve(text.len());
    let mut rest = text;
    loop {
        let found = match backslash {
            Backslash::Escapes => memchr2(quote, b'\\', rest),
            Backslash::Plain => memchr(quote, rest),
        };
        let Some(place) = found else {
            plain.extend_from_slice(rest);
            return;
        };
        plain.extend_from_slice(&rest[..place]);
        let next = rest.get(place + 1).copied();
        match (rest[place], next) {
            (b'\\', Some(escape)) => match escape {
                b'0' => plain.push(0),
                b'n' => plain.push(b'\n'),
                b'r' => plain.push(b'\r'),
                b't' => plain.push(b'\t'),
                b'b' => plain.push(8),
                b'Z' => plain.push(0x1a),
                b'%' | b'_' => plain.extend_from_slice(&[b'\\', escape]),
                other => plain.push(other),
            },
            (other, _) => plain.push(other),
        }
        rest = rest.get(place + 2..).unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use super::{Backslash, measure, unescape};

    fn read(text: &[u8], backslash: Backslash) -> Option<Vec<u8>> {
        let quoted = measure(text, b'\'', backslash)?;
        let mut plain = Vec::new();
        unescape(&text[..quoted.length], b'\'', backslash, &mut plain);
        Some(plain)
    }

    #[test]
    fn escapes_stand_for_what_the_server_takes_them_for() {
        for (text, plain) in [
            (&b"abc',"[..], &b"abc"[..]),
            (b"it''s')", b"it's"),
            (br"\0\n\r\t\b\Z\\\'\x\%\_'x", b"\0\n\r\t\x08\x1a\\'x\\%\\_"),
            (b"''',", b"'"),
            (b"',", b""),
            (br"\\',", b"\\"),
        ] {
            assert_eq!(read(text, Backslash::Escapes).as_deref(), Some(plain));
        }
        assert_eq!(read(br"C:\''',", Backslash::Plain).as_deref(), Some(&br"C:\'"[..]));
    }

    #[test]
    fn an_end_that_is_not_held_is_none() {
        for text in [&b"abc"[..], b"abc'", b"abc\\", b"abc''", b"a\\'"] {
            assert_eq!(measure(text, b'\'', Backslash::Escapes), None);
        }
    }
}
