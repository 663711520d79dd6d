//! Dates and points in time, checked against the calendar.
//!
//! In some SQL modes, MySQL stores `0000-00-00`, dates of month 0 and, with `ALLOW_INVALID_DATES`, the 31st
//! of February; PostgreSQL has none of these, nor a year 0.

use crate::convert::Reason;

/// Checks a date such as `2024-02-29`.
pub fn date(value: &[u8]) -> Result<(), Reason> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *value else {
        return Err(Reason::InvalidDate);
    };
    let century = two_digits(y1, y2)?;
    let year = century * 100 + two_digits(y3, y4)?;
    let month = two_digits(m1, m2)?;
    let day = two_digits(d1, d2)?;
    check(year >= 1 && (1..=days(year, month)).contains(&day))
}

/// Checks a point in time such as `2024-02-29 23:59:59`, with a fraction of up to six digits.
pub fn timestamp(value: &[u8]) -> Result<(), Reason> {
    let (day, time) = value.split_at_checked(10).ok_or(Reason::InvalidDate)?;
    date(day)?;
    let [b' ', h1, h2, b':', m1, m2, b':', s1, s2, ref fraction @ ..] = *time else {
        return Err(Reason::InvalidDate);
    };
    check(two_digits(h1, h2)? < 24 && two_digits(m1, m2)? < 60 && two_digits(s1, s2)? < 60)?;
    match fraction {
        [] => Ok(()),
        [b'.', digits @ ..] => {
            check((1..=6).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit))
        }
        _ => Err(Reason::InvalidDate),
    }
}

/// Seconds since 1970 of a clock that shows a valid time.
#[must_use]
pub fn local_seconds(value: &[u8]) -> i64 {
    let number = |from: usize, to: usize| {
        let digits = value.get(from..to).unwrap_or_default();
        digits.iter().fold(0, |total, digit| total * 10 + i64::from(digit.wrapping_sub(b'0')))
    };
    let days = days_since_1970(number(0, 4), number(5, 7), number(8, 10));
    days * 86_400 + number(11, 13) * 3600 + number(14, 16) * 60 + number(17, 19)
}

/// Days from 1970-01-01 to a date of the Gregorian calendar, counting years from March.
pub(in crate::convert) fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The number of days of a month; 0 if there is no such month.
fn days(year: u32, month: u32) -> u32 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u32::from(leap),
        _ => 0,
    }
}

fn two_digits(tens: u8, ones: u8) -> Result<u32, Reason> {
    check(tens.is_ascii_digit() && ones.is_ascii_digit())?;
    Ok(u32::from(tens - b'0') * 10 + u32::from(ones - b'0'))
}

fn check(holds: bool) -> Result<(), Reason> {
    if holds { Ok(()) } else { Err(Reason::InvalidDate) }
}

#[cfg(test)]
mod tests {
    use super::{date, timestamp};
    use crate::convert::Reason::InvalidDate;

    #[test]
    fn the_calendar_decides_about_days() {
        for value in ["0001-01-01", "2024-02-29", "2000-02-29", "9999-12-31"] {
            assert_eq!(date(value.as_bytes()), Ok(()), "{value}");
        }
        for value in [
            "0000-00-00",
            "0000-01-01",
            "2024-00-10",
            "2024-01-00",
            "2023-02-29",
            "1900-02-29",
            "2024-02-31",
            "2024-13-01",
            "2024-1-1",
            "",
            "2024-01-01 ",
        ] {
            assert_eq!(date(value.as_bytes()), Err(InvalidDate), "{value}");
        }
    }

    #[test]
    fn so_does_the_clock_about_times() {
        for value in ["2024-02-29 00:00:00", "2024-02-29 23:59:59.999999", "2024-02-29 12:00:00.5"]
        {
            assert_eq!(timestamp(value.as_bytes()), Ok(()), "{value}");
        }
        for value in [
            "0000-00-00 00:00:00",
            "2024-02-29 24:00:00",
            "2024-02-29 00:60:00",
            "2024-02-29",
            "2024-02-29 00:00:60",
            "2024-02-29T00:00:00",
            "2024-02-29 00:00:00.",
            "2024-02-29 00:00:00.1234567",
            "2024-02-29 00:00:00+01",
            "é024-02-29 00:00:00",
        ] {
            assert_eq!(timestamp(value.as_bytes()), Err(InvalidDate), "{value}");
        }
    }
}
