//! Files of variables: `.env` of compose, `EnvironmentFile=` of systemd, `/etc/default`.
//!
//! Crates for `.env` files report neither the line of a variable nor the rest of a file with an error.

use std::collections::BTreeMap;

/// A variable of such a file, with its line from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) line: usize,
    pub(super) name: String,
    pub(super) value: String,
}

/// Reads `NAME=value`, `export NAME="value"` and `NAME: value`, quotes over several lines, lines that
/// continue after a backslash, and comments.
pub(super) fn entries(text: &str) -> Vec<Entry> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut entries = Vec::new();
    let mut lines = (1..).zip(text.lines());
    while let Some((line, text)) = lines.next() {
        let text = text.trim();
        if text.starts_with(['#', ';']) {
            continue;
        }
        let text = text.strip_prefix("export ").map_or(text, str::trim_start);
        let Some((name, rest)) = split_name(text) else { continue };
        let mut rest = rest.trim_start().to_owned();
        while is_open(&rest) {
            let Some((_, more)) = lines.next() else { break };
            if rest.ends_with('\\') {
                rest.pop();
            } else {
                rest.push('\n');
            }
            rest.push_str(more);
        }
        entries.push(Entry { line, name: name.to_owned(), value: unquote(&rest) });
    }
    entries
}

/// The variables by name; the last of several counts.
pub(super) fn by_name(text: &str) -> BTreeMap<String, Entry> {
    entries(text).into_iter().map(|entry| (entry.name.clone(), entry)).collect()
}

fn split_name(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|it: char| !(it.is_ascii_alphanumeric() || it == '_'))?;
    let (name, rest) = text.split_at(end);
    let rest = rest.trim_start();
    let value = rest.strip_prefix('=').or_else(|| rest.strip_prefix(": "))?;
    (!name.is_empty()).then_some((name, value))
}

/// Whether a value continues on the next line: in quotes, or after a backslash.
fn is_open(text: &str) -> bool {
    match text.chars().next() {
        Some(quote @ ('"' | '\'')) => closing(&text[1..], quote).is_none(),
        _ => text.ends_with('\\') && !text.ends_with("\\\\"),
    }
}

fn closing(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (place, character) in text.char_indices() {
        match character {
            '\\' if quote == '"' && !escaped => escaped = true,
            _ if character == quote && !escaped => return Some(place),
            _ => escaped = false,
        }
    }
    None
}

fn unquote(text: &str) -> String {
    if let Some(quote @ ('"' | '\'')) = text.chars().next()
        && let Some(end) = closing(&text[1..], quote)
    {
        let inner = &text[1..=end];
        return if quote == '"' {
            inner.replace("\\\"", "\"").replace("\\\\", "\\")
        } else {
            inner.to_owned()
        };
    }
    let end = text.find(" #").unwrap_or(text.len());
    text[..end].trim_end().to_owned()
}

/// A value after interpolation, and what it depends on.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Interpolated {
    pub(super) text: String,
    /// Variables that neither the files nor a default define: the shell may.
    pub(super) undefined: Vec<String>,
    /// The one variable that the value consists of, if it does.
    pub(super) only: Option<String>,
}

/// Replaces `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME-default}`, `${NAME:+other}`,
/// `${NAME+other}`, `${NAME:?message}` and `$$`, as compose does; defaults can be nested.
pub(super) fn interpolate(text: &str, lookup: &dyn Fn(&str) -> Option<String>) -> Interpolated {
    let mut result = Interpolated::default();
    let mut parts = 0;
    let mut rest = text;
    while let Some(place) = rest.find('$') {
        if place > 0 {
            result.text.push_str(&rest[..place]);
            parts += 1;
        }
        rest = &rest[place + 1..];
        parts += 1;
        if let Some(after) = rest.strip_prefix('$') {
            result.text.push('$');
            rest = after;
            parts += 1;
        } else if let Some((inner, after)) = braced(rest) {
            result.expand(inner, lookup);
            rest = after;
        } else {
            let end = name_end(rest);
            if end == 0 {
                result.text.push('$');
            } else {
                result.expand(&rest[..end], lookup);
            }
            rest = &rest[end..];
        }
    }
    result.text.push_str(rest);
    if parts != 1 || !rest.is_empty() {
        result.only = None;
    }
    result
}

