//! HTML: text enters it only escaped, with hidden characters spelled out.

use std::fmt::Write as _;

use crate::foreign_text::{spell_out, spell_out_lines};

/// A piece of HTML.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Html(String);

impl Html {
    /// Adds markup of our own.
    pub(super) fn raw(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// Adds a number.
    pub(super) fn number(&mut self, number: u64) -> &mut Self {
        let _ = write!(self.0, "{number}");
        self
    }

    /// Adds text of any origin, in one line.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        self.escape(&spell_out(text))
    }

    /// Adds text that keeps its line breaks.
    pub(super) fn lines(&mut self, text: &str) -> &mut Self {
        self.escape(&spell_out_lines(text))
    }

    /// Adds text in which backticks mark code.
    pub(super) fn prose(&mut self, text: &str) -> &mut Self {
        let parts: Vec<&str> = text.split('`').collect();
        for (place, part) in parts.iter().enumerate() {
            // A lone backtick at the end marks nothing.
            if place % 2 == 1 && place + 1 < parts.len() {
                self.raw("<code>").text(part).raw("</code>");
            } else if !part.is_empty() {
                self.text(part);
            }
        }
        self
    }

    pub(super) fn into_string(self) -> String {
        self.0
    }

    fn escape(&mut self, text: &str) -> &mut Self {
        for character in text.chars() {
            match character {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                _ => self.0.push(character),
            }
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::Html;

    #[test]
    fn foreign_text_is_no_markup() {
        let mut html = Html::default();
        html.raw("<p>").text("<script>\u{202e}&\n").prose("run `a <b>` now");
        assert_eq!(
            html.into_string(),
            "<p>&lt;script&gt;\\u{202e}&amp;\\nrun <code>a &lt;b&gt;</code> now"
        );
    }
}
