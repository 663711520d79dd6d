//! Text of the log, which is in the column's character set, as UTF-8.

use bytes::Bytes;

use super::LogCell;

/// How text of a character set becomes UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// It is UTF-8 already, or bytes.
    Same,
    /// MySQL's `latin1`, which is Windows code page 1252 with the five undefined bytes kept.
    Latin1,
    /// ASCII is the same; anything else is not decoded here.
    AsciiOnly,
    /// Not even ASCII is the same.
    Unsupported,
}

/// The characters of the bytes 0x80 to 0x9f.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// Character sets in which all bytes below 128 are ASCII, also next to others.
const ASCII_COMPATIBLE: [&str; 21] = [
    "armscii8", "cp1250", "cp1251", "cp1256", "cp1257", "cp850", "cp852", "cp866", "dec8",
    "eucjpms", "euckr", "gb2312", "greek", "hebrew", "koi8r", "koi8u", "latin2", "latin5",
    "latin7", "macroman", "ujis",
];

impl Encoding {
    /// That of a character set by its name; none is that of bytes.
    pub(super) fn of(character_set: Option<&str>) -> Self {
        match character_set {
            None | Some("utf8mb4" | "utf8mb3" | "utf8" | "ascii" | "binary") => Self::Same,
            Some("latin1") => Self::Latin1,
            Some(name) if ASCII_COMPATIBLE.contains(&name) => Self::AsciiOnly,
            Some(_) => Self::Unsupported,
        }
    }

    pub(super) fn decode(self, text: Bytes) -> LogCell {
        match self {
            Self::Same => LogCell::Bytes(text),
            Self::Unsupported if !text.is_empty() => LogCell::Inexact,
            _ if text.is_ascii() => LogCell::Bytes(text),
            Self::Latin1 => {
                let decoded: String = text.iter().map(|&byte| latin1(byte)).collect();
                LogCell::Bytes(Bytes::from(decoded))
            }
            _ => LogCell::Inexact,
        }
    }
}

fn latin1(byte: u8) -> char {
    match byte {
        0x80..=0x9f => WINDOWS_1252[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::Encoding;
    use crate::mysql::binlog::LogCell;

    #[test]
    fn text_becomes_utf_8_or_is_inexact() {
        let decode =
            |name, text: &'static [u8]| Encoding::of(Some(name)).decode(Bytes::from_static(text));
        let utf8 = |text: &'static str| LogCell::Bytes(Bytes::from_static(text.as_bytes()));
        assert_eq!(decode("utf8mb4", "ä€😀".as_bytes()), utf8("ä€😀"));
        assert_eq!(decode("latin1", b"a\xe4\x80\x81"), utf8("aä€\u{81}"));
        assert_eq!(decode("cp1251", b"abc"), utf8("abc"));
        assert_eq!(decode("cp1251", b"\xe4"), LogCell::Inexact);
        assert_eq!(decode("utf16", b"\0a"), LogCell::Inexact);
        assert_eq!(decode("gbk", b"a"), LogCell::Inexact);
    }
}
