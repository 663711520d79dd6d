//! Changes of a text by spans; everything outside of them stays byte for byte.

use std::ops::Range;

/// What a span of the text becomes; an empty span is a place to insert at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edit {
    pub(super) span: Range<usize>,
    pub(super) text: String,
}

/// The text with its edits made. Spans do not overlap; insertions at one place keep their order.
pub(super) fn apply(text: &str, edits: &[Edit]) -> String {
    let mut ordered: Vec<&Edit> = edits.iter().collect();
    ordered.sort_by_key(|edit| edit.span.start);
    let mut changed = String::with_capacity(text.len());
    let mut done = 0;
    for edit in ordered {
        changed.push_str(&text[done..edit.span.start]);
        changed.push_str(&edit.text);
        done = edit.span.end;
    }
    changed.push_str(&text[done..]);
    changed
}

/// A text as JSON, written as Go's `json.Marshal` writes it: `&`, `<` and `>` as escapes.
pub(super) fn quote(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted
        .replace('&', "\\u0026")
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Edit, apply, quote};

    #[test]
    fn edits_are_made_in_the_order_of_their_places() {
        let edit = |span, text: &str| Edit { span, text: text.into() };
        let edits = [edit(4..5, "E"), edit(0..1, ""), edit(2..2, "x"), edit(2..2, "y")];
        assert_eq!(apply("abcdef", &edits), "bxycdEf");
    }

    proptest! {
        #[test]
        fn a_quoted_text_reads_as_it_was(text in ".*") {
            prop_assert_eq!(serde_json::from_str::<String>(&quote(&text)).unwrap(), text);
        }
    }
}
