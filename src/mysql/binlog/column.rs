//! A column of a table map: how its cells are stored, and how the text protocol spells them.

use bytes::Bytes;

use super::LogCell;
use super::character_set::Encoding;
use super::json::{JsonError, write_json};
use super::layout::ColumnLayout;
use super::number::{write_decimal, write_double};
use super::reader::{Cut, Reader, big};
use super::storage::Storage;
use super::temporal;
use crate::mysql::Flavour;

/// How cells of a column are read and spelled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Column {
    storage: Storage,
    spelling: Spelling,
    /// Whether servers leave it out of row images: it is computed.
    pub(super) generated: bool,
}

/// How the stored bytes become text.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Spelling {
    Signed,
    /// With zeros in front up to that many digits (`ZEROFILL`).
    Unsigned(usize),
    Float,
    Double,
    Decimal,
    Year,
    Date,
    Datetime,
    Timestamp,
    Time,
    /// A label by its number, counted from one.
    Enumeration(Vec<String>),
    /// Labels by the bits of a number.
    Set(Vec<String>),
    Text(Encoding),
    /// With zeros behind it up to that many bytes.
    Binary(usize),
    Json,
    Inexact,
}

/// Why a cell cannot be spelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum CellError {
    #[error(transparent)]
    Cut(#[from] Cut),
    #[error(transparent)]
    Json(#[from] JsonError),
    #[error("a label's number is greater than the number of labels")]
    Label,
}

impl Column {
    /// Puts together what the log and what the catalog say; `Err` says what the catalog's type is if the
    /// two disagree.
    pub(super) fn new(
        storage: Storage,
        layout: &ColumnLayout,
        flavour: Option<Flavour>,
    ) -> Result<Self, String> {
        let printed = Printed::read(&layout.printed);
        let spelling = spelling(&storage, &printed, layout, flavour);
        let spelling = spelling.ok_or_else(|| layout.printed.clone())?;
        Ok(Self { storage, spelling, generated: layout.generated })
    }

    /// Reads a cell that is not NULL. `event` is what the reader reads, so that long cells need not be
    /// copied.
    pub(super) fn read(
        &self,
        reader: &mut Reader<'_>,
        event: &Bytes,
    ) -> Result<LogCell, CellError> {
        let stored = self.storage.read(reader)?;
        let mut out = Vec::new();
        match &self.spelling {
            Spelling::Inexact => return Ok(LogCell::Inexact),
            Spelling::Text(encoding) => return Ok(encoding.decode(event.slice_ref(stored))),
            Spelling::Json => write_json(stored, &mut out)?,
            Spelling::Binary(length) => {
                if stored.len() >= *length {
                    return Ok(LogCell::Bytes(event.slice_ref(stored)));
                }
                out.extend_from_slice(stored);
                out.resize(*length, 0);
            }
            spelling => self.write(spelling, stored, &mut out)?,
        }
        Ok(LogCell::Bytes(out.into()))
    }

    /// Spells a cell that has a fixed length.
    fn write(
        &self,
        spelling: &Spelling,
        stored: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), CellError> {
        use std::io::Write as _;
        let number = || Reader::new(stored).little(stored.len());
        match spelling {
            Spelling::Signed => {
                let number = Reader::new(stored).signed(stored.len())?;
                write!(out, "{number}").expect("memory");
            }
            Spelling::Unsigned(width) => write!(out, "{:0width$}", number()?).expect("memory"),
            Spelling::Float => {
                let bits = u32::try_from(number()?).map_err(|_| Cut)?;
                write_double(f64::from(f32::from_bits(bits)), out);
            }
            Spelling::Double => write_double(f64::from_bits(number()?), out),
            Spelling::Decimal => {
                if let Storage::Decimal { precision, scale } = self.storage {
                    write_decimal(stored, precision, scale, out);
                }
            }
            Spelling::Year => match number()? {
                0 => out.extend_from_slice(b"0000"),
                years => write!(out, "{}", 1900 + years).expect("memory"),
            },
            Spelling::Date => temporal::write_date(number()?, out),
            Spelling::Datetime => {
                let (whole, fraction) = stored.split_at_checked(5).ok_or(Cut)?;
                temporal::write_datetime(big(whole), big(fraction), self.digits(), out);
            }
            Spelling::Timestamp => {
                let (whole, fraction) = stored.split_at_checked(4).ok_or(Cut)?;
                temporal::write_timestamp(big(whole), big(fraction), self.digits(), out);
            }
            Spelling::Time => temporal::write_time(big(stored), self.digits(), out),
            Spelling::Enumeration(labels) => {
                let number = usize::try_from(number()?).map_err(|_| CellError::Label)?;
                // Number 0 is the empty text of a value that was not valid.
                if let Some(place) = number.checked_sub(1) {
                    out.extend_from_slice(labels.get(place).ok_or(CellError::Label)?.as_bytes());
                }
            }
            Spelling::Set(labels) => write_set(number()?, labels, out)?,
            Spelling::Text(_) | Spelling::Binary(_) | Spelling::Json | Spelling::Inexact => {}
        }
        Ok(())
    }

    fn digits(&self) -> u8 {
        match self.storage {
            Storage::Datetime(digits) | Storage::Timestamp(digits) | Storage::Time(digits) => {
                digits
            }
            _ => 0,
        }
    }
}

fn write_set(bits: u64, labels: &[String], out: &mut Vec<u8>) -> Result<(), CellError> {
    if labels.len() < 64 && bits >> labels.len() != 0 {
        return Err(CellError::Label);
    }
    let chosen: Vec<&str> = labels
        .iter()
        .enumerate()
        .filter(|(place, _)| bits >> place & 1 == 1)
        .map(|(_, label)| label.as_str())
        .collect();
    out.extend_from_slice(chosen.join(",").as_bytes());
    Ok(())
}

/// A type as the server prints it.
#[derive(Debug)]
struct Printed<'a> {
    /// In lower case.
    name: String,
    arguments: &'a str,
    unsigned: bool,
    zerofill: bool,
}

