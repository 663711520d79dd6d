//! MySQL's binary JSON, spelled as MySQL prints JSON: keys in stored order, numbers exact.
//!
//! The format is that of MySQL's source documentation, "JSON binary format" (`json_binary.h`).

use std::io::Write as _;

use super::number::{decimal_length, write_decimal, write_double};
use super::reader::{Cut, Reader};
use super::temporal::{Packed, write_packed};

/// How deep the server lets values nest (`JSON_DOCUMENT_MAX_DEPTH`).
const DEEPEST: usize = 100;

/// Why a value cannot be spelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum JsonError {
    #[error("binary JSON: {0}")]
    Cut(#[from] Cut),
    #[error("unrecognised binary JSON value of type {0}")]
    Type(u8),
    #[error("binary JSON values are nested too deeply")]
    Depth,
}

/// Writes a value of the log. An empty value, which old servers store for an absent one in a `NOT NULL`
/// column, is `null` to the server.
pub(super) fn write_json(value: &[u8], out: &mut Vec<u8>) -> Result<(), JsonError> {
    match value.split_first() {
        None => out.extend_from_slice(b"null"),
        Some((&code, body)) => write_value(code, body, 0, out)?,
    }
    Ok(())
}

fn write_value(code: u8, body: &[u8], depth: usize, out: &mut Vec<u8>) -> Result<(), JsonError> {
    let mut reader = Reader::new(body);
    match code {
        0..=3 if depth >= DEEPEST => return Err(JsonError::Depth),
        0 => write_container(Container { keys: true, width: 2 }, body, depth, out)?,
        1 => write_container(Container { keys: true, width: 4 }, body, depth, out)?,
        2 => write_container(Container { keys: false, width: 2 }, body, depth, out)?,
        3 => write_container(Container { keys: false, width: 4 }, body, depth, out)?,
        4 => out.extend_from_slice(match reader.byte()? {
            0 => b"null",
            1 => b"true",
            2 => b"false",
            other => return Err(JsonError::Type(other)),
        }),
        5 => write_integer(reader.signed(2)?, out),
        6 => write_integer(reader.little(2)?, out),
        7 => write_integer(reader.signed(4)?, out),
        8 => write_integer(reader.little(4)?, out),
        9 => write_integer(reader.signed(8)?, out),
        10 => write_integer(reader.little(8)?, out),
        11 => write_number(f64::from_bits(reader.little(8)?), out),
        12 => write_string(take_counted(&mut reader)?, out),
        15 => write_opaque(reader.byte()?, take_counted(&mut reader)?, out)?,
        other => return Err(JsonError::Type(other)),
    }
    Ok(())
}

fn write_integer(number: impl std::fmt::Display, out: &mut Vec<u8>) {
    write!(out, "{number}").expect("memory");
}

/// A floating-point number always has a point or an exponent.
fn write_number(number: f64, out: &mut Vec<u8>) {
    let before = out.len();
    write_double(number, out);
    if !out[before..].iter().any(|byte| matches!(byte, b'.' | b'e')) {
        out.extend_from_slice(b".0");
    }
}

/// Bytes with their length in groups of seven bits in front of them, the lowest first.
fn take_counted<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8], Cut> {
    let mut length = 0_usize;
    for shift in [0, 7, 14, 21, 28] {
        let byte = reader.byte()?;
        length |= usize::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return reader.take(length);
        }
    }
    Err(Cut)
}

/// An object or an array, with offsets and counts of that many bytes.
#[derive(Debug, Clone, Copy)]
struct Container {
    keys: bool,
    width: usize,
}

fn write_container(
    kind: Container,
    body: &[u8],
    depth: usize,
    out: &mut Vec<u8>,
) -> Result<(), JsonError> {
    let Container { keys, width } = kind;
    let mut header = Reader::new(body);
    let count = header.length(width)?;
    let size = header.length(width)?;
    let body = body.get(..size).ok_or(Cut)?;
    let key_entry = width + 2;
    let values_at = 2 * width + if keys { count.checked_mul(key_entry).ok_or(Cut)? } else { 0 };
    out.push(if keys { b'{' } else { b'[' });
    for place in 0..count {
        if place > 0 {
            out.extend_from_slice(b", ");
        }
        if keys {
            let mut entry = reader_at(body, 2 * width + place * key_entry)?;
            let (offset, length) = (entry.length(width)?, entry.length(2)?);
            write_string(reader_at(body, offset)?.take(length)?, out);
            out.extend_from_slice(b": ");
        }
        let mut entry = reader_at(body, values_at + place * (1 + width))?;
        let code = entry.byte()?;
        if is_inlined(code, width) {
            write_value(code, entry.take(width)?, depth + 1, out)?;
        } else {
            let offset = entry.length(width)?;
            // A value follows the header, so that no value contains itself.
            if offset < values_at {
                return Err(Cut.into());
            }
            write_value(code, reader_at(body, offset)?.rest(), depth + 1, out)?;
        }
    }
    out.push(if keys { b'}' } else { b']' });
    Ok(())
}

fn reader_at(body: &[u8], offset: usize) -> Result<Reader<'_>, Cut> {
    body.get(offset..).map(Reader::new).ok_or(Cut)
}

/// Whether an entry contains its value instead of an offset.
fn is_inlined(code: u8, width: usize) -> bool {
    matches!(code, 4..=6) || (width == 4 && matches!(code, 7 | 8))
}

