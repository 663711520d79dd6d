//! Statements without their values, for logs.

use super::Dialect;

/// A statement with `?` in place of every literal, on one line, without comments.
#[must_use]
pub fn without_values(dialect: Dialect, statement: &str) -> String {
    let mut shape =
        Shape { dialect, rest: statement, text: String::with_capacity(statement.len()) };
    while let Some(character) = shape.rest.chars().next() {
        shape.take(character);
    }
    shape.text.trim_end().to_owned()
}

struct Shape<'a> {
    dialect: Dialect,
    rest: &'a str,
    text: String,
}

impl Shape<'_> {
    fn take(&mut self, character: char) {
        let is_in_word = self.text.ends_with(|it: char| it.is_alphanumeric() || it == '_');
        match character {
            '-' if self.rest.starts_with("--") => self.skip_to("\n"),
            '#' if self.dialect == Dialect::MySql => self.skip_to("\n"),
            '/' if self.rest.starts_with("/*") => self.skip_to("*/"),
            '\'' => {
                let has_escapes = self.dialect == Dialect::MySql || self.text.ends_with(['e', 'E']);
                self.value(character, has_escapes);
            }
            '"' if self.dialect == Dialect::MySql => self.value(character, true),
            '"' | '`' => self.name(character),
            '$' if self.dialect == Dialect::Postgres && !is_in_word => self.dollar(),
            '0'..='9' if !is_in_word => {
                let is_part = |it: char| it.is_alphanumeric() || it == '.';
                let end = self.rest.find(|it| !is_part(it)).unwrap_or(self.rest.len());
                self.rest = &self.rest[end..];
                self.text.push('?');
            }
            it if it.is_whitespace() => {
                self.rest = self.rest.trim_start();
                if !self.text.ends_with(' ') && !self.text.is_empty() {
                    self.text.push(' ');
                }
            }
            it => {
                self.rest = &self.rest[it.len_utf8()..];
                self.text.push(it);
            }
        }
    }

    fn skip_to(&mut self, end: &str) {
        let length = self.rest.find(end).map_or(self.rest.len(), |at| at + end.len());
        self.rest = &self.rest[length..];
        if !self.text.ends_with(' ') && !self.text.is_empty() {
            self.text.push(' ');
        }
    }

    /// The length of what a quote opens, both quotes included.
    fn quoted(&self, quote: char, has_escapes: bool) -> usize {
        let mut characters = self.rest.char_indices().skip(1);
        while let Some((at, it)) = characters.next() {
            if has_escapes && it == '\\' {
                characters.next();
            } else if it == quote {
                return at + 1;
            }
        }
        self.rest.len()
    }

    fn value(&mut self, quote: char, has_escapes: bool) {
        self.rest = &self.rest[self.quoted(quote, has_escapes)..];
        // A doubled quote continues the literal.
        if !self.text.ends_with('?') {
            self.text.push('?');
        }
    }

    fn name(&mut self, quote: char) {
        let length = self.quoted(quote, false);
        self.text.push_str(&self.rest[..length]);
        self.rest = &self.rest[length..];
    }

    /// `$tag$…$tag$` is a literal; `$1` is a parameter.
    fn dollar(&mut self) {
        let tag = self.rest[1..].find('$').map(|at| &self.rest[..at + 2]);
        let is_tag = |tag: &&str| {
            let name = &tag[1..tag.len() - 1];
            !name.starts_with(|it: char| it.is_ascii_digit())
                && name.chars().all(|it| it.is_alphanumeric() || it == '_')
        };
        let Some(tag) = tag.filter(is_tag) else {
            // With its number, which is no value.
            let is_number = |it: char| it.is_ascii_digit();
            let end = self.rest[1..].find(|it| !is_number(it)).map_or(self.rest.len(), |it| it + 1);
            self.text.push_str(&self.rest[..end]);
            self.rest = &self.rest[end..];
            return;
        };
        let body = &self.rest[tag.len()..];
        let length = body.find(tag).map_or(body.len(), |at| at + tag.len());
        self.rest = &body[length..];
        self.text.push('?');
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::without_values;
    use crate::sql::Dialect::{self, MySql, Postgres};

    #[test]
    fn values_are_gone_and_names_stay() {
        let shape = |dialect, statement| without_values(dialect, statement);
        assert_eq!(
            shape(
                MySql,
                "UPDATE `Posts` SET a1 = \"it\\\"s\", b = 'x''y\\'z' -- 'note\nWHERE Id = X'00ff' LIMIT 10"
            ),
            "UPDATE `Posts` SET a1 = ?, b = ? WHERE Id = X? LIMIT ?"
        );
        assert_eq!(
            shape(
                Postgres,
                "SELECT \"Name 1\", $1, E'a\\'b', 'c\\', $x$ body $x$ /* it's */ FROM t2\n  WHERE n > -1.5e3"
            ),
            "SELECT \"Name 1\", $1, E?, ?, ? FROM t2 WHERE n > -?"
        );
    }

    proptest! {
        #[test]
        fn no_value_that_is_quoted_here_is_shown(text in "[a-z]{4}['\"\\\\$`/*-]{0,4}[a-z]{4}") {
            for dialect in [Dialect::MySql, Dialect::Postgres] {
                let statement = format!("SELECT {}, {}", dialect.literal(&text), dialect.literal("z"));
                let shown = without_values(dialect, &statement);
                prop_assert!(!shown.contains(&text[..4]) && !shown.contains(&text[text.len() - 4..]), "{shown}");
            }
        }
    }
}
