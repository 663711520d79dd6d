//! The words, names and marks of a statement, without its comments and texts.

/// A piece of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// A keyword, a number or a name without quotes.
    Word(&'a str),
    /// A name in backticks or double quotes.
    Quoted(String),
    /// A text in single quotes.
    Text,
    /// Any other character.
    Mark(char),
}

impl Token<'_> {
    pub(super) fn is_word(&self, word: &str) -> bool {
        matches!(self, Self::Word(it) if it.eq_ignore_ascii_case(word))
    }
}

/// The tokens of a statement, one after the other.
pub(super) struct Words<'a> {
    tokens: Vec<Token<'a>>,
    place: usize,
}

impl<'a> Words<'a> {
    pub(super) fn of(sql: &'a str) -> Self {
        Self { tokens: tokens(sql), place: 0 }
    }

    pub(super) fn next(&mut self) -> Option<Token<'a>> {
        let token = self.tokens.get(self.place).cloned();
        self.place += 1;
        token
    }

    pub(super) fn rest(&self) -> &[Token<'a>] {
        self.tokens.get(self.place..).unwrap_or_default()
    }

    /// Skips these words if they follow.
    pub(super) fn skip(&mut self, words: &[&str]) -> bool {
        let rest = self.rest();
        let follow = rest.len() >= words.len()
            && rest.iter().zip(words).all(|(token, word)| token.is_word(word));
        if follow {
            self.place += words.len();
        }
        follow
    }

    pub(super) fn identifier(&mut self) -> Option<String> {
        match self.next()? {
            Token::Word(word) => Some(word.to_owned()),
            Token::Quoted(name) => Some(name),
            _ => None,
        }
    }

    /// A table's name, and the database in front of it.
    pub(super) fn table(&mut self) -> Option<(Option<String>, String)> {
        let first = self.identifier()?;
        if self.tokens.get(self.place) != Some(&Token::Mark('.')) {
            return Some((None, first));
        }
        self.place += 1;
        Some((Some(first), self.identifier()?))
    }
}

/// Splits a statement. Comments are left out, but the text of `/*! … */` and `/*M! … */` is run by the
/// server (reference manual, "Comments").
fn tokens(sql: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = sql;
    while let Some(character) = rest.chars().next() {
        if character.is_whitespace() {
            rest = &rest[character.len_utf8()..];
        } else if let Some(text) = rest.strip_prefix("/*!").or_else(|| rest.strip_prefix("/*M!")) {
            rest = text.trim_start_matches(|it: char| it.is_ascii_digit());
        } else if let Some(text) = rest.strip_prefix("/*") {
            rest = text.split_once("*/").map_or("", |(_, after)| after);
        } else if let Some(text) = rest.strip_prefix("*/") {
            rest = text;
        } else if rest.starts_with('#') || rest.starts_with("-- ") || rest.starts_with("--\n") {
            rest = rest.split_once('\n').map_or("", |(_, after)| after);
        } else if matches!(character, '`' | '"' | '\'') {
            let (content, after) = quoted(&rest[1..], character);
            tokens.push(if character == '\'' { Token::Text } else { Token::Quoted(content) });
            rest = after;
        } else if is_part_of_word(character) {
            let end = rest.find(|it| !is_part_of_word(it)).unwrap_or(rest.len());
            tokens.push(Token::Word(&rest[..end]));
            rest = &rest[end..];
        } else {
            tokens.push(Token::Mark(character));
            rest = &rest[character.len_utf8()..];
        }
    }
    tokens
}

fn is_part_of_word(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '$') || !character.is_ascii()
}

/// The text between quotes, and the text after them.
fn quoted(text: &str, quote: char) -> (String, &str) {
    let mut content = String::new();
    let mut characters = text.char_indices().peekable();
    while let Some((place, character)) = characters.next() {
        if character == quote {
            if characters.next_if(|&(_, next)| next == quote).is_none() {
                return (content, &text[place + 1..]);
            }
        } else if character == '\\' && quote != '`' {
            characters.next();
        }
        content.push(character);
    }
    (content, "")
}
