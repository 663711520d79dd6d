//! Dates and times of the log, spelled as MySQL's text protocol spells them to a session in UTC.

use std::io::Write as _;
use std::time::Duration;

use time::OffsetDateTime;

/// How many bytes a fraction of that many digits takes.
pub(super) fn fraction_length(digits: u8) -> usize {
    usize::from(digits).div_ceil(2)
}

/// The fraction of a second in microseconds, of bytes with the highest first.
fn microseconds(stored: u64, bytes: usize) -> u64 {
    match bytes {
        1 => stored * 10_000,
        2 => stored * 100,
        _ => stored,
    }
}

/// A point and as many digits of the microseconds as the column has.
fn write_fraction(microseconds: u64, digits: u8, out: &mut Vec<u8>) {
    if digits > 0 {
        let all = format!("{microseconds:06}");
        out.push(b'.');
        out.extend_from_slice(&all.as_bytes()[..usize::from(digits.min(6))]);
    }
}

/// A `date`: the day in 5 bits, the month in 4, the year above.
pub(super) fn write_date(packed: u64, out: &mut Vec<u8>) {
    let (year, month, day) = (packed >> 9, packed >> 5 & 15, packed & 31);
    write!(out, "{year:04}-{month:02}-{day:02}").expect("memory");
}

/// A `datetime` with a fraction of that many digits, of 5 bytes and the bytes of the fraction.
pub(super) fn write_datetime(whole: u64, fraction: u64, digits: u8, out: &mut Vec<u8>) {
    // The highest bit is a sign, always set: there is no negative `datetime`.
    let packed = whole & 0x7f_ffff_ffff;
    write_packed_datetime(packed, out);
    write_fraction(microseconds(fraction, fraction_length(digits)), digits, out);
}

/// Year and month in one number of base 13, then the day in 5 bits and the time in 17.
fn write_packed_datetime(packed: u64, out: &mut Vec<u8>) {
    let (date, time) = (packed >> 17, packed & 0x1_ffff);
    let (months, day) = (date >> 5, date & 31);
    write!(out, "{:04}-{:02}-{day:02} ", months / 13, months % 13).expect("memory");
    write!(out, "{:02}:{:02}:{:02}", time >> 12, time >> 6 & 63, time & 63).expect("memory");
}

/// A `timestamp` with a fraction of that many digits: seconds since 1970; zero is the zero date.
pub(super) fn write_timestamp(seconds: u64, fraction: u64, digits: u8, out: &mut Vec<u8>) {
    if seconds == 0 {
        out.extend_from_slice(b"0000-00-00 00:00:00");
    } else {
        let time = OffsetDateTime::UNIX_EPOCH + Duration::from_secs(seconds);
        write!(out, "{} {:02}:", time.date(), time.hour()).expect("memory");
        write!(out, "{:02}:{:02}", time.minute(), time.second()).expect("memory");
    }
    write_fraction(microseconds(fraction, fraction_length(digits)), digits, out);
}

/// A `time` with a fraction of that many digits, of all its bytes with the highest first: they are
/// sorted by their bytes, so that a negative time is the complement.
pub(super) fn write_time(stored: u64, digits: u8, out: &mut Vec<u8>) {
    let bytes = fraction_length(digits);
    let zero = 0x80_0000_u64 << (8 * bytes);
    let magnitude = stored.abs_diff(zero);
    let whole = magnitude >> (8 * bytes);
    let fraction = magnitude & ((1 << (8 * bytes)) - 1);
    if stored < zero {
        out.push(b'-');
    }
    write_packed_time(whole, out);
    write_fraction(microseconds(fraction, bytes), digits, out);
}

fn write_packed_time(packed: u64, out: &mut Vec<u8>) {
    write!(out, "{:02}:{:02}:{:02}", packed >> 12 & 0x3ff, packed >> 6 & 63, packed & 63)
        .expect("memory");
}