impl<'a> Printed<'a> {
    fn read(printed: &'a str) -> Self {
        let end = printed.find([' ', '(']).unwrap_or(printed.len());
        let rest = &printed[end..];
        let arguments = rest.strip_prefix('(').and_then(|rest| rest.rsplit_once(')'));
        let (arguments, attributes) = arguments.unwrap_or(("", rest));
        let attributes = attributes.to_lowercase();
        Self {
            name: printed[..end].to_lowercase(),
            arguments,
            unsigned: attributes.contains("unsigned") || attributes.contains("zerofill"),
            zerofill: attributes.contains("zerofill"),
        }
    }

    fn length(&self) -> Option<usize> {
        self.arguments.parse().ok()
    }
}

/// How cells stored like this are spelled for a type of the catalog; `None` if no such type is stored like
/// this.
fn spelling(
    storage: &Storage,
    printed: &Printed<'_>,
    layout: &ColumnLayout,
    flavour: Option<Flavour>,
) -> Option<Spelling> {
    let name = printed.name.as_str();
    let spelling = match storage {
        Storage::Integer(bytes) => {
            let stored_as = match name {
                "tinyint" => 1,
                "smallint" => 2,
                "mediumint" => 3,
                "int" => 4,
                "bigint" => 8,
                _ => return None,
            };
            match printed.unsigned {
                _ if stored_as != *bytes => return None,
                true if printed.zerofill => Spelling::Unsigned(printed.length()?),
                true => Spelling::Unsigned(0),
                false => Spelling::Signed,
            }
        }
        // With a number of digits, servers round again when they print, and `ZEROFILL` pads.
        Storage::Float | Storage::Double | Storage::Decimal { .. } if printed.zerofill => {
            Spelling::Inexact
        }
        Storage::Float if name == "float" => Spelling::Float,
        Storage::Double if name == "double" && printed.arguments.is_empty() => Spelling::Double,
        Storage::Double if name == "double" => Spelling::Inexact,
        Storage::Decimal { .. } if name == "decimal" => Spelling::Decimal,
        Storage::Year if name == "year" => Spelling::Year,
        Storage::Date if name == "date" => Spelling::Date,
        Storage::Datetime(digits) if is_temporal(printed, "datetime", *digits) => {
            Spelling::Datetime
        }
        Storage::Timestamp(digits) if is_temporal(printed, "timestamp", *digits) => {
            Spelling::Timestamp
        }
        Storage::Time(digits) if is_temporal(printed, "time", *digits) => Spelling::Time,
        // The formats of before MySQL 5.6; those of MariaDB 5.3 had a fraction whose length is not logged.
        Storage::Old(_) if printed.arguments.is_empty() => match name {
            "datetime" | "timestamp" | "time" => Spelling::Inexact,
            _ => return None,
        },
        Storage::Enumeration(_) if name == "enum" => {
            Spelling::Enumeration(labels(printed.arguments))
        }
        Storage::Set(_) if name == "set" => Spelling::Set(labels(printed.arguments)),
        Storage::Bit(_) if name == "bit" => Spelling::Text(Encoding::Same),
        Storage::Json if name == "json" && flavour != Some(Flavour::MariaDb) => Spelling::Json,
        Storage::Counted(_) => return text(printed, layout),
        Storage::Compressed(_) => Spelling::Inexact,
        _ => return None,
    };
    Some(spelling)
}

/// A type whose values have their length in front of them.
fn text(printed: &Printed<'_>, layout: &ColumnLayout) -> Option<Spelling> {
    Some(match printed.name.as_str() {
        "char" | "varchar" | "tinytext" | "text" | "mediumtext" | "longtext" => {
            Spelling::Text(Encoding::of(layout.character_set.as_deref()))
        }
        "binary" => Spelling::Binary(printed.length()?),
        "varbinary" | "tinyblob" | "blob" | "mediumblob" | "longblob" | "geometry" | "point"
        | "linestring" | "polygon" | "multipoint" | "multilinestring" | "multipolygon"
        | "geometrycollection" | "geomcollection" | "vector" => Spelling::Text(Encoding::Same),
        // Types of MariaDB's plugins (`uuid`, `inet6`) are stored like text, but not spelled like it.
        "uuid" | "inet4" | "inet6" | "xmltype" => Spelling::Inexact,
        _ => return None,
    })
}

fn is_temporal(printed: &Printed<'_>, name: &str, digits: u8) -> bool {
    printed.name == name && printed.length().unwrap_or_default() == usize::from(digits)
}

/// The labels of `'a','it''s'`. Servers double quotes, and put a backslash before some characters
/// (MySQL's `append_unescaped`).
fn labels(arguments: &str) -> Vec<String> {
    let mut labels = Vec::new();
    let mut characters = arguments.chars().peekable();
    while characters.by_ref().any(|it| it == '\'') {
        let mut label = String::new();
        while let Some(character) = characters.next() {
            match character {
                '\'' if characters.next_if_eq(&'\'').is_some() => label.push('\''),
                '\'' => break,
                '\\' => label.extend(characters.next().map(|escaped| match escaped {
                    'n' => '\n',
                    'r' => '\r',
                    '0' => '\0',
                    other => other,
                })),
                other => label.push(other),
            }
        }
        labels.push(label);
    }
    labels
}

#[cfg(test)]
mod tests;
