//! Columns and keys of a definition, reduced to the properties in the catalog.

use super::token::{Token, TokenKind};
use crate::dump::lexer;
use crate::sql::Dialect;

/// Longer expressions are left out: no default of a column with data is so long.
const LONGEST_EXPRESSION: usize = 1000;

/// An item of a definition.
#[derive(Debug)]
pub(super) enum Clause {
    Column(ColumnClause),
    Key(KeyClause),
    /// A check, a period, or an index that does not index values.
    Other,
}

/// A column.
#[derive(Debug)]
pub(super) struct ColumnClause {
    pub(super) name: String,
    /// The definition with the options in the catalog.
    pub(super) full: String,
    /// The definition without options that do not belong to its type.
    pub(super) bare: String,
    /// Whether its values are computed from others.
    pub(super) is_generated: bool,
    /// Whether `SELECT *` and an INSERT without a list leave it out.
    pub(super) is_invisible: bool,
    counts: bool,
}

impl ColumnClause {
    /// Whether the server added it as the key of a table without one (MySQL reference manual, "Generated
    /// Invisible Primary Keys").
    pub(super) fn is_generated_key(&self) -> bool {
        self.name.eq_ignore_ascii_case("my_row_id") && self.is_invisible && self.counts
    }
}

/// A key or an index.
#[derive(Debug)]
pub(super) struct KeyClause {
    pub(super) name: Option<String>,
    /// The clause after `ALTER TABLE … ADD`.
    pub(super) sql: String,
    /// The parser of a full-text index.
    pub(super) parser: Option<String>,
    columns: String,
}

impl KeyClause {
    /// Whether it covers a single column only.
    pub(super) fn is_on(&self, column: &str) -> bool {
        self.columns == Dialect::MySql.identifier(column)
    }
}

impl Clause {
    /// Reads an item; `None` if it is neither a column nor a key.
    pub(super) fn read(tokens: &[Token<'_>]) -> Option<Self> {
        const OF_KEYS: [&str; 8] =
            ["CONSTRAINT", "PRIMARY", "UNIQUE", "KEY", "INDEX", "FULLTEXT", "SPATIAL", "FOREIGN"];
        let first = tokens.first()?;
        let is_period =
            first.is_word("PERIOD") && tokens.get(1).is_some_and(|it| it.is_word("FOR"));
        if first.is_word("CHECK") || is_period {
            return Some(Self::Other);
        }
        if OF_KEYS.iter().any(|word| first.is_word(word)) {
            return Some(read_key(tokens));
        }
        read_column(tokens).map(Self::Column)
    }
}

/// A name as MySQL quotes it.
fn quoted(token: &Token<'_>) -> Option<String> {
    Some(Dialect::MySql.identifier(&unquoted(token)?))
}

fn unquoted(token: &Token<'_>) -> Option<String> {
    match token.kind {
        TokenKind::Name | TokenKind::Word => lexer::name(token.text).map(|(name, _)| name),
        TokenKind::Text => Some(token.text.trim_matches('\'').to_owned()),
        _ => None,
    }
}

fn read_column(tokens: &[Token<'_>]) -> Option<ColumnClause> {
    let (first, rest) = tokens.split_first()?;
    let name = unquoted(first)?;
    let (data_type, mut rest) = data_type(rest)?;
    let bare = format!("{} {data_type}", Dialect::MySql.identifier(&name));
    let mut column = ColumnClause {
        full: bare.clone(),
        bare,
        name,
        is_generated: false,
        is_invisible: false,
        counts: false,
    };
    while let [token, ..] = rest {
        let behind = column.option(rest);
        debug_assert!(behind < rest.len(), "{token:?} takes one word at least");
        rest = &rest[rest.len() - behind..];
    }
    Some(column)
}

/// A type, and the rest after it.
fn data_type<'a, 'b>(tokens: &'a [Token<'b>]) -> Option<(String, &'a [Token<'b>])> {
    const MORE: [&str; 5] = ["PRECISION", "VARYING", "UNSIGNED", "SIGNED", "ZEROFILL"];
    let (first, mut rest) = tokens.split_first()?;
    if first.kind != TokenKind::Word {
        return None;
    }
    let mut text = first.text.to_owned();
    while let Some((next, behind)) = rest.split_first() {
        let is_more = MORE.iter().any(|word| next.is_word(word));
        if !is_more && next.kind != TokenKind::Group {
            break;
        }
        if next.kind == TokenKind::Word {
            text.push(' ');
        }
        text.push_str(next.text);
        rest = behind;
    }
    Some((text, rest))
}

