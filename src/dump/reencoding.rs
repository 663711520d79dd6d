//! Text that is UTF-8 whose bytes were read in another encoding, as by a console or an editor.

use std::collections::HashMap;
use std::sync::LazyLock;

use encoding_rs::Encoding;

use super::utf8_sequences::Utf8Sequences;

/// What is known about one text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reencoding {
    /// The code page as which the bytes of the text were read, if the text shows it.
    pub shown: Option<CodePage>,
    /// The code pages as which they may have been read.
    pub possible: CodePages,
}

/// A code page, by its index in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodePage(u8);

/// A set of code pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CodePages(u32);

/// How much a text has to show before it is taken for re-encoded text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Alphabet {
    /// Latin letters: the bytes of one accented letter are read as two characters that no text has in a row.
    Latin,
    /// Other alphabets of one byte per character.
    Other,
    /// Characters of two bytes, of which any two bytes can be one.
    DoubleByte,
}

/// The upper halves of code pages of consoles that `encoding_rs` does not have.
const CONSOLES: [(&str, &str); 2] = [
    (
        "437",
        "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}",
    ),
    (
        "850",
        "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}",
    ),
];

/// Code pages of Windows and of consoles, those with the most users first.
const ENCODINGS: [(&str, Alphabet, &Encoding); 16] = [
    ("Windows-1252", Alphabet::Latin, encoding_rs::WINDOWS_1252),
    ("GBK", Alphabet::DoubleByte, encoding_rs::GBK),
    ("Shift-JIS", Alphabet::DoubleByte, encoding_rs::SHIFT_JIS),
    ("Big5", Alphabet::DoubleByte, encoding_rs::BIG5),
    ("EUC-KR", Alphabet::DoubleByte, encoding_rs::EUC_KR),
    ("866", Alphabet::Other, encoding_rs::IBM866),
    ("Windows-1251", Alphabet::Other, encoding_rs::WINDOWS_1251),
    ("Windows-1250", Alphabet::Latin, encoding_rs::WINDOWS_1250),
    ("Windows-1253", Alphabet::Other, encoding_rs::WINDOWS_1253),
    ("Windows-1254", Alphabet::Latin, encoding_rs::WINDOWS_1254),
    ("Windows-1255", Alphabet::Other, encoding_rs::WINDOWS_1255),
    ("Windows-1256", Alphabet::Other, encoding_rs::WINDOWS_1256),
    ("Windows-1257", Alphabet::Latin, encoding_rs::WINDOWS_1257),
    ("Windows-1258", Alphabet::Latin, encoding_rs::WINDOWS_1258),
    ("Windows-874", Alphabet::Other, encoding_rs::WINDOWS_874),
    ("KOI8-R", Alphabet::Other, encoding_rs::KOI8_R),
];

/// The bytes of a character; some have more than one sequence.
type Sequences = Vec<Vec<u8>>;

/// A code page with the bytes of each of its characters beyond ASCII.
struct Table {
    name: &'static str,
    alphabet: Alphabet,
    bytes: HashMap<char, Sequences>,
}

/// How many readings of one text are followed at most, where characters have several sequences.
const READINGS: usize = 8;

static TABLES: LazyLock<Vec<Table>> = LazyLock::new(|| {
    let consoles = CONSOLES.iter().map(|&(name, upper)| Table {
        name,
        alphabet: Alphabet::Latin,
        bytes: upper.chars().zip((0x80..=0xff).map(|byte| vec![vec![byte]])).collect(),
    });
    let encodings = ENCODINGS.iter().map(|&(name, alphabet, encoding)| Table {
        name,
        alphabet,
        bytes: bytes_of(encoding),
    });
    consoles.chain(encodings).collect()
});

/// The bytes of each character beyond ASCII.
fn bytes_of(encoding: &'static Encoding) -> HashMap<char, Sequences> {
    let mut bytes: HashMap<char, Sequences> = HashMap::new();
    let mut add = |sequence: &[u8]| {
        let decoded = encoding.decode_without_bom_handling_and_without_replacement(sequence);
        let mut characters = decoded.iter().flat_map(|text| text.chars());
        if let (Some(character), None) = (characters.next(), characters.next()) {
            bytes.entry(character).or_default().push(sequence.to_vec());
        }
    };
    (0x80..=0xff).for_each(|byte| add(&[byte]));
    if !encoding.is_single_byte() {
        for first in 0x81..=0xfe {
            (0x40..=0xfe).for_each(|second| add(&[first, second]));
        }
    }
    bytes
}

impl Reencoding {
    /// Checks a text with characters beyond ASCII.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut found = Self::default();
        for (table, place) in TABLES.iter().zip(0..) {
            let readings = table.read(text);
            found.possible.0 |= u32::from(!readings.is_empty()) << place;
            if found.shown.is_none() && readings.iter().any(|it| it.show(table.alphabet)) {
                found.shown = Some(CodePage(place));
            }
        }
        found
    }
}

impl Table {
    /// The text as bytes of this code page, read as UTF-8, in all ways in which it can be that.
    fn read(&self, text: &str) -> Vec<Utf8Sequences> {
        let mut readings = vec![Utf8Sequences::default()];
        for character in text.chars() {
            if character.is_ascii() || character == '\u{fffd}' {
                readings.retain_mut(|reading| reading.add_character(character).is_some());
            } else {
                let Some(sequences) = self.bytes.get(&character) else { return Vec::new() };
                readings = readings
                    .iter()
                    .flat_map(|reading| sequences.iter().filter_map(|it| reading.with(it)))
                    .take(READINGS)
                    .collect();
            }
            if readings.is_empty() {
                return readings;
            }
        }
        readings.retain(Utf8Sequences::is_complete);
        readings
    }
}

impl CodePage {
    /// Its name, as consoles and editors have it.
    #[must_use]
    pub fn name(self) -> &'static str {
        TABLES[usize::from(self.0)].name
    }
}

impl CodePages {
    /// All code pages.
    pub const ALL: Self = Self(u32::MAX);

    /// Those in both sets.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether it is one of them.
    #[must_use]
    pub fn contains(self, page: CodePage) -> bool {
        self.0 & (1 << page.0) != 0
    }
}

#[cfg(test)]
mod tests;
