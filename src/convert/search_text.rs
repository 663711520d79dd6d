//! How large the search document of a text is, and the beginning of a text whose document fits.

use std::collections::HashSet;

/// The most bytes of words and positions in a `tsvector` (PostgreSQL manual, "Limitations").
pub const LARGEST: u64 = 1_048_575;
/// No text below this length in bytes has a larger document: three bytes of text never make more than
/// eight of words and positions.
pub const SHORT: usize = 256 * 1024;
/// Words longer than this are not indexed.
const LONGEST_WORD: usize = 2_046;
/// The most positions kept of one word.
const POSITIONS: u64 = 255;

/// About how many bytes the words and their positions take in a `tsvector`: each word once, aligned,
/// with a count and two bytes a position.
///
/// Only PostgreSQL's own dictionaries can determine it. The estimate counts different words
/// unchanged, which is an upper bound in practice: stemming makes fewer and shorter ones of them.
#[must_use]
pub fn estimate(text: &str) -> u64 {
    let mut document = Document::default();
    words(text).for_each(|(_, word)| document.add(word));
    document.bytes()
}

/// The beginning of a text whose document fits, cut between words; `None` if the whole text fits.
#[must_use]
pub fn shorten(text: &str) -> Option<&str> {
    if text.len() <= SHORT {
        return None;
    }
    let mut document = Document::default();
    for (start, word) in words(text) {
        document.add(word);
        if document.bytes() > LARGEST {
            return Some(text[..start].trim_end());
        }
    }
    None
}

/// The words that are indexed, each with its place.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let start_of = |word: &str| word.as_ptr() as usize - text.as_ptr() as usize;
    let words = text.split(|it: char| !it.is_alphanumeric());
    let words = words.filter(|word| !word.is_empty() && word.len() <= LONGEST_WORD);
    words.map(move |word| (start_of(word), word))
}

#[derive(Default)]
struct Document {
    words: HashSet<String>,
    bytes: u64,
    positions: u64,
}

impl Document {
    fn add(&mut self, word: &str) {
        self.positions += 1;
        if self.words.insert(word.to_lowercase()) {
            self.bytes += u64::try_from(word.len().next_multiple_of(2)).unwrap_or_default() + 2;
        }
    }

    fn bytes(&self) -> u64 {
        let different = u64::try_from(self.words.len()).unwrap_or(u64::MAX);
        self.bytes + 2 * self.positions.min(different.saturating_mul(POSITIONS))
    }
}

#[cfg(test)]
mod tests {
    use super::{LARGEST, estimate, shorten};

    #[test]
    fn a_text_is_cut_before_the_first_word_that_does_not_fit() {
        let text: Vec<String> = (0..150_000).map(|number| format!("lexeme{number}")).collect();
        let text = text.join(" ");
        assert!(estimate(&text) > LARGEST);
        let short = shorten(&text).expect("too long");
        assert!(text.starts_with(short) && short.ends_with(|it: char| it.is_ascii_digit()));
        let bytes = estimate(short);
        assert!(bytes <= LARGEST && bytes > LARGEST - 20, "{bytes}");
        assert_eq!(shorten(short), None);
        assert_eq!(shorten(&"word ".repeat(200_000)), None, "one word");
    }
}
