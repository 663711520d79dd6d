//! Splits a definition into words, without recursion.

/// A word of a definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub(super) kind: TokenKind,
    /// The original text, with its quotes or parentheses.
    pub(super) text: &'a str,
}

/// The kind of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// A keyword, a name or a number.
    Word,
    /// A name in backticks or double quotes.
    Name,
    /// Text in single quotes.
    Text,
    /// Everything between two parentheses.
    Group,
    /// Any other character.
    Symbol,
}

impl Token<'_> {
    pub(super) fn is_word(&self, word: &str) -> bool {
        self.kind == TokenKind::Word && self.text.eq_ignore_ascii_case(word)
    }
}

/// The position of the parenthesis that closes one opened before `text`.
pub(super) fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_u32;
    for token in Raw::of(text) {
        match &text[token.clone()] {
            "(" => depth += 1,
            ")" if depth == 0 => return Some(token.start),
            ")" => depth -= 1,
            _ => {}
        }
    }
    None
}

/// The items of a list, which commas outside of parentheses separate.
pub(super) fn split_items(list: &str) -> Vec<&str> {
    let (mut items, mut start, mut depth) = (Vec::new(), 0, 0_u32);
    for token in Raw::of(list) {
        match &list[token.clone()] {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            "," if depth == 0 => {
                items.push(&list[start..token.start]);
                start = token.end;
            }
            _ => {}
        }
    }
    items.push(&list[start..]);
    items.retain(|item| !item.trim().is_empty());
    items
}

/// The words of an item.
pub(super) fn tokens(item: &str) -> Vec<Token<'_>> {
    let (mut found, mut depth, mut open) = (Vec::new(), 0_u32, 0);
    for token in Raw::of(item) {
        let text = &item[token.clone()];
        match text {
            "(" => {
                if depth == 0 {
                    open = token.start;
                }
                depth += 1;
            }
            ")" => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    found.push(Token { kind: TokenKind::Group, text: &item[open..token.end] });
                }
            }
            _ if depth > 0 => {}
            _ => found.push(Token { kind: kind(text), text }),
        }
    }
    found
}

fn kind(text: &str) -> TokenKind {
    match text.chars().next() {
        Some('`' | '"') => TokenKind::Name,
        Some('\'') => TokenKind::Text,
        Some(first) if is_inside_word(first) => TokenKind::Word,
        _ => TokenKind::Symbol,
    }
}

fn is_inside_word(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '$' | '@' | '.')
}

/// The positions of quoted texts, words and single characters.
struct Raw<'a> {
    text: &'a str,
    place: usize,
}

impl<'a> Raw<'a> {
    fn of(text: &'a str) -> Self {
        Self { text, place: 0 }
    }

    /// The length of quoted text that begins with this quote; all of the rest if it has no end.
    fn quoted(rest: &str, quote: u8) -> usize {
        let bytes = rest.as_bytes();
        let mut place = 1;
        while let Some(&byte) = bytes.get(place) {
            place += match byte {
                b'\\' if quote == b'\'' => 2,
                _ if byte == quote && bytes.get(place + 1) == Some(&quote) => 2,
                _ if byte == quote => return place + 1,
                _ => 1,
            };
        }
        rest.len()
    }
}

impl Iterator for Raw<'_> {
    type Item = std::ops::Range<usize>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = &self.text[self.place..];
        let blanks = rest.len() - rest.trim_start().len();
        let (start, rest) = (self.place + blanks, &rest[blanks..]);
        let first = rest.chars().next()?;
        let length = match first {
            '\'' | '`' | '"' => Self::quoted(rest, rest.as_bytes()[0]),
            _ if is_inside_word(first) => {
                rest.find(|it: char| !is_inside_word(it)).unwrap_or(rest.len())
            }
            _ => first.len_utf8(),
        };
        self.place = start + length;
        Some(start..self.place)
    }
}
