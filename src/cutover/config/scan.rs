//! Where the values of a JSON document stand in its text.

use std::fmt;
use std::ops::Range;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// Text that is no JSON, or not of the kind that was looked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// Not JSON: where it stops being so. The text itself is not repeated: it may be a password.
    #[error("it is not valid JSON from line {line}, column {column}")]
    Syntax {
        /// The line, from 1.
        line: usize,
        /// The column in bytes, from 1.
        column: usize,
    },
    /// A value of another kind than Mattermost takes there.
    #[error("`{path}` is not {expected}")]
    Kind {
        /// Which value.
        path: String,
        /// What it should be, with its article.
        expected: &'static str,
    },
}

/// A piece of the document: its text and where this begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece<'a> {
    pub(super) text: &'a str,
    pub(super) start: usize,
}

/// A member of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Member<'a> {
    /// The key as it is written, in its quotes.
    pub(super) key: Piece<'a>,
    /// The key as it reads.
    pub(super) name: String,
    pub(super) value: Piece<'a>,
}

impl<'a> Piece<'a> {
    /// The document's one value; `start` is how much of the file stands before `text`.
    pub(super) fn document(text: &'a str, start: usize) -> Result<Self, Malformed> {
        let raw: &RawValue = serde_json::from_str(text)
            .map_err(|error| Malformed::Syntax { line: error.line(), column: error.column() })?;
        Ok(Self { text, start }.inside(raw.get()))
    }

    /// Where it stands in the file.
    pub(super) fn span(self) -> Range<usize> {
        self.start..self.start + self.text.len()
    }

    /// The members of an object in their order, those that share a name included.
    pub(super) fn members(self, path: &str) -> Result<Vec<Member<'a>>, Malformed> {
        let Members(found) = self.read(path, "an object")?;
        let member = |(key, value): (&'a RawValue, &'a RawValue)| -> Result<_, Malformed> {
            let key = self.inside(key.get());
            Ok(Member { key, name: key.string(path)?, value: self.inside(value.get()) })
        };
        found.into_iter().map(member).collect()
    }

    /// The elements of an array; those of `null`, which Mattermost takes for an empty one, are none.
    pub(super) fn elements(self, path: &str) -> Result<Vec<Piece<'a>>, Malformed> {
        if self.is_null() {
            return Ok(Vec::new());
        }
        let Elements(found) = self.read(path, "a list")?;
        Ok(found.into_iter().map(|raw| self.inside(raw.get())).collect())
    }

    /// The text of a string; that of `null`, which Mattermost takes for a missing one, is empty.
    pub(super) fn string(self, path: &str) -> Result<String, Malformed> {
        if self.is_null() { Ok(String::new()) } else { self.read(path, "a text") }
    }

    pub(super) fn is_null(self) -> bool {
        self.text == "null"
    }

    fn read<T: Deserialize<'a>>(self, path: &str, expected: &'static str) -> Result<T, Malformed> {
        let wrong = |_| Malformed::Kind { path: path.to_owned(), expected };
        serde_json::from_str(self.text).map_err(wrong)
    }

    /// A part of this text, which the parser has borrowed from it.
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
    fn pieces_stand_where_they_say() {
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
    fn what_is_no_json_is_placed_and_not_repeated() {
        let error = Piece::document("{\n  \"a\": hunter2\n}", 0).unwrap_err();
        assert_eq!(error.to_string(), "it is not valid JSON from line 2, column 8");
        let error = Piece::document("[1]", 0).unwrap().members("SqlSettings").unwrap_err();
        let expected = "an object";
        assert_eq!(error, Malformed::Kind { path: "SqlSettings".into(), expected });
    }
}
