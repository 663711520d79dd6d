//! JSON lists of strings, element by element.

use super::is_null;
use super::tokens::{Kind, Tokens};

/// A text read as a JSON list of strings. Elements are in their original form, with quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StringList<'v> {
    /// A list of strings and nulls, or a bare `null`.
    Whole(Vec<&'v [u8]>),
    /// A list that ends too early, with the elements before the cut; also an empty text.
    Cut(Vec<&'v [u8]>),
    /// Anything else.
    Other,
}

/// Reads a text as a list of strings.
#[must_use]
pub fn read_string_list(value: &[u8]) -> StringList<'_> {
    if is_null(value) || super::trim(value).is_empty() {
        let elements = Vec::new();
        return if is_null(value) {
            StringList::Whole(elements)
        } else {
            StringList::Cut(elements)
        };
    }
    let mut tokens = Tokens::new(value);
    if !matches!(tokens.advance(), Ok(Some(Kind::BeginArray))) {
        return StringList::Other;
    }
    let mut elements = Vec::new();
    loop {
        match tokens.advance() {
            Ok(Some(Kind::String | Kind::EscapedString)) => {
                let place = tokens.place();
                elements.push(&value[place.start - 1..=place.end]);
            }
            Ok(Some(Kind::Word)) if tokens.raw() == b"null" => elements.push(tokens.raw()),
            Ok(Some(Kind::EndArray)) => {
                let ends = matches!(tokens.advance(), Ok(None));
                return if ends { StringList::Whole(elements) } else { StringList::Other };
            }
            Err(invalid) if is_cut(value, invalid.offset) => return StringList::Cut(elements),
            _ => return StringList::Other,
        }
    }
}

/// Whether the text ends where the reader stopped: at the end, or within an escape.
fn is_cut(value: &[u8], offset: usize) -> bool {
    let rest = &value[offset.min(value.len())..];
    rest.is_empty()
        || rest[0] == b'\\'
            && match rest.get(1) {
                None => true,
                Some(b'u') => rest.len() < 6 && rest[2..].iter().all(u8::is_ascii_hexdigit),
                Some(_) => false,
            }
}

/// Writes a list of the first elements that fit into `limit` characters.
#[must_use]
pub fn write_string_list(elements: &[&[u8]], limit: usize) -> Vec<u8> {
    let mut list = vec![b'['];
    let mut length = 2;
    for (number, element) in elements.iter().enumerate() {
        length += usize::from(number > 0) + String::from_utf8_lossy(element).chars().count();
        if length > limit {
            break;
        }
        if number > 0 {
            list.push(b',');
        }
        list.extend_from_slice(element);
    }
    list.push(b']');
    list
}

#[cfg(test)]
mod tests {
    use super::{StringList, read_string_list, write_string_list};

    fn read(text: &str) -> StringList<'_> {
        read_string_list(text.as_bytes())
    }

    #[test]
    fn lists_of_strings_are_whole() {
        for (text, count) in [
            ("[]", 0),
            (" null ", 0),
            (r#"["a", "b\u00e9", null]"#, 3),
            (r#"["\ud83d"]"#, 1),
            (r#" ["a, b]", "" ] "#, 2),
        ] {
            let StringList::Whole(elements) = read(text) else { panic!("{text}") };
            assert_eq!(elements.len(), count, "{text}");
        }
    }

    #[test]
    fn a_list_that_ends_too_early_keeps_its_whole_elements() {
        let whole = r#"["ab","c\u00e9","d"]"#;
        for end in 0..whole.len() {
            let StringList::Cut(elements) = read(&whole[..end]) else {
                panic!("{}", &whole[..end])
            };
            let expected = match end {
                0..5 => 0,
                5..15 => 1,
                15..19 => 2,
                _ => 3,
            };
            assert_eq!(elements.len(), expected, "{}", &whole[..end]);
        }
    }

    #[test]
    fn anything_else_is_no_list() {
        for text in [
            "{}",
            "[1]",
            r#"[["a"]]"#,
            "['a']",
            "a",
            r#""a""#,
            r#"["a"]]"#,
            r#"["\x"]"#,
            "[,",
            "[\"a\"x",
        ] {
            assert_eq!(read(text), StringList::Other, "{text}");
        }
    }

    #[test]
    fn elements_are_dropped_from_the_end_and_never_cut() {
        let StringList::Whole(elements) = read(r#"["日本", "b", "c"]"#) else { panic!("a list") };
        for (limit, expected) in [
            (99, r#"["日本","b","c"]"#),
            (13, r#"["日本","b"]"#),
            (10, r#"["日本","b"]"#),
            (9, r#"["日本"]"#),
            (5, "[]"),
        ] {
            let list = write_string_list(&elements, limit);
            assert_eq!(String::from_utf8_lossy(&list), expected, "{limit}");
        }
    }
}
