//! The character sets of a dump's text.

use std::borrow::Cow;

use super::Error;

/// How text is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Charset {
    /// UTF-8.
    Utf8,
    /// UTF-8 without the characters that take four bytes (`utf8mb3`).
    ShortUtf8,
    /// MySQL's `latin1`, which is Windows' code page 1252.
    Latin1,
    /// Bytes in the character set of each column.
    Binary,
}

impl Charset {
    /// Reads a name in the form of `SET NAMES` and introducers.
    pub(super) fn named(name: &str) -> Result<Self, Error> {
        match name.to_ascii_lowercase().as_str() {
            "utf8mb4" => Ok(Self::Utf8),
            "utf8" | "utf8mb3" => Ok(Self::ShortUtf8),
            "latin1" | "ascii" => Ok(Self::Latin1),
            "binary" => Ok(Self::Binary),
            _ => Err(Error::CharacterSet { name: name.to_owned() }),
        }
    }

    /// The text in UTF-8.
    pub(super) fn decode(self, text: &[u8]) -> Cow<'_, [u8]> {
        if self != Self::Latin1 || text.is_ascii() {
            return Cow::Borrowed(text);
        }
        Cow::Owned(text.iter().map(|&byte| character(byte)).collect::<String>().into_bytes())
    }
}

/// A byte of `latin1`. MySQL maps the five bytes that the code page leaves out to the control characters of
/// the same number (MySQL reference manual, "West European Character Sets").
fn character(byte: u8) -> char {
    const FROM_80: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž',
        '\u{8f}', '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}',
        'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9f => FROM_80[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::Charset;

    #[test]
    fn latin1_is_the_code_page_of_windows() {
        let text = Charset::Latin1.decode(b"caf\xe9 \x80\x81");
        assert_eq!(text.as_ref(), "café €\u{81}".as_bytes());
        assert_eq!(Charset::Utf8.decode(b"\xff").as_ref(), b"\xff");
    }

    #[test]
    fn what_is_not_known_is_named() {
        assert_eq!(Charset::named("UTF8MB4").expect("known"), Charset::Utf8);
        let error = Charset::named("gbk").expect_err("not known");
        assert_eq!(
            error.to_string(),
            "the dump is in character set `gbk`, which cannot be read here"
        );
    }
}
