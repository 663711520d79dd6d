//! Numbers, booleans, labels, dates and bytes, as MySQL's text protocol prints them.
//!
//! If PostgreSQL reads the same spelling, a function only checks the value, and the caller writes it.

mod number;
mod time;

pub use number::{Digits, decimal, float, integer, nearest_integer};
pub(in crate::convert) use time::days_since_1970;
pub use time::{date, local_seconds, timestamp};

use super::Reason;

/// Reads a boolean: 0 or 1, or the one byte of a `bit(1)`.
pub fn boolean(value: &[u8]) -> Result<bool, Reason> {
    match value {
        b"0" | [0] => Ok(false),
        b"1" | [1] => Ok(true),
        _ => Err(Reason::NotBoolean),
    }
}

/// Checks that the value is exactly one of the target's labels.
///
/// MySQL stores `''` in an `enum` for an invalid label.
pub fn label(value: &[u8], labels: &[String]) -> Result<(), Reason> {
    let known = labels.iter().any(|label| label.as_bytes() == value);
    if known { Ok(()) } else { Err(Reason::UnknownEnumLabel) }
}

/// Appends bytes as COPY reads them for `bytea`: `\x` and two hexadecimal digits per byte, the backslash
/// doubled for COPY.
pub fn write_bytes(value: &[u8], line: &mut Vec<u8>) {
    line.extend_from_slice(BYTES_FOLLOW);
    write_digits(value, line);
}

/// The prefix of the digits of bytes in COPY's text format.
pub const BYTES_FOLLOW: &[u8] = b"\\\\x";

/// Appends two hexadecimal digits for each byte.
pub fn write_digits(value: &[u8], line: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    line.reserve(value.len() * 2);
    line.extend(
        value
            .iter()
            .flat_map(|&byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 0x0f)]]),
    );
}

#[cfg(test)]
mod tests {
    use super::{boolean, label, write_bytes};
    use crate::convert::Reason;

    #[test]
    fn only_0_and_1_are_truths() {
        assert_eq!(boolean(b"0"), Ok(false));
        assert_eq!(boolean(b"1"), Ok(true));
        assert_eq!(boolean(&[1]), Ok(true));
        for value in [&b"2"[..], b"-1", b"", b"01"] {
            assert_eq!(boolean(value), Err(Reason::NotBoolean));
        }
    }

    #[test]
    fn labels_are_compared_to_the_letter() {
        let labels = ["O".to_owned(), "I".to_owned()];
        assert_eq!(label(b"I", &labels), Ok(()));
        for value in [&b""[..], b"i", b"I "] {
            assert_eq!(label(value, &labels), Err(Reason::UnknownEnumLabel));
        }
    }

    #[test]
    fn bytes_are_written_in_hexadecimal() {
        let mut line = b"x\t".to_vec();
        write_bytes(b"\0\\\xff", &mut line);
        assert_eq!(line, b"x\t\\\\x005cff");
    }
}
