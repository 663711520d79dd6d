//! The values of a column in SQL, byte for byte.

use crate::mysql::Flavour;
use crate::quarantine::Cell;
use crate::schema::{Column, Kind};
use crate::sql::Dialect;

/// A column as it is read, compared and written.
///
/// Bytes are hexadecimal literals, which do not depend on the server's settings; a literal of bytes is stored
/// in a text column without conversion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stored {
    pub(super) name: String,
    kind: Kind,
    character_set: Option<String>,
    /// Whether it is MySQL's JSON type, which normalises what is written.
    native_json: bool,
}

impl Stored {
    pub(super) fn new(flavour: Flavour, column: &Column) -> Self {
        let kind = column.data_type.kind().clone();
        Self {
            name: column.name.clone(),
            native_json: flavour == Flavour::MySql && matches!(kind, Kind::Json { .. }),
            character_set: column.character_set.clone(),
            kind,
        }
    }

    /// The name, quoted.
    pub(super) fn sql(&self) -> String {
        Dialect::MySql.identifier(&self.name)
    }

    /// The bytes of the value, in the column's character set.
    pub(super) fn raw(&self) -> String {
        format!("CAST({} AS BINARY)", self.sql())
    }

    /// Whether these bytes are what the server sends as UTF-8.
    pub(super) fn is_sent_raw(&self) -> bool {
        self.character_set.as_ref().is_none_or(|name| name.starts_with("utf8"))
    }

    /// Whether it is text in UTF-8.
    pub(super) fn is_utf8_text(&self) -> bool {
        matches!(self.kind, Kind::Text(_)) && self.is_sent_raw()
    }

    /// Whether the server, in its strict mode, refuses to write a value that the column held: the empty text of
    /// an enumeration, which stands for a value that was none of its labels.
    pub(super) fn is_written_with_a_warning(&self, cell: &Cell) -> bool {
        matches!(self.kind, Kind::Enumeration(_)) && cell.bytes().is_some_and(<[u8]>::is_empty)
    }

    /// Whether the server may set it to the time of a change.
    pub(super) fn is_timestamp(&self) -> bool {
        matches!(self.kind, Kind::Timestamp { .. })
    }

    /// A condition that it contains exactly these bytes.
    pub(super) fn holds(&self, cell: &Cell) -> String {
        match cell {
            Cell::Null => format!("{} IS NULL", self.sql()),
            Cell::Bytes(bytes) => format!("{} = X'{}'", self.raw(), hex::encode(bytes)),
        }
    }

    /// A condition that it contains the result of writing `text` (UTF-8).
    pub(super) fn holds_written(&self, text: &Cell) -> String {
        let Cell::Bytes(bytes) = text else { return self.holds(text) };
        let digits = hex::encode(bytes);
        if self.native_json {
            format!("{} = CAST(CAST(_utf8mb4 X'{digits}' AS JSON) AS BINARY)", self.raw())
        } else if let Some(set) = self.character_set.as_ref().filter(|_| !self.is_sent_raw()) {
            format!("{} = CAST(CONVERT(_utf8mb4 X'{digits}' USING {set}) AS BINARY)", self.raw())
        } else {
            self.holds(text)
        }
    }

    /// A literal that writes text (UTF-8).
    pub(super) fn write(&self, text: &Cell) -> String {
        match text {
            Cell::Null => "NULL".to_owned(),
            Cell::Bytes(bytes) if self.kind == Kind::Binary => format!("X'{}'", hex::encode(bytes)),
            Cell::Bytes(bytes) if self.native_json => {
                format!("CAST(_utf8mb4 X'{}' AS JSON)", hex::encode(bytes))
            }
            Cell::Bytes(bytes) => format!("_utf8mb4 X'{}'", hex::encode(bytes)),
        }
    }

    /// A literal that restores exactly these bytes.
    pub(super) fn restore(&self, cell: &Cell) -> String {
        match (cell, &self.kind) {
            // `bit` is among the others, and accepts bytes too.
            (Cell::Bytes(bytes), Kind::Text(_) | Kind::Other) => {
                format!("X'{}'", hex::encode(bytes))
            }
            _ => self.write(cell),
        }
    }

    /// A literal to compare it with in its own collation, as its index does.
    pub(super) fn key(&self, cell: &Cell) -> String {
        match (cell, &self.kind) {
            (Cell::Bytes(bytes), Kind::Text(_) | Kind::Enumeration(_)) => {
                let set = self.character_set.as_deref().unwrap_or("utf8mb4");
                format!("_{set} X'{}'", hex::encode(bytes))
            }
            (Cell::Bytes(bytes), Kind::Binary | Kind::Other) => {
                format!("X'{}'", hex::encode(bytes))
            }
            (Cell::Bytes(bytes), _) => format!("_utf8mb4 X'{}'", hex::encode(bytes)),
            (Cell::Null, _) => "NULL".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Stored;
    use crate::mysql::Flavour;
    use crate::quarantine::Cell;
    use crate::schema::{Column, ColumnType};

    fn stored(flavour: Flavour, printed: &str, set: Option<&str>) -> Stored {
        let column = Column {
            character_set: set.map(str::to_owned),
            ..Column::of("c`c", ColumnType::mysql(printed))
        };
        Stored::new(flavour, &column)
    }

    #[test]
    fn each_type_has_its_literals() {
        let cell = Cell::Bytes(b"7".to_vec());
        let text = stored(Flavour::MySql, "text", Some("utf8mb4"));
        assert_eq!(text.write(&cell), "_utf8mb4 X'37'");
        assert_eq!(text.restore(&cell), "X'37'");
        assert_eq!(text.holds_written(&cell), "CAST(`c``c` AS BINARY) = X'37'");
        let old = stored(Flavour::MySql, "varchar(9)", Some("latin1"));
        assert_eq!(old.key(&cell), "_latin1 X'37'");
        assert!(old.holds_written(&cell).contains("CONVERT(_utf8mb4 X'37' USING latin1)"));
        let json = stored(Flavour::MySql, "json", None);
        assert_eq!(json.restore(&cell), "CAST(_utf8mb4 X'37' AS JSON)");
        let maria = stored(Flavour::MariaDb, "json", None);
        assert_eq!(maria.restore(&cell), "_utf8mb4 X'37'");
        let number = stored(Flavour::MySql, "bigint", None);
        assert_eq!(number.restore(&cell), "_utf8mb4 X'37'");
        assert_eq!(number.holds(&Cell::Null), "`c``c` IS NULL");
        assert_eq!(stored(Flavour::MySql, "blob", None).write(&cell), "X'37'");
    }
}
