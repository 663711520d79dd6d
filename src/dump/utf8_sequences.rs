//! Bytes that may be UTF-8, read one by one, with gaps where a decoder lost some of them.

use super::reencoding::Alphabet;

/// What the bytes are so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Utf8Sequences {
    pending: Pending,
    /// How many more bytes of a character may follow, the first of which were lost.
    rest_of_lost: u8,
    /// The last character of ASCII, if nothing followed.
    previous: Option<char>,
    /// Latin letters with accents, but for those that a capital letter before a punctuation mark can be.
    latin: u32,
    latin_or_punctuation: u32,
    /// Characters of two bytes of other alphabets, by alphabet.
    alphabets: [u32; 4],
    /// Characters of three and more bytes: those of East Asia, Indic ones, emojis.
    wide: u32,
    /// Punctuation and symbols, which texts of all languages have.
    punctuation: u32,
    /// Characters that are rare in any text.
    rare: u32,
    /// Characters of which some bytes were lost.
    damaged: u32,
}

/// The start of a character.
#[derive(Debug, Clone, Copy, Default)]
struct Pending {
    bytes: [u8; 4],
    length: usize,
    expected: usize,
}

/// Whether the last byte of a Latin letter is a punctuation mark in code pages of Windows.
fn is_punctuation(code: u32) -> bool {
    matches!(
        code & 0x3f | 0x80,
        0x85 | 0x91..=0x97 | 0x99 | 0xa0 | 0xa1 | 0xab | 0xb0 | 0xbb | 0xbf
    )
}

/// Bytes that cannot be part of UTF-8.
type Step = Option<()>;

impl Utf8Sequences {
    /// A character of ASCII, or the mark of a decoder in the place of bytes; `None` if the bytes before it cannot
    /// be UTF-8 then.
    pub(super) fn add_character(&mut self, character: char) -> Step {
        if character.is_ascii() {
            return self.add_ascii(character);
        }
        self.add_lost();
        Some(())
    }

    /// The same with these bytes behind it; `None` if that cannot be UTF-8.
    pub(super) fn with(&self, bytes: &[u8]) -> Option<Self> {
        let mut longer = self.clone();
        bytes.iter().try_for_each(|&byte| longer.add_byte(byte))?;
        Some(longer)
    }

    /// A mark in the place of one byte, or of several.
    fn add_lost(&mut self) {
        if self.pending.length > 0 {
            self.damaged += 1;
            self.pending = Pending::default();
        }
        self.previous = None;
        self.rest_of_lost = 3;
    }

    /// A character of ASCII; some decoders write `?` in the place of bytes.
    fn add_ascii(&mut self, character: char) -> Step {
        if character == '?' {
            self.add_lost();
        } else if self.pending.length > 0 {
            return None;
        } else {
            self.rest_of_lost = 0;
        }
        self.previous = Some(character);
        Some(())
    }

    /// Any byte.
    fn add_byte(&mut self, byte: u8) -> Step {
        if byte.is_ascii() {
            return self.add_ascii(char::from(byte));
        }
        if self.pending.length > 0 {
            return self.continue_character(byte);
        }
        self.pending.expected = match byte {
            0xc2..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xf4 => 4,
            0x80..=0xbf if self.rest_of_lost > 0 => {
                // The first of them stands for the character.
                self.damaged += u32::from(self.rest_of_lost == 3);
                self.rest_of_lost -= 1;
                return Some(());
            }
            _ => return None,
        };
        self.pending.bytes[0] = byte;
        self.pending.length = 1;
        self.rest_of_lost = 0;
        Some(())
    }

    fn continue_character(&mut self, byte: u8) -> Step {
        if !matches!(byte, 0x80..=0xbf) {
            return None;
        }
        let Pending { bytes, length, expected } = &mut self.pending;
        bytes[*length] = byte;
        *length += 1;
        if length == expected {
            let character = std::str::from_utf8(&bytes[..*length]).ok()?.chars().next()?;
            self.pending = Pending::default();
            self.count(character);
            self.previous = None;
        }
        Some(())
    }

    fn count(&mut self, character: char) {
        let counter = match u32::from(character) {
            // `CAFÉ…` and `À»` are words, `é` in `café` becomes a capital letter in the middle of one.
            code @ 0xc0..=0x17f
                if is_punctuation(code)
                    && !self.previous.is_some_and(|it| it.is_ascii_lowercase()) =>
            {
                &mut self.latin_or_punctuation
            }
            0xc0..=0x17f => &mut self.latin,
            0x370..=0x3ff => &mut self.alphabets[0],
            0x400..=0x45f | 0x490..=0x491 => &mut self.alphabets[1],
            0x5d0..=0x5ea => &mut self.alphabets[2],
            0x600..=0x6ff => &mut self.alphabets[3],
            0x80..=0xbf | 0x2000..=0x206f => &mut self.punctuation,
            0x900..=0xfff
            | 0x1e00..=0x1eff
            | 0x20a0..=0x20bf
            | 0x2100..=0x27bf
            | 0x3000..=0x33ff
            | 0x4e00..=0x9fff
            | 0xac00..=0xd7a3
            | 0xfe00..=0xfe0f
            | 0xff00..=0xffef
            | 0xfffd
            | 0x1f000..=0x1faff => &mut self.wide,
            _ => &mut self.rare,
        };
        *counter += 1;
    }

    /// Whether the last character is complete.
    pub(super) fn is_complete(&self) -> bool {
        self.pending.length == 0
    }

    /// Whether no text of the encoding's own languages would be such bytes.
    pub(super) fn show(&self, alphabet: Alphabet) -> bool {
        let narrow: u32 = self.alphabets.iter().sum();
        let latin = self.latin + self.latin_or_punctuation;
        let all = latin + narrow + self.wide + self.punctuation;
        match alphabet {
            Alphabet::Latin => self.latin > 0 || all >= 3,
            Alphabet::Other => all >= 4,
            Alphabet::DoubleByte if self.rare > 0 => false,
            Alphabet::DoubleByte => {
                let most = self.alphabets.iter().copied().fold(latin, u32::max);
                self.wide + self.damaged >= 3 && self.wide + self.damaged >= narrow + latin
                    || most >= 6 && most == narrow + latin
            }
        }
    }
}