fn write_string(text: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    for &byte in text {
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            8 => out.extend_from_slice(b"\\b"),
            b'\t' => out.extend_from_slice(b"\\t"),
            b'\n' => out.extend_from_slice(b"\\n"),
            12 => out.extend_from_slice(b"\\f"),
            b'\r' => out.extend_from_slice(b"\\r"),
            0..=31 => write!(out, "\\u{byte:04x}").expect("memory"),
            _ => out.push(byte),
        }
    }
    out.push(b'"');
}

/// A value of a type of columns, by the type's number in the protocol.
fn write_opaque(column_type: u8, data: &[u8], out: &mut Vec<u8>) -> Result<(), JsonError> {
    const TIMESTAMP: u8 = 7;
    const DATE: u8 = 10;
    const TIME: u8 = 11;
    const DATETIME: u8 = 12;
    const DECIMAL: u8 = 246;
    let packed = |kind, out: &mut Vec<u8>| -> Result<(), JsonError> {
        let packed = Reader::new(data).signed(8)?;
        out.push(b'"');
        write_packed(kind, packed, out);
        out.push(b'"');
        Ok(())
    };
    match column_type {
        DECIMAL => {
            let mut reader = Reader::new(data);
            let (precision, scale) = (usize::from(reader.byte()?), usize::from(reader.byte()?));
            let digits = reader.take(decimal_length(precision, scale))?;
            write_decimal(digits, precision, scale, out);
        }
        DATE => packed(Packed::Date, out)?,
        TIME => packed(Packed::Time, out)?,
        DATETIME | TIMESTAMP => packed(Packed::Datetime, out)?,
        other => {
            write!(out, "\"base64:type{other}:").expect("memory");
            write_base64(data, out);
            out.push(b'"');
        }
    }
    Ok(())
}

fn write_base64(data: &[u8], out: &mut Vec<u8>) {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for chunk in data.chunks(3) {
        let mut group = [0; 3];
        group[..chunk.len()].copy_from_slice(chunk);
        let bits = super::reader::big(&group);
        for place in 0..4 {
            let digit = DIGITS[usize::try_from(bits >> (18 - 6 * place) & 63).expect("six bits")];
            out.push(if place <= chunk.len() { digit } else { b'=' });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{JsonError, write_json};
    use crate::mysql::binlog::reader::Cut;

    /// The bytes are assembled from the documented format.
    fn json(value: &[u8]) -> Result<String, JsonError> {
        let mut out = Vec::new();
        write_json(value, &mut out)?;
        Ok(String::from_utf8(out).expect("UTF-8"))
    }

    #[test]
    fn keys_keep_their_stored_order() {
        // {"b": 1, "aa": -1}: MySQL sorts keys by their length first.
        let object = [
            0, 2, 0, 21, 0, // small object: two members, 21 bytes
            18, 0, 1, 0, 19, 0, 2, 0, // keys: at 18 of one byte, at 19 of two
            5, 1, 0, 5, 0xff, 0xff, // values: small integers in place
            b'b', b'a', b'a',
        ];
        assert_eq!(json(&object).as_deref(), Ok(r#"{"b": 1, "aa": -1}"#));
    }

    #[test]
    fn numbers_are_exact() {
        let array = |code: u8, value: &[u8]| {
            let size = u8::try_from(7 + value.len()).expect("a small array");
            json(&[&[2, 1, 0, size, 0, code, 7, 0], value].concat())
        };
        assert_eq!(array(10, &[255; 8]).as_deref(), Ok("[18446744073709551615]"));
        assert_eq!(array(11, &3.0_f64.to_le_bytes()).as_deref(), Ok("[3.0]"));
        assert_eq!(array(11, &(-0.0_f64).to_le_bytes()).as_deref(), Ok("[-0.0]"));
        assert_eq!(array(11, &1e20_f64.to_le_bytes()).as_deref(), Ok("[1e20]"));
        // A decimal of precision 3 and scale 2 stays a number.
        assert_eq!(array(15, &[246, 4, 3, 2, 0x80, 0x05]).as_deref(), Ok("[0.05]"));
    }

    #[test]
    fn opaque_values_are_spelled_as_the_server_does() {
        assert_eq!(
            json(&[15, 252, 4, 0, 1, 2, 255]).as_deref(),
            Ok(r#""base64:type252:AAEC/w==""#)
        );
        assert_eq!(json(&[15, 16, 3, 0, 1, 2]).as_deref(), Ok(r#""base64:type16:AAEC""#));
        let zero_date = [[15, 10, 8].as_slice(), &[0; 8]].concat();
        assert_eq!(json(&zero_date).as_deref(), Ok(r#""0000-00-00""#));
    }

    #[test]
    fn strings_are_escaped_as_the_server_does() {
        let string = [&[12, 9][..], b"\"\\\x01/\x7f\n\xc3\xa4x"].concat();
        assert_eq!(json(&string).as_deref(), Ok("\"\\\"\\\\\\u0001/\u{7f}\\näx\""));
    }

    #[test]
    fn broken_values_are_errors() {
        assert_eq!(json(&[]).as_deref(), Ok("null"));
        assert_eq!(json(&[13]), Err(JsonError::Type(13)));
        assert_eq!(json(&[12, 5, b'a']), Err(Cut.into()));
        assert_eq!(json(&[2, 1, 0, 200, 0, 12, 7, 0]), Err(Cut.into()), "larger than the value");
        // An array whose element is the array itself.
        assert_eq!(json(&[2, 1, 0, 7, 0, 2, 0, 0]), Err(Cut.into()));
    }
}
