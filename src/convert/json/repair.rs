//! Removes from JSON text what `jsonb` rejects, and keeps the rest byte for byte.

use std::collections::HashMap;

use super::escapes::{Escape, escapes, unescape};
use super::tokens::{Kind, Tokens};
use super::{Invalid, refusal};
use crate::convert::Reason;

/// JSON text after a repair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repaired {
    pub text: Vec<u8>,
    /// The number of escapes changed in values.
    pub in_values: usize,
    /// The number of escapes changed in keys.
    pub in_keys: usize,
    /// Whether different keys of one object became equal, so that `jsonb` keeps only the last.
    pub merges_keys: bool,
}

/// Removes every escape of NUL (`\u0000` that is not itself escaped); an error if text is not JSON.
pub fn remove_nul_escapes(text: &[u8]) -> Result<Repaired, Invalid> {
    rewrite(text, Reason::NulEscape, b"")
}

/// Writes `\ufffd` for every escape of NUL, which keeps keys apart; an error where text is not JSON.
pub fn mark_nul_escapes(text: &[u8]) -> Result<Repaired, Invalid> {
    rewrite(text, Reason::NulEscape, b"\\ufffd")
}

/// Writes `\ufffd` for every escape that is half of a surrogate pair; an error if text is not JSON.
pub fn replace_lone_surrogates(text: &[u8]) -> Result<Repaired, Invalid> {
    rewrite(text, Reason::LoneSurrogate, b"\\ufffd")
}

fn rewrite(text: &[u8], reason: Reason, replacement: &[u8]) -> Result<Repaired, Invalid> {
    let mut repaired = Repaired {
        text: Vec::with_capacity(text.len()),
        in_values: 0,
        in_keys: 0,
        merges_keys: false,
    };
    let mut copied = 0;
    let mut tokens = Tokens::new(text);
    while let Some(kind) = tokens.advance()? {
        let count = match kind {
            Kind::EscapedKey => &mut repaired.in_keys,
            Kind::EscapedString => &mut repaired.in_values,
            _ => continue,
        };
        let place = tokens.place();
        repaired.text.extend_from_slice(&text[copied..place.start]);
        *count += rewrite_string(tokens.raw(), reason, replacement, &mut repaired.text);
        copied = place.end;
    }
    repaired.text.extend_from_slice(&text[copied..]);
    repaired.merges_keys = repaired.in_keys > 0 && merges_keys(text, reason, replacement)?;
    Ok(repaired)
}

/// Appends `raw` with the escapes replaced that `reason` names, and returns their number.
fn rewrite_string(raw: &[u8], reason: Reason, replacement: &[u8], out: &mut Vec<u8>) -> usize {
    let is_refused = |escape: Escape| refusal(escape) == Some(reason);
    let (mut copied, mut count) = (0, 0);
    for (place, _) in escapes(raw).filter(|(_, escape)| is_refused(*escape)) {
        out.extend_from_slice(&raw[copied..place.start]);
        out.extend_from_slice(replacement);
        copied = place.end;
        count += 1;
    }
    out.extend_from_slice(&raw[copied..]);
    count
}

/// Whether different keys of one object become equal.
fn merges_keys(text: &[u8], reason: Reason, replacement: &[u8]) -> Result<bool, Invalid> {
    // For each open bracket the keys so far: the new key and the original.
    let mut open: Vec<HashMap<Vec<u8>, Vec<u8>>> = Vec::new();
    let mut tokens = Tokens::new(text);
    while let Some(kind) = tokens.advance()? {
        match kind {
            Kind::BeginObject | Kind::BeginArray => open.push(HashMap::new()),
            Kind::EndObject | Kind::EndArray => drop(open.pop()),
            Kind::Key | Kind::EscapedKey => {
                let (before, mut after) = (unescape(tokens.raw()), Vec::new());
                rewrite_string(tokens.raw(), reason, replacement, &mut after);
                let keys = open.last_mut().expect("a key is in an object");
                let known = keys.entry(unescape(&after)).or_insert_with(|| before.clone());
                if *known != before {
                    return Ok(true);
                }
            }
            _ => {}
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::{remove_nul_escapes, replace_lone_surrogates};

    fn without_nul(text: &str) -> (String, usize, usize, bool) {
        let repaired = remove_nul_escapes(text.as_bytes()).expect("JSON");
        let text = String::from_utf8(repaired.text).expect("UTF-8");
        (text, repaired.in_values, repaired.in_keys, repaired.merges_keys)
    }

    #[test]
    fn only_real_escapes_go() {
        let same = |text: &str| (text.to_owned(), 0, 0, false);
        for text in [r#"{"a":"C:\\u0000dir"}"#, r#""u0000""#, r#" [ "\\\\u0000" , 1.0e5 ] "#] {
            assert_eq!(without_nul(text), same(text));
        }
        assert_eq!(
            without_nul(r#"{"a":"C:\\\u0000z", "b\u0000":["\u0000\u0000"]}"#),
            (r#"{"a":"C:\\z", "b":[""]}"#.to_owned(), 3, 1, false)
        );
    }

    #[test]
    fn keys_that_become_the_same_are_reported() {
        for text in [
            r#"{"k\u0000":1,"k":2}"#,
            r#"{"k":1,"x":{},"\u0000k":2}"#,
            r#"[{"\u006b\u0000":1,"k":2}]"#,
            r#"{"k\u0000":1,"\u0000k":2}"#,
        ] {
            assert!(without_nul(text).3, "{text}");
        }
        for text in [
            r#"{"k\u0000":1,"a":{"k":2}}"#,
            r#"[{"k\u0000":1},{"k":2}]"#,
            r#"{"k\u0000":1,"k\u0000":2}"#,
            r#"{"k":1,"k":2,"a":"\u0000"}"#,
        ] {
            assert!(!without_nul(text).3, "{text}");
        }
    }

    #[test]
    fn halves_of_pairs_become_the_replacement_character() {
        let repaired = replace_lone_surrogates(br#"["\ud83dx\ud83d\ude00\ude00"]"#).expect("JSON");
        assert_eq!(repaired.text, br#"["\ufffdx\ud83d\ude00\ufffd"]"#);
        assert_eq!((repaired.in_values, repaired.in_keys), (2, 0));
        let keys = replace_lone_surrogates(br#"{"\ud83d":1,"\ude00":2}"#).expect("JSON");
        assert!(keys.merges_keys);
    }

    #[test]
    fn what_is_not_json_is_left_alone() {
        assert!(remove_nul_escapes(br#"{"a":"\u0000""#).is_err());
    }
}