impl Interpolated {
    fn expand(&mut self, expression: &str, lookup: &dyn Fn(&str) -> Option<String>) {
        let (name, operator) = expression.split_at(name_end(expression));
        let value = lookup(name);
        let (operator, empty_counts) = match operator.strip_prefix(':') {
            Some(operator) => (operator, false),
            None => (operator, true),
        };
        let is_set = value.as_ref().is_some_and(|value| empty_counts || !value.is_empty());
        let nested = operator.get(1..).unwrap_or_default();
        match operator.chars().next() {
            Some('-') if !is_set => self.add_nested(nested, lookup),
            Some('+') if is_set => self.add_nested(nested, lookup),
            Some('+') => {}
            _ => match value {
                Some(value) => {
                    self.text.push_str(&value);
                    self.only = Some(name.to_owned());
                }
                None => self.undefined.push(name.to_owned()),
            },
        }
    }

    fn add_nested(&mut self, text: &str, lookup: &dyn Fn(&str) -> Option<String>) {
        let nested = interpolate(text, lookup);
        self.text.push_str(&nested.text);
        self.undefined.extend(nested.undefined);
    }
}

fn name_end(text: &str) -> usize {
    text.find(|it: char| !(it.is_ascii_alphanumeric() || it == '_')).unwrap_or(text.len())
}

/// The inside of `{…}` at the start of a text, nested ones included, and the rest.
fn braced(text: &str) -> Option<(&str, &str)> {
    // Each level of nesting is a call of `interpolate`.
    const DEPTH: usize = 20;
    let inner = text.strip_prefix('{')?;
    let mut depth = 1;
    for (place, character) in inner.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth > DEPTH {
            return None;
        }
        if depth == 0 {
            return Some((&inner[..place], &inner[place + 1..]));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{entries, interpolate};

    #[test]
    fn every_spelling_of_a_variable_is_read() {
        let text = "# A=1\nB=2 # note\nexport C=\"3 #\"\nD='4'\nE: 5\n  F = \"6\\\n7\"\nG=8\\\n9\nnonsense\n\
                    H=\"a\\\"b\"\nI=\n";
        let found: Vec<_> = entries(text)
            .into_iter()
            .map(|it| format!("{} {}={}", it.line, it.name, it.value))
            .collect();
        let expected =
            ["2 B=2", "3 C=3 #", "4 D=4", "5 E=5", "6 F=67", "8 G=89", "11 H=a\"b", "12 I="];
        assert_eq!(found, expected);
    }

    #[test]
    fn interpolation_is_that_of_compose() {
        let lookup = |name: &str| match name {
            "SET" => Some("value".to_owned()),
            "EMPTY" => Some(String::new()),
            _ => None,
        };
        for (text, expected) in [
            ("a$SET.b", "avalue.b"),
            ("${SET}", "value"),
            ("${SET:-x}${UNSET:-x}${UNSET-y}${EMPTY:-z}${EMPTY-w}", "valuexyz"),
            ("${UNSET:-${SET:-x}}", "value"),
            ("${SET:+yes}${UNSET:+no}", "yes"),
            ("${SET:?message}", "value"),
            ("$$SET ${", "$SET ${"),
        ] {
            assert_eq!(interpolate(text, &lookup).text, expected, "{text}");
        }
        assert_eq!(interpolate("x${UNSET}", &lookup).undefined, ["UNSET"]);
        assert_eq!(interpolate("${SET}", &lookup).only.as_deref(), Some("SET"));
        assert_eq!(interpolate("${SET}/", &lookup).only, None);
    }
}
