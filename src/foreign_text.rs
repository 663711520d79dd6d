//! Text that this program did not write (names, keys, messages of servers), made visible: the one place that
//! spells out characters that would steer a terminal, forge a line or change the direction of a text.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Spells out control characters, line breaks and marks of direction: `\n`, `\u{1b}`, `\u{202e}`.
#[must_use]
pub fn spell_out(text: &str) -> Cow<'_, str> {
    replace(text, is_hidden)
}

/// Names in one line, separated by commas.
#[must_use]
pub fn spell_out_names<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> String {
    let names = names.into_iter().map(|name| spell_out(name.as_ref()).into_owned());
    names.collect::<Vec<_>>().join(", ")
}

/// The same for a text of several lines that this program has laid out: its line breaks stay.
#[must_use]
pub fn spell_out_lines(text: &str) -> Cow<'_, str> {
    replace(text, |character| character != '\n' && is_hidden(character))
}

/// The same for a message with indented continuation lines: a line break that no space follows is foreign.
#[must_use]
pub fn spell_out_message(text: &str) -> Cow<'_, str> {
    let foreign =
        |at: usize| text[at + 1..].chars().next().is_some_and(|next| next != ' ' && next != '\n');
    let breaks = text.match_indices('\n').map(|(at, _)| at);
    if !breaks.clone().any(foreign) {
        return spell_out_lines(text);
    }
    let mut spelled = String::with_capacity(text.len());
    let mut start = 0;
    for at in breaks.filter(|&at| foreign(at)) {
        spelled.push_str(&text[start..at]);
        spelled.push_str("\\n");
        start = at + 1;
    }
    spelled.push_str(&text[start..]);
    Cow::Owned(spell_out_lines(&spelled).into_owned())
}

/// Spells the same characters in a JSON text by its own escapes, so that its meaning stays. JSON escapes
/// control characters below U+0020 itself.
#[must_use]
pub fn spell_out_json(json: &str) -> Cow<'_, str> {
    let is_unescaped = |character: char| character >= '\u{7f}' && is_hidden(character);
    if !json.contains(is_unescaped) {
        return Cow::Borrowed(json);
    }
    let mut spelled = String::with_capacity(json.len());
    for character in json.chars() {
        if is_unescaped(character) {
            let _ = write!(spelled, "\\u{:04x}", u32::from(character));
        } else {
            spelled.push(character);
        }
    }
    Cow::Owned(spelled)
}

fn replace(text: &str, is_replaced: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&is_replaced) {
        return Cow::Borrowed(text);
    }
    let mut spelled = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if is_replaced(character) {
            spelled.extend(character.escape_default());
        } else {
            spelled.push(character);
        }
    }
    Cow::Owned(spelled)
}

/// Control characters (C0, DEL, C1), separators of lines and paragraphs, and the controls of the bidirectional
/// algorithm (Unicode Standard Annex #9, "Directional Formatting Characters").
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::{spell_out, spell_out_json, spell_out_lines, spell_out_message};

    #[test]
    fn what_steers_a_terminal_is_spelled_out() {
        assert_eq!(spell_out("\u{1b}[31mred\u{7}\r\n\t"), "\\u{1b}[31mred\\u{7}\\r\\n\\t");
        assert_eq!(spell_out("\u{9b}2J\u{7f}"), "\\u{9b}2J\\u{7f}");
        assert_eq!(
            spell_out("a\u{202e}b\u{2066}c\u{200f}\u{2028}"),
            "a\\u{202e}b\\u{2066}c\\u{200f}\\u{2028}"
        );
    }

    #[test]
    fn all_other_text_stays() {
        for text in ["Posts", "日本語 ⚠ é", "👨\u{200d}👩\u{200d}👧", "a\\nb", "`\"'<>&"]
        {
            assert_eq!(spell_out(text), text);
        }
    }

    #[test]
    fn laid_out_lines_stay() {
        assert_eq!(spell_out_lines("a\n  b\u{1b}\r\n"), "a\n  b\\u{1b}\\r\n");
    }

    #[test]
    fn a_message_has_only_indented_lines_of_its_own() {
        assert_eq!(spell_out_message("[x] a\n  b"), "[x] a\n  b");
        assert_eq!(spell_out_message("\n  [x] a\n"), "\n  [x] a\n");
        let forged = "table `a\nok: the target is proven equal`";
        assert_eq!(spell_out_message(forged), "table `a\\nok: the target is proven equal`");
    }

    #[test]
    fn json_keeps_its_meaning() {
        let json = serde_json::to_string("a\u{202e}\u{9b}\u{7f}\n").expect("JSON");
        let spelled = spell_out_json(&json);
        assert_eq!(spelled, "\"a\\u202e\\u009b\\u007f\\n\"");
        let read: String = serde_json::from_str(&spelled).expect("JSON");
        assert_eq!(read, "a\u{202e}\u{9b}\u{7f}\n");
    }
}
