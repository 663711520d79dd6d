//! Converts a JSON array of strings to a PostgreSQL array.

use super::escapes::unescape;
use super::is_null;
use super::tokens::{Kind, Tokens};
use crate::convert::{Reason, text};

/// Writes an array of strings and nulls as PostgreSQL's array literal: `["a",null]` as
/// `{"a",NULL}`; `None` for a bare `null`.
///
/// `limit` is the maximum number of characters of an element. The JSON must be valid as `jsonb`. Every
/// string is quoted, its quotes and backslashes escaped (manual, "Array Input and Output Syntax").
pub fn array_literal(value: &[u8], limit: Option<usize>) -> Result<Option<Vec<u8>>, Reason> {
    if is_null(value) {
        return Ok(None);
    }
    let mut tokens = Tokens::new(value);
    if !matches!(tokens.advance(), Ok(Some(Kind::BeginArray))) {
        return Err(Reason::NotStringArray);
    }
    let mut literal = Vec::with_capacity(value.len());
    literal.push(b'{');
    while let Some(kind) = tokens.advance().map_err(|invalid| invalid.reason)? {
        if kind == Kind::EndArray {
            break;
        }
        if literal.len() > 1 {
            literal.push(b',');
        }
        match kind {
            Kind::String | Kind::EscapedString => {
                push_quoted(&unescape(tokens.raw()), limit, &mut literal)?;
            }
            Kind::Word if tokens.raw() == b"null" => literal.extend_from_slice(b"NULL"),
            _ => return Err(Reason::NotStringArray),
        }
    }
    literal.push(b'}');
    Ok(Some(literal))
}

fn push_quoted(element: &[u8], limit: Option<usize>, literal: &mut Vec<u8>) -> Result<(), Reason> {
    let characters = text::validate(element).map_err(|_| Reason::InvalidUtf8)?;
    if limit.is_some_and(|limit| text::exceeds(characters, limit)) {
        return Err(Reason::TooLong);
    }
    literal.push(b'"');
    for &byte in element {
        if byte == b'"' || byte == b'\\' {
            literal.push(b'\\');
        }
        literal.push(byte);
    }
    literal.push(b'"');
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::array_literal;
    use crate::convert::Reason;

    fn literal(json: &str) -> Result<Option<String>, Reason> {
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        Ok(array_literal(json.as_bytes(), Some(4))?.map(text))
    }

    #[test]
    fn strings_are_quoted_and_nulls_are_not() {
        for (json, expected) in [
            ("[]", "{}"),
            (r#" [ "a" , null, "" ] "#, r#"{"a",NULL,""}"#),
            (r#"["NULL","{},","\"\\","\u00e9\n"]"#, "{\"NULL\",\"{},\",\"\\\"\\\\\",\"é\n\"}"),
        ] {
            assert_eq!(literal(json), Ok(Some(expected.to_owned())));
        }
        assert_eq!(literal(" null "), Ok(None));
    }

    #[test]
    fn anything_else_is_refused() {
        for json in ["{}", "1", r#""a""#, "[1]", "[[]]", "[{}]", "[true]"] {
            assert_eq!(literal(json), Err(Reason::NotStringArray), "{json}");
        }
        assert_eq!(literal(r#"["abcde"]"#), Err(Reason::TooLong));
        assert_eq!(literal(r#"["日本語日"]"#), Ok(Some(r#"{"日本語日"}"#.to_owned())));
    }
}
