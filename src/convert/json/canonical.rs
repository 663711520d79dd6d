//! JSON in canonical form: equal values have the same text.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::escapes::unescape;
use super::number::canonical_number;
use super::tokens::{Kind, Tokens};
use super::{Invalid, JsonType, check_for_jsonb};

/// A member of an object: its key, and its position in the output.
struct Member<'a> {
    key: Cow<'a, [u8]>,
    start: usize,
}

/// An object or an array that is not closed yet.
struct Open<'a> {
    /// Its start in the output.
    start: usize,
    members: Vec<Member<'a>>,
    is_object: bool,
    is_empty: bool,
    is_sorted: bool,
}

/// Appends the value in canonical form: no whitespace, keys in `jsonb`'s order, numbers without
/// insignificant zeros, no unnecessary escapes.
///
/// The text must be UTF-8; everything else is validated as by [`validate`](super::validate). For `jsonb`
/// the last of several members with the same key counts, for `json` all of them do. The output contains
/// no tab and no line break. On failure, `out` may contain part of the value.
pub fn write_canonical(text: &[u8], json_type: JsonType, out: &mut Vec<u8>) -> Result<(), Invalid> {
    if matches!(text, b"{}" | b"[]") {
        out.extend_from_slice(text);
        return Ok(());
    }
    let mut open: Vec<Open<'_>> = Vec::new();
    let mut tokens = Tokens::new(text);
    while let Some(kind) = tokens.advance()? {
        if json_type == JsonType::Jsonb {
            check_for_jsonb(kind, &tokens)?;
        }
        if kind != Kind::EndArray && kind != Kind::EndObject {
            separate(kind, &mut open, out);
        }
        match kind {
            Kind::BeginObject | Kind::BeginArray => {
                let is_object = kind == Kind::BeginObject;
                open.push(Open {
                    start: out.len(),
                    members: Vec::new(),
                    is_object,
                    is_empty: true,
                    is_sorted: true,
                });
                out.push(if is_object { b'{' } else { b'[' });
            }
            Kind::EndArray => {
                open.pop();
                out.push(b']');
            }
            Kind::EndObject => {
                let object = open.pop().expect("an end follows its beginning");
                if !object.is_sorted {
                    sort(object, json_type, out);
                }
                out.push(b'}');
            }
            Kind::Key | Kind::EscapedKey => {
                let start = out.len();
                let key = write_string(kind == Kind::EscapedKey, tokens.raw(), out);
                out.push(b':');
                let object = open.last_mut().expect("a key is in an object");
                object.is_sorted &=
                    object.members.last().is_none_or(|last| order(&last.key, &key).is_lt());
                object.members.push(Member { key, start });
            }
            Kind::String | Kind::EscapedString => {
                write_string(kind == Kind::EscapedString, tokens.raw(), out);
            }
            Kind::Number => canonical_number(tokens.raw(), out),
            Kind::Word => out.extend_from_slice(tokens.raw()),
        }
    }
    Ok(())
}

/// Writes the comma before a key, and before an element of an array.
fn separate(kind: Kind, open: &mut [Open<'_>], out: &mut Vec<u8>) {
    let Some(around) = open.last_mut() else { return };
    if around.is_object && !matches!(kind, Kind::Key | Kind::EscapedKey) {
        return;
    }
    if !around.is_empty {
        out.push(b',');
    }
    around.is_empty = false;
}

/// By length first, as `jsonb` sorts keys: most output of either server is in order already.
fn order(left: &[u8], right: &[u8]) -> Ordering {
    left.len().cmp(&right.len()).then_with(|| left.cmp(right))
}

/// Sorts the members of an object, up to its closing bracket.
fn sort(mut object: Open<'_>, json_type: JsonType, out: &mut Vec<u8>) {
    let written = out.split_off(object.start);
    let ends = object.members.iter().skip(1).map(|member| member.start - 1);
    let ends: Vec<usize> = ends.chain([object.start + written.len()]).collect();
    let mut members: Vec<_> = object.members.drain(..).zip(ends).collect();
    members.sort_by(|(left, _), (right, _)| order(&left.key, &right.key));
    out.push(b'{');
    let mut is_first = true;
    for (place, (member, end)) in members.iter().enumerate() {
        let next = members.get(place + 1);
        if json_type == JsonType::Jsonb && next.is_some_and(|(next, _)| next.key == member.key) {
            continue;
        }
        if !is_first {
            out.push(b',');
        }
        is_first = false;
        out.extend_from_slice(&written[member.start - object.start..end - object.start]);
    }
}

/// Writes a string and returns the text that it represents.
fn write_string<'a>(is_escaped: bool, raw: &'a [u8], out: &mut Vec<u8>) -> Cow<'a, [u8]> {
    out.push(b'"');
    let value = if is_escaped {
        let plain = unescape(raw);
        for &byte in &plain {
            match byte {
                b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
                0..0x20 => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
                _ => out.push(byte),
            }
        }
        Cow::Owned(plain)
    } else {
        out.extend_from_slice(raw);
        Cow::Borrowed(raw)
    };
    out.push(b'"');
    value
}

#[cfg(test)]
mod tests {
    use super::write_canonical;
    use crate::convert::json::JsonType::{self, Json, Jsonb};

    fn canonical(text: &str, json_type: JsonType) -> String {
        let mut out = b"before ".to_vec();
        write_canonical(text.as_bytes(), json_type, &mut out).expect("JSON");
        String::from_utf8(out).expect("UTF-8").split_off(7)
    }

    #[test]
    fn what_is_the_same_is_spelled_the_same() {
        for (text, spelling) in [
            (
                r#" { "b" : [ 1 , { } , [ ] ] , "a" : { "bb" : null , "a" : true } } "#,
                r#"{"a":{"a":true,"bb":null},"b":[1,{},[]]}"#,
            ),
            (r#"{"\u0061":"\u00e9\/\n","aa":"\"\\\t"}"#, r#"{"a":"é/\u000a","aa":"\"\\\u0009"}"#),
            (
                r"[1.0, 1, 10, 1e1, -0, 0.10, 1E-2, -12.50, 100e-2, 0e5]",
                "[1,1,1e1,1e1,0,1e-1,1e-2,-125e-1,1,0]",
            ),
            ("18446744073709551616", "18446744073709551616"),
            ("{}", "{}"),
        ] {
            assert_eq!(canonical(text, Jsonb), spelling, "{text}");
        }
    }

    #[test]
    fn of_members_with_one_key_the_last_counts_for_jsonb_and_all_for_json() {
        let text = r#"{"b":1,"a":2,"b":{"x":3},"\u0062":4}"#;
        assert_eq!(canonical(text, Jsonb), r#"{"a":2,"b":4}"#);
        assert_eq!(canonical(text, Json), r#"{"a":2,"b":1,"b":{"x":3},"b":4}"#);
        assert_eq!(canonical(r#"[{"a":1,"a":1}]"#, Jsonb), r#"[{"a":1}]"#);
    }

    #[test]
    fn halves_of_pairs_and_depth_are_no_problem() {
        let mut out = Vec::new();
        write_canonical(br#"["\ud83d", "\ud83d\ude00"]"#, Json, &mut out).expect("JSON");
        assert_eq!(out, b"[\"\xed\xa0\xbd\",\"\xf0\x9f\x98\x80\"]");
        let deep = format!("{}1{}", "[".repeat(9000), "]".repeat(9000));
        assert_eq!(canonical(&deep, Jsonb), deep);
        assert!(write_canonical(b"[1", Jsonb, &mut out).is_err());
    }
}
