//! A JSON document as spans of its text, so that a value can be replaced without touching the rest.

use std::fmt;
use std::ops::Range;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// Text that is not JSON, or has a value of an unexpected kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// Not JSON. The text itself is not repeated, because it can be a password.
    #[error("invalid JSON at line {line}, column {column}")]
    Syntax {
        /// The line, from 1.
        line: usize,
        /// The column in bytes, from 1.
        column: usize,
    },
    /// A value of another kind than Mattermost accepts there.
    #[error("`{path}` is not {expected}")]
    Kind {
        /// Which value.
        path: String,
        /// What it should be, with its article.
        expected: &'static str,
    },
}

/// A part of the document: its text and the offset at which it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Piece<'a> {
    pub(crate) text: &'a str,
    pub(crate) start: usize,
}

/// A member of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member<'a> {
    /// The key as written, with its quotes.
    pub(crate) key: Piece<'a>,
    /// The key, unquoted.
    pub(crate) name: String,
    pub(crate) value: Piece<'a>,
}

impl<'a> Piece<'a> {
    /// The document's one value; `start` is the offset of `text` in the file.
    pub(crate) fn document(text: &'a str, start: usize) -> Result<Self, Malformed> {
        let raw: &RawValue = serde_json::from_str(text)
            .map_err(|error| Malformed::Syntax { line: error.line(), column: error.column() })?;
        Ok(Self { text, start }.inside(raw.get()))
    }

    /// Its place in the file.
    pub(crate) fn span(self) -> Range<usize> {
        self.start..self.start + self.text.len()
    }

    /// The members of an object in their order, repeated names included.
    pub(crate) fn members(self, path: &str) -> Result<Vec<Member<'a>>, Malformed> {
        let Members(found) = self.read(path, "an object")?;
        let member = |(key, value): (&'a RawValue, &'a RawValue)| -> Result<_, Malformed> {
            let key = self.inside(key.get());
            Ok(Member { key, name: key.string(path)?, value: self.inside(value.get()) })
        };
        found.into_iter().map(member).collect()
    }

    /// The elements of an array; `null` has none, as in Mattermost.
    pub(crate) fn elements(self, path: &str) -> Result<Vec<Piece<'a>>, Malformed> {
        if self.is_null() {
            return Ok(Vec::new());
        }
        let Elements(found) = self.read(path, "a list")?;
        Ok(found.into_iter().map(|raw| self.inside(raw.get())).collect())
    }

    /// The text of a string; `null` is empty, as in Mattermost.
    pub(crate) fn string(self, path: &str) -> Result<String, Malformed> {
        if self.is_null() { Ok(String::new()) } else { self.read(path, "a text") }
    }

    pub(crate) fn is_null(self) -> bool {
        self.text == "null"
    }

    fn read<T: Deserialize<'a>>(self, path: &str, expected: &'static str) -> Result<T, Malformed> {
        let wrong = |_| Malformed::Kind { path: path.to_owned(), expected };
        serde_json::from_str(self.text).map_err(wrong)
    }

    /// A part of this text that the parser has borrowed from it.
    fn inside(self, part: &'a str) -> Self {
        let offset = part.as_ptr().addr() - self.text.as_ptr().addr();
        Self { text: part, start: self.start + offset }
    }
}

struct Members<'a>(Vec<(&'a RawValue, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Vec<(&'de RawValue, &'de RawValue)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(members)
            }
        }
        deserializer.deserialize_map(Reader).map(Members)
    }
}

struct Elements<'a>(Vec<&'a RawValue>);

impl<'de: 'a, 'a> Deserialize<'de> for Elements<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Vec<&'de RawValue>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut elements = Vec::new();
                while let Some(element) = seq.next_element()? {
                    elements.push(element);
                }
                Ok(elements)
            }
        }
        deserializer.deserialize_seq(Reader).map(Elements)
    }
}

#[cfg(test)]
mod tests {
    use super::{Malformed, Piece};

    #[test]
    fn spans_are_those_of_the_values() {
        let text = " {\"a\\u0062\" : [1, {\"c\":\"d\"}] ,\r\n\"a\\u0062\":null}\n";
        let document = Piece::document(text, 0).unwrap();
        let members = document.members("it").unwrap();
        assert_eq!(members.len(), 2);
        for member in &members {
            assert_eq!(member.name, "ab");
            assert_eq!(&text[member.key.span()], "\"a\\u0062\"");
            assert_eq!(&text[member.value.span()], member.value.text);
        }
        let elements = members[0].value.elements("it").unwrap();
        assert_eq!(&text[elements[1].span()], "{\"c\":\"d\"}");
        assert!(members[1].value.elements("it").unwrap().is_empty());
    }

    #[test]
    fn invalid_json_is_located_and_not_repeated() {
        let error = Piece::document("{\n  \"a\": hunter2\n}", 0).unwrap_err();
        assert_eq!(error.to_string(), "invalid JSON at line 2, column 8");
        let error = Piece::document("[1]", 0).unwrap().members("SqlSettings").unwrap_err();
        let expected = "an object";
        assert_eq!(error, Malformed::Kind { path: "SqlSettings".into(), expected });
    }
}
