//! Numbers: range checks for the target's type.

use crate::convert::Reason;

/// The digits that a `numeric(precision, scale)` takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Digits {
    /// The total number of digits.
    pub precision: usize,
    /// The digits after the decimal point.
    pub scale: usize,
}

/// Checks that the value is an integer within a signed type of `bytes` bytes, at most 8.
pub fn integer(value: &[u8], bytes: u8) -> Result<(), Reason> {
    let (negative, digits) = match value {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    // A byte holds at least 2.25 digits; values with fewer digits, which most are, fit without arithmetic.
    let few = usize::from(bytes) * 9 / 4;
    if (1..=few).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit) {
        return Ok(());
    }
    let limit = (1_u64 << (u32::from(bytes) * 8 - 1)) - u64::from(!negative);
    if whole(digits).ok_or(Reason::NotNumber)? <= limit { Ok(()) } else { Err(Reason::OutOfRange) }
}

/// The number of a signed type of `bytes` bytes that is nearest to a whole number outside of it.
#[must_use]
pub fn nearest_integer(value: &[u8], bytes: u8) -> Vec<u8> {
    let highest = i64::MAX >> (64 - 8 * u32::from(bytes.clamp(1, 8)));
    let nearest = if value.starts_with(b"-") { -highest - 1 } else { highest };
    nearest.to_string().into_bytes()
}

/// The number of these digits, or the largest number; `None` if they are not digits.
fn whole(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u64, |number, digit| {
        let digit = digit.is_ascii_digit().then(|| u64::from(digit - b'0'))?;
        Some(number.saturating_mul(10).saturating_add(digit))
    })
}

/// Checks that the value is a number within a binary floating-point type of `bytes` bytes, 4 or 8.
///
/// PostgreSQL rejects values that would become infinite, and nonzero values that would become zero.
pub fn float(value: &[u8], bytes: u8) -> Result<(), Reason> {
    let text = std::str::from_utf8(value).map_err(|_| Reason::NotNumber)?;
    let is_spelled = |byte: &u8| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
    if !value.iter().all(is_spelled) {
        return Err(Reason::NotNumber);
    }
    let (infinite, zero) = if bytes == 4 {
        let number: f32 = text.parse().map_err(|_| Reason::NotNumber)?;
        (number.is_infinite(), number == 0.0)
    } else {
        let number: f64 = text.parse().map_err(|_| Reason::NotNumber)?;
        (number.is_infinite(), number == 0.0)
    };
    let mantissa = value.iter().take_while(|byte| !byte.eq_ignore_ascii_case(&b'e'));
    let vanishes = zero && mantissa.into_iter().any(|byte| matches!(byte, b'1'..=b'9'));
    if infinite || vanishes { Err(Reason::OutOfRange) } else { Ok(()) }
}

/// Checks that the value is a decimal number that the target stores digit for digit.
pub fn decimal(value: &[u8], digits: Option<Digits>) -> Result<(), Reason> {
    let unsigned = value.strip_prefix(b"-").unwrap_or(value);
    let point = unsigned.iter().position(|&byte| byte == b'.');
    let whole = &unsigned[..point.unwrap_or(unsigned.len())];
    let fraction = point.map(|point| &unsigned[point + 1..]);
    let are_digits = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_digit);
    if !are_digits(whole) || !fraction.is_none_or(are_digits) {
        return Err(Reason::NotNumber);
    }
    let Some(Digits { precision, scale }) = digits else { return Ok(()) };
    let leading = whole.iter().take_while(|&&digit| digit == b'0').count();
    let fits = whole.len() - leading + scale <= precision
        && fraction.is_none_or(|fraction| fraction.len() <= scale);
    if fits { Ok(()) } else { Err(Reason::OutOfRange) }
}

#[cfg(test)]
mod tests {
    use super::{Digits, decimal, float, integer};
    use crate::convert::Reason::{NotNumber, OutOfRange};

    #[test]
    fn whole_numbers_end_where_their_type_ends() {
        for (value, bytes) in [
            ("0", 2),
            ("-32768", 2),
            ("32767", 2),
            ("-2147483648", 4),
            ("2147483647", 4),
            ("-9223372036854775808", 8),
            ("9223372036854775807", 8),
            ("00000000000000000000042", 8),
        ] {
            assert_eq!(integer(value.as_bytes(), bytes), Ok(()), "{value}");
        }
        for (value, bytes) in [
            ("-32769", 2),
            ("32768", 2),
            ("2147483648", 4),
            ("9223372036854775808", 8),
            ("-9223372036854775809", 8),
            ("18446744073709551615", 8),
            ("99999999999999999999999", 8),
        ] {
            assert_eq!(integer(value.as_bytes(), bytes), Err(OutOfRange), "{value}");
        }
        for value in ["", "-", "1.0", "+1", " 1", "1\t2", "x"] {
            assert_eq!(integer(value.as_bytes(), 8), Err(NotNumber), "{value}");
        }
    }

    #[test]
    fn floats_stay_finite_and_do_not_vanish() {
        for (value, bytes) in [("-0", 4), ("1.5e-7", 4), ("3.4e38", 4), ("1e308", 8), ("0.0", 8)] {
            assert_eq!(float(value.as_bytes(), bytes), Ok(()), "{value}");
        }
        for (value, bytes) in [("3.5e38", 4), ("1e-60", 4), ("1e309", 8), ("-1e-400", 8)] {
            assert_eq!(float(value.as_bytes(), bytes), Err(OutOfRange), "{value}");
        }
        for value in ["", "inf", "NaN", "1e", "0x1"] {
            assert_eq!(float(value.as_bytes(), 8), Err(NotNumber), "{value}");
        }
    }

    #[test]
    fn decimals_are_never_rounded() {
        let digits = Some(Digits { precision: 4, scale: 2 });
        for value in ["0", "12.34", "-99.9", "0012.00"] {
            assert_eq!(decimal(value.as_bytes(), digits), Ok(()), "{value}");
        }
        for value in ["123", "1.234"] {
            assert_eq!(decimal(value.as_bytes(), digits), Err(OutOfRange), "{value}");
            assert_eq!(decimal(value.as_bytes(), None), Ok(()), "{value}");
        }
        for value in ["", ".", "1.", "1e5", "--1"] {
            assert_eq!(decimal(value.as_bytes(), None), Err(NotNumber), "{value}");
        }
    }
}
