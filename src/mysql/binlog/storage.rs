//! How a table map says that the cells of a column are stored.

use super::reader::{Cut, Reader};

/// How cells are stored, of the column's type and what the table map adds to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Storage {
    /// A whole number of that many bytes.
    Integer(usize),
    Float,
    Double,
    Decimal {
        precision: usize,
        scale: usize,
    },
    Year,
    Date,
    /// With a fraction of a second of that many digits.
    Datetime(u8),
    Timestamp(u8),
    Time(u8),
    /// Times as they were stored before MySQL 5.6, in that many bytes.
    Old(usize),
    /// The number of a label, in that many bytes.
    Enumeration(usize),
    /// A bit for each label, in that many bytes.
    Set(usize),
    /// That many bytes of bits.
    Bit(usize),
    /// Bytes with their length in front of them, in that many bytes.
    Counted(usize),
    /// The same, of `MariaDB`'s compressed columns.
    Compressed(usize),
    /// The same, of MySQL's binary JSON: the length takes four bytes.
    Json,
}

/// A type of columns that is not known here, by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum StorageError {
    #[error("unrecognised column type {0}")]
    Type(u8),
    #[error("column types: {0}")]
    Cut(#[from] Cut),
}

/// Numbers of types in table maps (MySQL source documentation, `Table_map_event`; 140 and 141 are
/// `MariaDB`'s).
mod code {
    pub(super) const TINY: u8 = 1;
    pub(super) const SHORT: u8 = 2;
    pub(super) const LONG: u8 = 3;
    pub(super) const FLOAT: u8 = 4;
    pub(super) const DOUBLE: u8 = 5;
    pub(super) const TIMESTAMP: u8 = 7;
    pub(super) const LONGLONG: u8 = 8;
    pub(super) const INT24: u8 = 9;
    pub(super) const DATE: u8 = 10;
    pub(super) const TIME: u8 = 11;
    pub(super) const DATETIME: u8 = 12;
    pub(super) const YEAR: u8 = 13;
    pub(super) const NEWDATE: u8 = 14;
    pub(super) const VARCHAR: u8 = 15;
    pub(super) const BIT: u8 = 16;
    pub(super) const TIMESTAMP2: u8 = 17;
    pub(super) const DATETIME2: u8 = 18;
    pub(super) const TIME2: u8 = 19;
    pub(super) const BLOB_COMPRESSED: u8 = 140;
    pub(super) const VARCHAR_COMPRESSED: u8 = 141;
    pub(super) const VECTOR: u8 = 242;
    pub(super) const JSON: u8 = 245;
    pub(super) const NEWDECIMAL: u8 = 246;
    pub(super) const ENUM: u8 = 247;
    pub(super) const SET: u8 = 248;
    pub(super) const BLOB: u8 = 252;
    pub(super) const VAR_STRING: u8 = 253;
    pub(super) const STRING: u8 = 254;
    pub(super) const GEOMETRY: u8 = 255;
}

impl Storage {
    /// Reads what a table map adds to the type of that number.
    pub(super) fn read_metadata(
        column_type: u8,
        metadata: &mut Reader<'_>,
    ) -> Result<Self, StorageError> {
        Ok(match column_type {
            code::TINY => Self::Integer(1),
            code::SHORT => Self::Integer(2),
            code::INT24 => Self::Integer(3),
            code::LONG => Self::Integer(4),
            code::LONGLONG => Self::Integer(8),
            code::FLOAT => metadata.byte().map(|_| Self::Float)?,
            code::DOUBLE => metadata.byte().map(|_| Self::Double)?,
            code::NEWDECIMAL => Self::Decimal {
                precision: usize::from(metadata.byte()?),
                scale: usize::from(metadata.byte()?),
            },
            code::YEAR => Self::Year,
            code::DATE | code::NEWDATE => Self::Date,
            code::TIMESTAMP => Self::Old(4),
            code::TIME => Self::Old(3),
            code::DATETIME => Self::Old(8),
            code::TIMESTAMP2 => Self::Timestamp(metadata.byte()?),
            code::DATETIME2 => Self::Datetime(metadata.byte()?),
            code::TIME2 => Self::Time(metadata.byte()?),
            code::VARCHAR | code::VAR_STRING => Self::Counted(length_bytes(metadata.length(2)?)),
            code::VARCHAR_COMPRESSED => Self::Compressed(length_bytes(metadata.length(2)?)),
            code::BIT => {
                let (bits, bytes) = (metadata.byte()?, metadata.byte()?);
                Self::Bit(usize::from(bytes) + usize::from(bits > 0))
            }
            code::BLOB | code::GEOMETRY | code::VECTOR => {
                Self::Counted(usize::from(metadata.byte()?))
            }
            code::BLOB_COMPRESSED => Self::Compressed(usize::from(metadata.byte()?)),
            code::JSON => match metadata.byte()? {
                4 => Self::Json,
                _ => return Err(StorageError::Type(column_type)),
            },
            code::STRING | code::ENUM | code::SET => {
                return string(metadata.byte()?, metadata.byte()?);
            }
            other => return Err(StorageError::Type(other)),
        })
    }

