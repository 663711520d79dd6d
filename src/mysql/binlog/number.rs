//! Numbers of the log, spelled as MySQL's text protocol spells them.

use std::io::Write as _;

/// Up to how many digits before the point, and zeros behind it, servers write a floating-point number
/// without an exponent.
const LONGEST_PLAIN: i32 = 15;

/// A `double` as both servers print it: the fewest digits that give the same number.
pub(super) fn write_double(number: f64, out: &mut Vec<u8>) {
    let scientific = format!("{number:e}");
    let (digits, exponent) = scientific.split_once('e').expect("a number with an exponent");
    let exponent: i32 = exponent.parse().expect("a whole exponent");
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |rest| ("-", rest));
    let digits: String = digits.chars().filter(|&it| it != '.').collect();
    if digits == "0" {
        out.extend_from_slice(sign.as_bytes());
        out.push(b'0');
        return;
    }
    // The decimal point follows that many digits.
    let point = exponent + 1;
    let count = i32::try_from(digits.len()).expect("at most 17 digits");
    out.extend_from_slice(sign.as_bytes());
    if point <= -LONGEST_PLAIN || (point > LONGEST_PLAIN && count <= point) {
        let (first, rest) = digits.split_at(1);
        out.extend_from_slice(first.as_bytes());
        if !rest.is_empty() {
            out.push(b'.');
            out.extend_from_slice(rest.as_bytes());
        }
        write!(out, "e{exponent}").expect("memory");
    } else if point <= 0 {
        out.extend_from_slice(b"0.");
        out.extend(std::iter::repeat_n(b'0', usize::try_from(-point).expect("no number below 0")));
        out.extend_from_slice(digits.as_bytes());
    } else if count <= point {
        out.extend_from_slice(digits.as_bytes());
        out.extend(std::iter::repeat_n(b'0', usize::try_from(point - count).expect("not below 0")));
    } else {
        let (whole, fraction) = digits.split_at(usize::try_from(point).expect("above 0"));
        out.extend_from_slice(whole.as_bytes());
        out.push(b'.');
        out.extend_from_slice(fraction.as_bytes());
    }
}

/// How many bytes a group of that many decimal digits takes.
const BYTES_OF_DIGITS: [usize; 10] = [0, 1, 1, 2, 2, 3, 3, 4, 4, 4];

/// How many bytes a decimal number of that precision and scale takes.
pub(super) fn decimal_length(precision: usize, scale: usize) -> usize {
    let whole = precision.saturating_sub(scale);
    whole / 9 * 4 + BYTES_OF_DIGITS[whole % 9] + scale / 9 * 4 + BYTES_OF_DIGITS[scale % 9]
}

/// A `decimal`: groups of nine digits, the first bit is the sign, and a negative number has all bits
/// inverted (MySQL manual, "Precision Math").
pub(super) fn write_decimal(bytes: &[u8], precision: usize, scale: usize, out: &mut Vec<u8>) {
    let negative = bytes.first().is_some_and(|first| first & 0x80 == 0);
    let mask = if negative { 0xff } else { 0 };
    let mut bytes: Vec<u8> = bytes.iter().map(|byte| byte ^ mask).collect();
    if let Some(first) = bytes.first_mut() {
        *first ^= 0x80;
    }
    let mut rest = bytes.as_slice();
    let mut group = |digits: usize| {
        let (taken, after) = rest.split_at(BYTES_OF_DIGITS[digits].min(rest.len()));
        rest = after;
        format!("{:0digits$}", super::reader::big(taken))
    };
    let whole = precision.saturating_sub(scale);
    let mut digits = String::new();
    if !whole.is_multiple_of(9) {
        digits.push_str(&group(whole % 9));
    }
    for _ in 0..whole / 9 {
        digits.push_str(&group(9));
    }
    let mut fraction = String::new();
    for _ in 0..scale / 9 {
        fraction.push_str(&group(9));
    }
    if !scale.is_multiple_of(9) {
        fraction.push_str(&group(scale % 9));
    }
    let digits = digits.trim_start_matches('0');
    let is_zero = digits.is_empty() && fraction.bytes().all(|it| it == b'0');
    if negative && !is_zero {
        out.push(b'-');
    }
    out.extend_from_slice(if digits.is_empty() { "0" } else { digits }.as_bytes());
    if scale > 0 {
        out.push(b'.');
        out.extend_from_slice(fraction.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::{decimal_length, write_decimal, write_double};

    fn double(number: f64) -> String {
        let mut out = Vec::new();
        write_double(number, &mut out);
        String::from_utf8(out).expect("ASCII")
    }

    #[test]
    fn doubles_are_spelled_as_servers_print_them() {
        // What MySQL 9.7 and MariaDB 10.11 print of a `double` column.
        for (number, printed) in [
            (1e15, "1e15"),
            (1e14, "100000000000000"),
            (1e-15, "0.000000000000001"),
            (1e-16, "1e-16"),
            (1_234_567_890_123_456.7, "1234567890123456.8"),
            (-1.797_693_134_862_315_7e308, "-1.7976931348623157e308"),
            (5e-324, "5e-324"),
            (123_456_789.123_456_79, "123456789.12345679"),
            (0.00001, "0.00001"),
            (f64::from(3.4e38_f32), "3.3999999521443642e38"),
            (f64::from(1e15_f32), "999999986991104"),
            (0.0, "0"),
            (-0.0, "-0"),
            (-1.5, "-1.5"),
        ] {
            assert_eq!(double(number), printed);
        }
    }

    fn decimal(bytes: &[u8], precision: usize, scale: usize) -> String {
        assert_eq!(bytes.len(), decimal_length(precision, scale));
        let mut out = Vec::new();
        write_decimal(bytes, precision, scale, &mut out);
        String::from_utf8(out).expect("ASCII")
    }

    #[test]
    fn decimals_keep_all_digits() {
        // The example of MySQL's source documentation: 1234567890.1234 as DECIMAL(14,4).
        let bytes = [0x81, 0x0d, 0xfb, 0x38, 0xd2, 0x04, 0xd2];
        assert_eq!(decimal(&bytes, 14, 4), "1234567890.1234");
        let negative: Vec<u8> = bytes.iter().map(|it| !it).collect();
        assert_eq!(decimal(&negative, 14, 4), "-1234567890.1234");
        assert_eq!(decimal(&[0x80], 1, 0), "0");
        assert_eq!(decimal(&[0x80, 0x05], 3, 2), "0.05");
        assert_eq!(decimal(&[0x7f, 0xfa], 3, 2), "-0.05");
    }
}