/// A date or time inside a JSON value: the same packed numbers, with the fraction in 24 bits.
pub(super) fn write_packed(kind: Packed, packed: i64, out: &mut Vec<u8>) {
    let magnitude = packed.unsigned_abs();
    let (whole, fraction) = (magnitude >> 24, magnitude & 0xff_ffff);
    match kind {
        Packed::Date => {
            let before = out.len();
            write_packed_datetime(whole, out);
            out.truncate(before + "2024-02-29".len());
        }
        Packed::Datetime => {
            write_packed_datetime(whole, out);
            write_fraction(fraction, 6, out);
        }
        Packed::Time => {
            if packed < 0 {
                out.push(b'-');
            }
            write_packed_time(whole, out);
            write_fraction(fraction, 6, out);
        }
    }
}

/// The kinds of dates and times inside JSON values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packed {
    Date,
    Datetime,
    Time,
}

#[cfg(test)]
mod tests {
    use super::{Packed, write_date, write_datetime, write_packed, write_time, write_timestamp};

    fn text(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).expect("ASCII")
    }

    fn packed_datetime(year: u64, month: u64, day: u64, time: [u64; 3]) -> u64 {
        ((year * 13 + month) << 5 | day) << 17 | time[0] << 12 | time[1] << 6 | time[2]
    }

    #[test]
    fn dates_may_be_zero() {
        assert_eq!(text(|out| write_date((2024 << 9) + (2 << 5) + 29, out)), "2024-02-29");
        assert_eq!(text(|out| write_date(0, out)), "0000-00-00");
        let stored = 1 << 39 | packed_datetime(9999, 12, 31, [23, 59, 59]);
        let printed = text(|out| write_datetime(stored, 999_999, 6, out));
        assert_eq!(printed, "9999-12-31 23:59:59.999999");
        assert_eq!(text(|out| write_datetime(1 << 39, 0, 0, out)), "0000-00-00 00:00:00");
        let printed = text(|out| write_datetime(stored, 50, 1, out));
        assert_eq!(printed, "9999-12-31 23:59:59.5", "one digit takes a byte of hundredths");
    }

    #[test]
    fn timestamps_are_unsigned_seconds_in_utc() {
        let timestamp = |seconds| text(|out| write_timestamp(seconds, 0, 0, out));
        assert_eq!(timestamp(0), "0000-00-00 00:00:00");
        assert_eq!(timestamp(1), "1970-01-01 00:00:01");
        assert_eq!(timestamp(951_782_400), "2000-02-29 00:00:00");
        assert_eq!(timestamp(2_209_032_000), "2040-01-01 12:00:00", "MariaDB 11.5 and later");
        assert_eq!(timestamp(4_294_967_295), "2106-02-07 06:28:15");
        let printed = text(|out| write_timestamp(1, 1234, 4, out));
        assert_eq!(printed, "1970-01-01 00:00:01.1234");
    }

    #[test]
    fn a_negative_time_is_the_complement() {
        let time = |bytes: &[u8], digits| {
            text(|out| write_time(crate::mysql::binlog::reader::big(bytes), digits, out))
        };
        assert_eq!(time(&[0x80, 0, 0], 0), "00:00:00");
        assert_eq!(time(&[0xb4, 0x6e, 0xfb], 0), "838:59:59");
        assert_eq!(time(&[0x4b, 0x91, 0x05], 0), "-838:59:59");
        // -00:00:01.1, of MySQL's source documentation of the packed format.
        assert_eq!(time(&[0x7f, 0xff, 0xfe, 0xf6], 2), "-00:00:01.10");
        assert_eq!(time(&[0x7f, 0xff, 0xfe, 0xf6], 1), "-00:00:01.1");
        assert_eq!(time(&[0x7f, 0xff, 0xff, 0xff, 0xff, 0xff], 6), "-00:00:00.000001");
    }

    #[test]
    fn times_inside_json_have_six_digits() {
        let stored = i64::try_from(packed_datetime(2015, 1, 15, [23, 24, 25]) << 24);
        let stored = stored.expect("a small number") + 120_000;
        let packed = |kind, stored| text(|out| write_packed(kind, stored, out));
        assert_eq!(packed(Packed::Datetime, stored), "2015-01-15 23:24:25.120000");
        assert_eq!(packed(Packed::Date, stored), "2015-01-15");
        assert_eq!(packed(Packed::Time, -((1 << 12 | 2 << 6 | 3) << 24 | 5)), "-01:02:03.000005");
    }
}