    /// Takes the bytes of a cell, without the length in front of them.
    pub(super) fn read<'a>(self, reader: &mut Reader<'a>) -> Result<&'a [u8], Cut> {
        use super::number::decimal_length;
        use super::temporal::fraction_length;
        match self {
            Self::Integer(bytes)
            | Self::Old(bytes)
            | Self::Enumeration(bytes)
            | Self::Set(bytes)
            | Self::Bit(bytes) => reader.take(bytes),
            Self::Float => reader.take(4),
            Self::Double => reader.take(8),
            Self::Decimal { precision, scale } => reader.take(decimal_length(precision, scale)),
            Self::Year => reader.take(1),
            Self::Date => reader.take(3),
            Self::Datetime(digits) => reader.take(5 + fraction_length(digits)),
            Self::Timestamp(digits) => reader.take(4 + fraction_length(digits)),
            Self::Time(digits) => reader.take(3 + fraction_length(digits)),
            Self::Counted(length_bytes) | Self::Compressed(length_bytes) => {
                reader.counted(length_bytes)
            }
            Self::Json => reader.counted(4),
        }
    }
}

/// How many bytes the length of a value takes that has at most so many bytes.
fn length_bytes(longest: usize) -> usize {
    if longest < 256 { 1 } else { 2 }
}

/// `CHAR`, `BINARY`, `ENUM` and `SET`, whose real type is in the first byte, mixed with the two highest
/// bits of the length of a long `CHAR` (MySQL bug 37426).
fn string(first: u8, second: u8) -> Result<Storage, StorageError> {
    let (real, high) = match first & 0x30 {
        0x30 => (first, 0),
        bits => (first | 0x30, usize::from(bits ^ 0x30) << 4),
    };
    match real {
        code::ENUM => Ok(Storage::Enumeration(usize::from(second))),
        code::SET => Ok(Storage::Set(usize::from(second))),
        code::STRING => Ok(Storage::Counted(length_bytes(usize::from(second) | high))),
        other => Err(StorageError::Type(other)),
    }
}

#[cfg(test)]
mod tests {
    use super::{Storage, StorageError};
    use crate::mysql::binlog::reader::{Cut, Reader};

    fn storage(code: u8, metadata: &[u8]) -> Result<Storage, StorageError> {
        let mut reader = Reader::new(metadata);
        let storage = Storage::read_metadata(code, &mut reader)?;
        assert!(reader.is_empty(), "all metadata of type {code} is read");
        Ok(storage)
    }

    #[test]
    fn strings_hide_their_real_type_and_length() {
        assert_eq!(storage(254, &[254, 104]), Ok(Storage::Counted(1)), "CHAR(26) of utf8mb4");
        // CHAR(255) of utf8mb4 has 1020 bytes: 0x3fc, whose two highest bits are inverted.
        assert_eq!(storage(254, &[0xce, 0xfc]), Ok(Storage::Counted(2)));
        assert_eq!(storage(254, &[247, 2]), Ok(Storage::Enumeration(2)));
        assert_eq!(storage(254, &[248, 8]), Ok(Storage::Set(8)));
    }

    #[test]
    fn unrecognised_types_are_errors() {
        assert_eq!(storage(6, &[]), Err(StorageError::Type(6)));
        assert_eq!(storage(20, &[1]), Err(StorageError::Type(20)), "arrays of functional indexes");
        assert_eq!(storage(245, &[3]), Err(StorageError::Type(245)));
        assert_eq!(storage(15, &[1]), Err(StorageError::Cut(Cut)));
        // Of MariaDB's compressed columns, only the length is known.
        assert_eq!(storage(140, &[2]), Ok(Storage::Compressed(2)));
        assert_eq!(storage(141, &[0, 4]), Ok(Storage::Compressed(2)));
    }
}
