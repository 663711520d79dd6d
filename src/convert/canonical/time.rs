//! Points in time in canonical form, independent of the printed offset.

use crate::convert::scalar::days_since_1970;

/// Appends a point in time as microseconds since 1970 in UTC; `None` if the field is not one, such as
/// `infinity`.
///
/// The field has PostgreSQL's form under `DateStyle` ISO: `2024-02-29 23:59:59.5+05:30 BC`.
pub(super) fn write(field: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let text = std::str::from_utf8(field).ok()?;
    let (text, is_before_christ) =
        text.strip_suffix(" BC").map_or((text, false), |before| (before, true));
    let (day, clock) = text.split_once(' ')?;
    let mut parts = day.splitn(3, '-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let year = if is_before_christ { 1 - year } else { year };
    let (clock, offset) = match clock.find(['+', '-']) {
        Some(place) => (&clock[..place], seconds(&clock[place + 1..])? * sign(clock, place)),
        None => (clock, 0),
    };
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let micros: i64 = format!("{fraction:0<6}").parse().ok()?;
    let seconds = days_since_1970(year, month, day) * 86_400 + seconds(clock)? - offset;
    out.extend_from_slice((seconds * 1_000_000 + micros).to_string().as_bytes());
    Some(())
}

fn sign(clock: &str, place: usize) -> i64 {
    if clock.as_bytes()[place] == b'-' { -1 } else { 1 }
}

/// Seconds of `HH`, `HH:MM` or `HH:MM:SS`.
fn seconds(clock: &str) -> Option<i64> {
    let mut total = 0;
    let mut unit = 3600;
    for part in clock.split(':') {
        total += part.parse::<i64>().ok()? * unit;
        unit /= 60;
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use super::write;

    fn micros(field: &str) -> Option<String> {
        let mut out = Vec::new();
        write(field.as_bytes(), &mut out)?;
        String::from_utf8(out).ok()
    }

    #[test]
    fn offsets_do_not_matter() {
        for (field, expected) in [
            ("1970-01-01 00:00:00+00", "0"),
            ("1970-01-01 00:00:00.000001", "1"),
            ("2024-02-29 05:30:00+05:30", "1709164800000000"),
            ("2024-02-28 19:00:00.5-05:00", "1709164800500000"),
            ("0001-12-31 19:00:00+00 BC", "-62135614800000000"),
            ("1969-12-31 23:59:59.9+00", "-100000"),
        ] {
            assert_eq!(micros(field).as_deref(), Some(expected), "{field}");
        }
        assert_eq!(micros("infinity"), None);
    }
}
