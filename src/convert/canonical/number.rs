//! Numbers in canonical form, without insignificant zeros.

/// Whether an integer has no insignificant zeros, which `zerofill` prints.
pub(super) fn is_canonical_integer(field: &[u8]) -> bool {
    matches!(field, b"0" | [b'1'..=b'9', ..] | [b'-', b'1'..=b'9', ..])
}

/// Appends a decimal number without leading and trailing zeros; a zero has no sign.
pub(super) fn write_decimal(field: &[u8], out: &mut Vec<u8>) {
    // Most numbers are zero, or begin with a significant digit and have no fraction.
    let is_whole = matches!(field.first(), Some(b'1'..=b'9')) && !field.contains(&b'.');
    if is_whole || field == b"0" {
        out.extend_from_slice(field);
        return;
    }
    let unsigned = field.strip_prefix(b"-").unwrap_or(field);
    let point = memchr::memchr(b'.', unsigned).unwrap_or(unsigned.len());
    let zeros = unsigned[..point].iter().take_while(|&&digit| digit == b'0').count();
    let whole = &unsigned[zeros..point];
    let fraction = unsigned.get(point + 1..).unwrap_or_default();
    let zeros = fraction.iter().rev().take_while(|&&digit| digit == b'0').count();
    let fraction = &fraction[..fraction.len() - zeros];
    if unsigned.len() < field.len() && !(whole.is_empty() && fraction.is_empty()) {
        out.push(b'-');
    }
    out.extend_from_slice(if whole.is_empty() { b"0" } else { whole });
    if !fraction.is_empty() {
        out.push(b'.');
        out.extend_from_slice(fraction);
    }
}

/// Appends the bits of a binary number of 4 or 8 bytes; `None` if the field is not a number.
pub(super) fn write_float(field: &[u8], bytes: u8, out: &mut Vec<u8>) -> Option<()> {
    let text = std::str::from_utf8(field).ok()?;
    let bits = if bytes == 4 {
        u64::from(text.parse::<f32>().ok()?.to_bits())
    } else {
        text.parse::<f64>().ok()?.to_bits()
    };
    out.extend_from_slice(format!("{bits:016x}").as_bytes());
    Some(())
}

#[cfg(test)]
mod tests {
    use super::{is_canonical_integer, write_decimal};

    #[test]
    fn an_integer_without_insignificant_zeros_stays() {
        let integers = ["0", "-0", "00", "007", "-07", "7", "-7", "700", "18446744073709551615"];
        for field in integers {
            let mut out = Vec::new();
            write_decimal(field.as_bytes(), &mut out);
            assert_eq!(is_canonical_integer(field.as_bytes()), out == field.as_bytes(), "{field}");
        }
    }

    #[test]
    fn only_digits_that_count_stay() {
        for (field, spelling) in [
            ("0", "0"),
            ("-0.00", "0"),
            ("00120.500", "120.5"),
            ("-0.50", "-0.5"),
            ("100", "100"),
            ("100.0", "100"),
        ] {
            let mut out = Vec::new();
            write_decimal(field.as_bytes(), &mut out);
            assert_eq!(out, spelling.as_bytes(), "{field}");
        }
    }
}
