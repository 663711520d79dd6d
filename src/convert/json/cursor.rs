//! Reads the strings, numbers and literals of JSON text.

use crate::convert::Reason;

/// A position in a text; after an error, the position of the error.
pub(super) struct Cursor<'a> {
    pub(super) text: &'a [u8],
    pub(super) at: usize,
}

/// Whether a string has escapes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Escapes {
    None,
    Some,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        Self { text, at: 0 }
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    pub(super) fn skip_space(&mut self) {
        while self.skip(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')) {}
    }

    /// Skips the next byte if it matches, and returns whether it did.
    pub(super) fn skip(&mut self, is_such: impl Fn(u8) -> bool) -> bool {
        let skips = self.peek().is_some_and(is_such);
        self.at += usize::from(skips);
        skips
    }

    /// Reads a string from its opening quote.
    pub(super) fn string(&mut self) -> Result<Escapes, Reason> {
        self.at += 1;
        let mut escapes = Escapes::None;
        loop {
            self.at += plain_length(&self.text[self.at..]);
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(escapes);
                }
                Some(b'\\') => {
                    escapes = Escapes::Some;
                    self.escape()?;
                }
                _ => return Err(Reason::InvalidJson),
            }
        }
    }

    fn escape(&mut self) -> Result<(), Reason> {
        let length = match self.text.get(self.at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => 2,
            Some(b'u') => match self.text.get(self.at + 2..self.at + 6) {
                Some(digits) if digits.iter().all(u8::is_ascii_hexdigit) => 6,
                _ => return Err(Reason::InvalidJson),
            },
            _ => return Err(Reason::InvalidJson),
        };
        self.at += length;
        Ok(())
    }

    pub(super) fn number(&mut self) -> Result<(), Reason> {
        self.skip(|byte| byte == b'-');
        if !self.skip(|byte| byte == b'0') {
            self.digits()?;
        }
        if self.skip(|byte| byte == b'.') {
            self.digits()?;
        }
        if self.skip(|byte| byte == b'e' || byte == b'E') {
            self.skip(|byte| byte == b'+' || byte == b'-');
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<(), Reason> {
        let rest = &self.text[self.at..];
        let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at += length;
        if length == 0 { Err(Reason::InvalidJson) } else { Ok(()) }
    }

    /// Reads `true`, `false` or `null`.
    pub(super) fn word(&mut self) -> Result<(), Reason> {
        let rest = &self.text[self.at..];
        let words: [&[u8]; 3] = [b"true", b"false", b"null"];
        let Some(word) = words.into_iter().find(|word| rest.starts_with(word)) else {
            return Err(Reason::InvalidJson);
        };
        self.at += word.len();
        Ok(())
    }
}

/// The number of bytes before the first quote, backslash or control character.
fn plain_length(text: &[u8]) -> usize {
    const ONES: u64 = u64::from_le_bytes([0x01; 8]);
    const HIGHS: u64 = u64::from_le_bytes([0x80; 8]);
    // The high bit of each byte that is zero; exact up to the first such byte.
    let zero = |word: u64| word.wrapping_sub(ONES) & !word & HIGHS;
    let (words, rest) = text.as_chunks::<8>();
    for (place, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let quote = zero(word ^ (ONES * u64::from(b'"')));
        let backslash = zero(word ^ (ONES * u64::from(b'\\')));
        let control = zero(word & (ONES * 0xe0));
        let found = quote | backslash | control;
        if found != 0 {
            return place * 8 + found.trailing_zeros() as usize / 8;
        }
    }
    let is_plain = |byte: &&u8| **byte >= 0x20 && **byte != b'"' && **byte != b'\\';
    words.len() * 8 + rest.iter().take_while(is_plain).count()
}

#[cfg(test)]
mod tests {
    use super::plain_length;

    #[test]
    fn the_end_of_the_plain_part_is_found_at_every_place() {
        for length in 0..30 {
            let text = vec![b'x'; length];
            assert_eq!(plain_length(&text), length);
            for place in 0..length {
                let length_with = |byte| {
                    let mut text = text.clone();
                    text[place] = byte;
                    plain_length(&text)
                };
                for special in [b'"', b'\\', 0, 0x1f] {
                    assert_eq!(length_with(special), place, "{special:x}");
                }
                for plain in [b' ', b'!', b'#', b'[', b']', 0x7f, 0x80, 0xff, 0xa2, 0xdc] {
                    assert_eq!(length_with(plain), length, "{plain:x}");
                }
            }
        }
    }
}
