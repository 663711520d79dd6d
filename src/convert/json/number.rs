//! The numbers that `jsonb` can store: those of PostgreSQL's `numeric`.

/// Digits before the decimal point (manual, "Numeric Types").
const INTEGER_DIGITS: i64 = 131_072;
/// Digits after the decimal point.
const FRACTION_DIGITS: i64 = 16_383;
/// PostgreSQL rejects exponents from here on, even of zero (`set_var_from_str` in its source).
const EXPONENT: i64 = i32::MAX as i64 / 2;

/// Whether `numeric` can store a valid JSON number.
pub(super) fn fits(number: &[u8]) -> bool {
    let number = number.strip_prefix(b"-").unwrap_or(number);
    let (digits, exponent) = match memchr::memchr2(b'e', b'E', number) {
        Some(place) => (&number[..place], exponent(&number[place + 1..])),
        None if number.len() < 16_384 => return true,
        None => (number, 0),
    };
    let point = memchr::memchr(b'.', digits).unwrap_or(digits.len());
    let fraction = digits.get(point + 1..).unwrap_or_default();
    if exponent.abs() >= EXPONENT || length(fraction) - exponent > FRACTION_DIGITS {
        return false;
    }
    // The power of ten of the first significant digit; zero has none.
    let power = match digits[..point].first() {
        Some(b'0') | None => fraction
            .iter()
            .position(|&digit| digit != b'0')
            .map(|place| -length(&fraction[..=place])),
        Some(_) => Some(length(&digits[..point]) - 1),
    };
    power.is_none_or(|power| power + exponent < INTEGER_DIGITS)
}

/// Appends a valid JSON number in canonical form: the significant digits and a power of ten.
pub(super) fn canonical_number(number: &[u8], out: &mut Vec<u8>) {
    // Most numbers are integers that end in a significant digit.
    if !number.ends_with(b"0") && !number.iter().any(|byte| matches!(byte, b'.' | b'e' | b'E')) {
        out.extend_from_slice(number);
        return;
    }
    let unsigned = number.strip_prefix(b"-").unwrap_or(number);
    let mark = memchr::memchr2(b'e', b'E', unsigned).unwrap_or(unsigned.len());
    let (mantissa, power) = (&unsigned[..mark], unsigned.get(mark + 1..).unwrap_or_default());
    let point = memchr::memchr(b'.', mantissa).unwrap_or(mantissa.len());
    let fraction = mantissa.get(point + 1..).unwrap_or_default();
    let mut power = if power.is_empty() { 0 } else { exponent(power) } - length(fraction);
    let mut digits: Vec<u8> = [&mantissa[..point], fraction].concat();
    while digits.pop_if(|digit| *digit == b'0').is_some() {
        power += 1;
    }
    let zeros = digits.iter().take_while(|&&digit| digit == b'0').count();
    let digits = &digits[zeros..];
    if digits.is_empty() {
        out.push(b'0');
        return;
    }
    if unsigned.len() < number.len() {
        out.push(b'-');
    }
    out.extend_from_slice(digits);
    if power != 0 {
        out.extend_from_slice(format!("e{power}").as_bytes());
    }
}

fn length(digits: &[u8]) -> i64 {
    i64::try_from(digits.len()).unwrap_or(i64::MAX)
}

/// The exponent; too large if it has too many digits.
fn exponent(text: &[u8]) -> i64 {
    let text = std::str::from_utf8(text).unwrap_or_default();
    text.parse::<i64>().unwrap_or(EXPONENT)
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn the_limits_are_those_of_numeric() {
        for number in "0 -1.5 1e131071 -1e131071 0.1e131072 0.01E+131073 1e-16383 1.5e-16382 \
                       100e-16383 0e400000 0.00e400000 0e1073741822 0e-16383"
            .split(' ')
        {
            assert!(fits(number.as_bytes()), "{number}");
        }
        for number in "1e131072 12e131071 1e-16384 0e-16384 1.50e-16382 0e1073741823 0e-1073741823 \
                       0e99999999999999999999 1e400000 -1e400000"
            .split(' ')
        {
            assert!(!fits(number.as_bytes()), "{number}");
        }
    }

    #[test]
    fn long_numbers_count_by_their_digits() {
        let (nines, zeros) = ("9".repeat(131_072), "0".repeat(16_383));
        assert!(fits(nines.as_bytes()));
        assert!(!fits(format!("{nines}9").as_bytes()));
        assert!(!fits(format!("{nines}e1").as_bytes()));
        assert!(fits(format!("0.{zeros}").as_bytes()));
        assert!(!fits(format!("0.{zeros}1").as_bytes()));
        assert!(fits(format!("0.{zeros}1e1").as_bytes()));
    }
}