impl ColumnClause {
    /// Reads an option; returns how many words are left after it.
    fn option(&mut self, tokens: &[Token<'_>]) -> usize {
        let word = |place: usize, word: &str| tokens.get(place).is_some_and(|it| it.is_word(word));
        let kind = |place: usize| tokens.get(place).map(|it| it.kind);
        let left = |taken: usize| tokens.len().saturating_sub(taken.max(1));
        let text = |from: usize, to: usize| -> String {
            tokens[from..to.min(tokens.len())].iter().flat_map(|it| [" ", it.text]).collect()
        };
        if word(0, "GENERATED") || word(0, "AS") {
            self.is_generated = true;
            return left(1);
        }
        if word(0, "INVISIBLE") {
            self.is_invisible = true;
            return left(1);
        }
        if word(0, "AUTO_INCREMENT") {
            self.counts = true;
            return left(1);
        }
        if word(0, "NOT") && word(1, "NULL") || word(0, "CHARACTER") && word(1, "SET") {
            let taken = if word(0, "NOT") { 2 } else { 3 };
            self.add(&text(0, taken), true);
            return left(taken);
        }
        if word(0, "CHARSET") || word(0, "COLLATE") {
            let name = 1 + usize::from(kind(1) == Some(TokenKind::Symbol));
            let option = if word(0, "COLLATE") { " COLLATE" } else { " CHARACTER SET" };
            self.add(&format!("{option}{}", text(name, name + 1)), true);
            return left(name + 1);
        }
        if word(0, "CHECK") && kind(1) == Some(TokenKind::Group) {
            let condition = tokens[1].text;
            let lower =
                condition.get(..64.min(condition.len())).unwrap_or(condition).to_lowercase();
            if condition.len() < LONGEST_EXPRESSION
                && lower.replace(' ', "").starts_with("(json_valid(")
            {
                self.add(&text(0, 2), true);
            }
            return left(2);
        }
        if word(0, "DEFAULT") {
            let taken = 1 + default_length(&tokens[1..]);
            let is_short = tokens[1..taken].iter().map(|it| it.text.len()).sum::<usize>()
                < LONGEST_EXPRESSION
                || kind(1) == Some(TokenKind::Text);
            if is_short {
                self.add(&text(0, taken), false);
            }
            return left(taken);
        }
        if word(0, "ON") && word(1, "UPDATE") {
            return left(3 + usize::from(kind(3) == Some(TokenKind::Group)));
        }
        if word(0, "PRIMARY") && word(1, "KEY") || word(0, "UNIQUE") {
            self.add(&text(0, 1 + usize::from(word(1, "KEY"))), false);
            return left(1 + usize::from(word(1, "KEY")));
        }
        if word(0, "COMMENT") || word(0, "CONSTRAINT") && !word(1, "CHECK") {
            return left(2);
        }
        // An unrecognised option, which does not affect values: its words are skipped one by one.
        left(1)
    }

    fn add(&mut self, option: &str, is_of_type: bool) {
        self.full.push_str(option);
        if is_of_type {
            self.bare.push_str(option);
        }
    }
}

/// The number of words of a default.
fn default_length(tokens: &[Token<'_>]) -> usize {
    let kind = |place: usize| tokens.get(place).map(|it| it.kind);
    match kind(0) {
        // A sign and its number.
        Some(TokenKind::Symbol) => 2.min(tokens.len()),
        // `current_timestamp(6)`, `b'0'`, `_utf8mb4'x'`.
        Some(TokenKind::Word) if matches!(kind(1), Some(TokenKind::Group)) => 2,
        Some(TokenKind::Word)
            if kind(1) == Some(TokenKind::Text)
                && (tokens[0].text.starts_with('_') || tokens[0].text.len() == 1) =>
        {
            2
        }
        Some(_) => 1,
        None => 0,
    }
}

/// The words that may precede the columns of a key, besides its name.
const WORDS: [&str; 10] = [
    "CONSTRAINT",
    "PRIMARY",
    "UNIQUE",
    "KEY",
    "INDEX",
    "FULLTEXT",
    "FOREIGN",
    "USING",
    "BTREE",
    "HASH",
];

fn read_key(tokens: &[Token<'_>]) -> Clause {
    key(tokens).map_or(Clause::Other, Clause::Key)
}

fn key(tokens: &[Token<'_>]) -> Option<KeyClause> {
    let group = tokens.iter().position(|it| it.kind == TokenKind::Group)?;
    let head = &tokens[..group];
    let has = |word: &str| head.iter().any(|it| it.is_word(word));
    if has("CHECK") || has("SPATIAL") {
        return None;
    }
    let is_name = |it: &&Token<'_>| {
        it.kind == TokenKind::Name
            || it.kind == TokenKind::Word && !WORDS.iter().any(|word| it.is_word(word))
    };
    let name = head.iter().rfind(is_name).and_then(unquoted);
    let quoted_name = name.as_deref().map(|name| Dialect::MySql.identifier(name));
    let named = quoted_name.clone().unwrap_or_default();
    let columns = columns(tokens[group].text);
    let tail = &tokens[group + 1..];
    let sql = if has("FOREIGN") {
        let tail: Vec<String> = tail.iter().map(requoted).collect();
        let tail = tail.join(" ");
        let constraint = quoted_name.map(|name| format!("CONSTRAINT {name} ")).unwrap_or_default();
        format!("{constraint}FOREIGN KEY ({columns}) {tail}")
    } else if has("PRIMARY") {
        format!("PRIMARY KEY ({columns})")
    } else if has("UNIQUE") {
        format!("UNIQUE KEY {named} ({columns})")
    } else if has("FULLTEXT") {
        format!("FULLTEXT KEY {named} ({columns})")
    } else {
        format!("KEY {named} ({columns})")
    };
    let parser = tail.iter().position(|it| it.is_word("PARSER"));
    let parser = parser.and_then(|place| tail.get(place + 1)).and_then(unquoted);
    Some(KeyClause { name, sql, parser, columns })
}

/// The columns of a key with their prefixes; an expression for one that is not on columns alone.
fn columns(group: &str) -> String {
    let inside = group.get(1..group.len() - 1).unwrap_or_default();
    let column = |item: &&str| {
        let words = super::token::tokens(item);
        let name = quoted(words.first()?)?;
        let prefix = words.get(1).filter(|it| it.kind == TokenKind::Group).map_or("", |it| it.text);
        Some(format!("{name}{prefix}"))
    };
    let items = super::token::split_items(inside);
    let columns: Option<Vec<String>> = items.iter().map(column).collect();
    columns.map_or_else(|| "(1 + 0)".to_owned(), |columns| columns.join(", "))
}

/// A word with names in backticks, whatever quotes they had.
fn requoted(token: &Token<'_>) -> String {
    match token.kind {
        TokenKind::Name => quoted(token).unwrap_or_default(),
        TokenKind::Group => format!("({})", columns(token.text)),
        _ => token.text.to_owned(),
    }
}
