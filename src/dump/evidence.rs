//! Signs in a text that characters of it were lost or re-encoded before it came here.

use std::collections::HashMap;
use std::sync::OnceLock;

/// Signs in one text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Evidence {
    /// `?` before a character that only follows an emoji: the emoji was replaced.
    pub has_question_mark: bool,
    /// U+FFFD, which decoders write for bytes that they cannot read.
    pub has_replacement: bool,
    /// The text is UTF-8 whose bytes were read as this code page.
    pub code_page: Option<&'static str>,
}

/// What follows an emoji and nothing else: a variation selector, a joiner, a skin tone.
const FOLLOWERS: [&[u8]; 3] = [b"\xef\xb8\x8f", b"\xe2\x80\x8d", b"\xf0\x9f\x8f"];

/// The upper halves of code pages of consoles and editors: western Windows, the console of the United
/// States, of western Europe, of Cyrillic countries, and Windows there.
const CODE_PAGES: [(&str, &str); 5] = [
    (
        "Windows-1252",
        "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ\u{a0}¡¢£¤¥¦§¨©ª«¬\u{ad}®¯°±²³´µ¶·¸¹º»¼½¾¿ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõö÷øùúûüýþÿ",
    ),
    (
        "437",
        "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}",
    ),
    (
        "850",
        "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}",
    ),
    (
        "866",
        "АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмноп░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀рстуфхцчшщъыьэюяЁёЄєЇїЎў°∙·√№¤■\u{a0}",
    ),
    (
        "Windows-1251",
        "ЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏђ‘’“”•–—\u{98}™љ›њќћџ\u{a0}ЎўЈ¤Ґ¦§Ё©Є«¬\u{ad}®Ї°±Ііґµ¶·ё№є»јЅѕїАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмнопрстуфхцчшщъыьэюя",
    ),
];

impl Evidence {
    /// Looks at a text, which has characters beyond ASCII.
    #[must_use]
    pub fn of(text: &[u8]) -> Self {
        let follows = |place: usize| FOLLOWERS.iter().any(|it| text[place..].starts_with(it));
        Self {
            has_question_mark: memchr::memchr_iter(b'?', text).any(|place| follows(place + 1)),
            has_replacement: memchr::memmem::find(text, "\u{fffd}".as_bytes()).is_some(),
            code_page: std::str::from_utf8(text).ok().and_then(code_page),
        }
    }
}

/// The code page whose bytes for the text are UTF-8 again.
fn code_page(text: &str) -> Option<&'static str> {
    static BYTES: OnceLock<Vec<(&str, HashMap<char, u8>)>> = OnceLock::new();
    let pages = BYTES.get_or_init(|| {
        let bytes = |upper: &str| upper.chars().zip(0x80..=0xff).collect();
        CODE_PAGES.iter().map(|&(name, upper)| (name, bytes(upper))).collect()
    });
    let is_utf8 = |bytes: &HashMap<char, u8>| {
        let byte = |it: char| if it.is_ascii() { Some(it as u8) } else { bytes.get(&it).copied() };
        let read: Option<Vec<u8>> = text.chars().map(byte).collect();
        read.is_some_and(|read| std::str::from_utf8(&read).is_ok())
    };
    pages.iter().find(|(_, bytes)| is_utf8(bytes)).map(|(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use super::{CODE_PAGES, Evidence};

    #[test]
    fn a_question_mark_before_what_follows_emojis_is_a_lost_emoji() {
        for text in ["hi ?\u{fe0f}", "?\u{200d}♂", "?\u{1f3fd}"] {
            assert!(Evidence::of(text.as_bytes()).has_question_mark, "{text}");
        }
        for text in ["why? é", "?", "❤\u{fe0f} ?", "👍🏽"] {
            assert!(!Evidence::of(text.as_bytes()).has_question_mark, "{text}");
        }
        assert!(Evidence::of("a\u{fffd}".as_bytes()).has_replacement);
    }

    #[test]
    fn text_that_went_through_a_code_page_is_recognised() {
        for (page, upper) in CODE_PAGES {
            assert_eq!(upper.chars().count(), 128, "{page}");
            let characters: Vec<char> = upper.chars().collect();
            for text in ["größer – „Ü“", "Привет, мир", "日本語 🎉"] {
                let read = |byte: u8| match byte {
                    0x80.. => characters[usize::from(byte - 0x80)],
                    _ => char::from(byte),
                };
                let mangled: String = text.bytes().map(read).collect();
                assert_eq!(Evidence::of(mangled.as_bytes()).code_page, Some(page), "{mangled}");
                assert_eq!(Evidence::of(text.as_bytes()).code_page, None, "{text}");
            }
        }
    }
}
