//! Values of cells, byte for byte.

use std::fmt;

use serde::de::{Error as _, MapAccess, Visitor};
use serde::ser::SerializeMap as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The value of a cell.
///
/// In JSON, NULL is `null`, UTF-8 is a string, and other bytes are `{"hex": "…"}`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Cell {
    /// NULL.
    Null,
    /// Anything else.
    Bytes(Vec<u8>),
}

/// Columns and their values, in order; a JSON object.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Columns(pub Vec<(String, Cell)>);

impl Cell {
    /// The bytes, unless it is NULL.
    #[must_use]
    pub fn bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Null => None,
            Self::Bytes(bytes) => Some(bytes),
        }
    }

    /// The size in bytes.
    #[must_use]
    pub fn size(&self) -> usize {
        self.bytes().map_or(0, <[u8]>::len)
    }
}

impl From<Option<Vec<u8>>> for Cell {
    fn from(value: Option<Vec<u8>>) -> Self {
        value.map_or(Self::Null, Self::Bytes)
    }
}

/// Shows the kind and the size, never the value.
impl fmt::Debug for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("NULL"),
            Self::Bytes(bytes) => write!(f, "{} bytes", bytes.len()),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Text(String),
    Hexadecimal { hex: String },
}

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_none(),
            Self::Bytes(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) => serializer.serialize_str(text),
                Err(_) => Written::Hexadecimal { hex: hex::encode(bytes) }.serialize(serializer),
            },
        }
    }
}

impl<'de> Deserialize<'de> for Cell {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Option::<Written>::deserialize(deserializer)? {
            None => Ok(Self::Null),
            Some(Written::Text(text)) => Ok(Self::Bytes(text.into_bytes())),
            Some(Written::Hexadecimal { hex }) => {
                hex::decode(hex).map(Self::Bytes).map_err(D::Error::custom)
            }
        }
    }
}

impl Columns {
    /// The value of that column.
    #[must_use]
    pub fn get(&self, column: &str) -> Option<&Cell> {
        self.0.iter().find(|(name, _)| name == column).map(|(_, cell)| cell)
    }
}

impl Serialize for Columns {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, cell) in &self.0 {
            map.serialize_entry(name, cell)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Columns {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Columns;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("columns with their values")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Columns, M::Error> {
                let mut columns = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    columns.push(entry);
                }
                Ok(Columns(columns))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Cell, Columns};

    #[test]
    fn each_kind_has_its_form() {
        let columns = Columns(vec![
            ("z".to_owned(), Cell::Null),
            ("a".to_owned(), Cell::Bytes(b"it's\0 \xf0\x9f\x98\x80".to_vec())),
            ("b".to_owned(), Cell::Bytes(b"\xff\x00".to_vec())),
        ]);
        let json = serde_json::to_string(&columns).expect("JSON");
        assert_eq!(json, r#"{"z":null,"a":"it's\u0000 😀","b":{"hex":"ff00"}}"#);
        assert_eq!(serde_json::from_str::<Columns>(&json).expect("columns"), columns);
        assert!(serde_json::from_str::<Cell>(r#"{"hex":"f"}"#).is_err());
        assert_eq!(format!("{columns:?}").matches("it's").count(), 0);
    }

    proptest! {
        #[test]
        fn any_bytes_come_back(bytes: Vec<u8>) {
            let cell = Cell::Bytes(bytes);
            let json = serde_json::to_string(&cell).expect("JSON");
            prop_assert!(!json.contains('\n'));
            prop_assert_eq!(serde_json::from_str::<Cell>(&json).expect("a cell"), cell);
        }
    }
}
