//! The time of day, as files and records print it.

use std::time::SystemTime;

use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{Date, Month, OffsetDateTime, Time};

const EXTENDED: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");
const BASIC: &[BorrowedFormatItem<'_>] =
    format_description!("[year][month][day]T[hour][minute][second]Z");

/// Now, in UTC and to the second, in the extended form of ISO 8601: `2026-11-21T04:03:21Z`.
#[must_use]
pub fn now() -> String {
    print(SystemTime::now(), EXTENDED)
}

/// A time in UTC in the basic form of ISO 8601, for names of files: `20260131T235959Z`.
#[must_use]
pub fn stamp(time: SystemTime) -> String {
    print(time, BASIC)
}

/// The time of a [`stamp`], in milliseconds since 1970; `None` if the text is not one.
#[must_use]
pub fn read_stamp(stamp: &str) -> Option<i64> {
    let number = |from: usize, to: usize| stamp.get(from..to)?.parse::<u8>().ok();
    let year = stamp.get(0..4)?.parse().ok()?;
    let month = Month::try_from(number(4, 6)?).ok()?;
    let date = Date::from_calendar_date(year, month, number(6, 8)?).ok()?;
    let time = Time::from_hms(number(9, 11)?, number(11, 13)?, number(13, 15)?).ok()?;
    Some(date.with_time(time).assume_utc().unix_timestamp() * 1000)
}

/// The time of a [`stamp`] for people: `2026-01-31 23:59:59 UTC`; the text itself if it is not one.
#[must_use]
pub fn spelled_out(stamp: &str) -> String {
    const READABLE: &[BorrowedFormatItem<'_>] =
        format_description!("[year]-[month]-[day] [hour]:[minute]:[second] UTC");
    let seconds = read_stamp(stamp).map(|milliseconds| milliseconds / 1000);
    let time = seconds.and_then(|it| OffsetDateTime::from_unix_timestamp(it).ok());
    time.and_then(|it| it.format(READABLE).ok()).unwrap_or_else(|| stamp.to_owned())
}

fn print(time: SystemTime, format: &[BorrowedFormatItem<'_>]) -> String {
    OffsetDateTime::from(time).format(format).expect("a time has all of these parts")
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::{EXTENDED, print, read_stamp, spelled_out, stamp};

    #[test]
    fn both_forms_are_in_utc_and_of_fixed_width() {
        let time = UNIX_EPOCH + Duration::from_secs(951_827_696);
        assert_eq!(stamp(time), "20000229T123456Z");
        assert_eq!(read_stamp("20000229T123456Z"), Some(951_827_696_000));
        assert_eq!(read_stamp("20000230T123456Z"), None);
        assert_eq!(spelled_out("20000229T123456Z"), "2000-02-29 12:34:56 UTC");
        assert_eq!(spelled_out("yesterday"), "yesterday");
        assert_eq!(print(time, EXTENDED), "2000-02-29T12:34:56Z");
        assert_eq!(print(UNIX_EPOCH, EXTENDED), "1970-01-01T00:00:00Z");
    }
}
