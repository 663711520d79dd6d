//! Numbers, times and encodings: our verdict is the server's.

use migration_assist::convert::{scalar, text};
use proptest::collection::vec;
use proptest::prelude::*;

use super::{Oracle, check};

#[test]
fn whole_numbers_are_taken_where_the_server_takes_them() {
    let oracle = Oracle::new();
    let near_limits = (prop::sample::select(&[15, 31, 63][..]), -2..=2_i128, any::<bool>())
        .prop_map(|(bits, offset, negative)| {
            let number = (1_i128 << bits) + offset;
            (if negative { -number } else { number }).to_string()
        });
    check(&vec(prop_oneof![near_limits, "-?[0-9]{1,21}"], 40), |values| {
        for (bytes, name) in [(2, "smallint"), (4, "integer"), (8, "bigint")] {
            for (value, taken) in values.iter().zip(oracle.takes(&values, name)) {
                let verdict = scalar::integer(value.as_bytes(), bytes);
                prop_assert_eq!(verdict.is_ok(), taken, "{} {}", name, value);
            }
        }
        Ok(())
    });
}

#[test]
fn so_are_floating_point_numbers() {
    let oracle = Oracle::new();
    let value = "-?[0-9]{1,3}(\\.[0-9]{1,4})?(e[+-]?([0-9]|[34][0-9]|3[0-3][0-9]))?";
    check(&vec(value, 40), |values| {
        for (bytes, name) in [(4, "real"), (8, "double precision")] {
            for (value, taken) in values.iter().zip(oracle.takes(&values, name)) {
                let verdict = scalar::float(value.as_bytes(), bytes);
                prop_assert_eq!(verdict.is_ok(), taken, "{} {}", name, value);
            }
        }
        Ok(())
    });
}

/// What MySQL may print for a point in time, the impossible ones included.
fn time() -> impl Strategy<Value = String> {
    let year = prop_oneof![0..=9999_u32, Just(0), Just(1900), Just(2000), Just(2024)];
    let day = (year, 0..=13_u32, prop_oneof![0..=32_u32, 28..=31_u32]);
    let clock = (0..24_u32, 0..60_u32, 0..60_u32, prop::option::of("[0-9]{1,6}"));
    (day, clock).prop_map(|((year, month, day), (hour, minute, second, fraction))| {
        let fraction = fraction.map_or_else(String::new, |digits| format!(".{digits}"));
        format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}{fraction}")
    })
}

#[test]
fn times_arrive_in_utc_to_the_microsecond() {
    let oracle = Oracle::new();
    check(&vec(time(), 40), |times| {
        let taken = oracle.takes(&times, "timestamptz");
        let mut valid = Vec::new();
        for (time, taken) in times.iter().zip(taken) {
            prop_assert_eq!(scalar::timestamp(time.as_bytes()).is_ok(), taken, "{}", time);
            if taken {
                valid.push(time.as_str());
            }
        }
        let rows: Vec<_> = valid.iter().map(|time| vec![Some(time.as_bytes().to_vec())]).collect();
        let types = [("datetime(6)", "timestamp with time zone")];
        let read = "to_char(c0 AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')";
        for (row, time) in oracle.carry(&types, &rows, read).iter().zip(valid) {
            let (second, fraction) = time.split_once('.').unwrap_or((time, ""));
            prop_assert_eq!(row.get::<_, String>(0), format!("{second}.{fraction:0<6}"));
        }
        Ok(())
    });
}

#[test]
fn bytes_are_text_where_the_server_says_so() {
    let oracle = Oracle::new();
    let pieces: &[&[u8]] = &[
        b"a",
        b"\xc3\xa9",
        b"\xf0\x9f\x98\x80",
        b"\xc0\x80",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
        b"\xff",
        b"\x80",
        b"\xe2\x82",
        b"\xef\xbf\xbf",
        b"\0",
        b"\xf4\x8f\xbf\xbf",
        b"\xe0\x80\x80",
    ];
    let value = vec(prop::sample::select(pieces), 0..4).prop_map(|pieces| pieces.concat());
    check(&vec(value, 40), |values| {
        for (value, taken) in values.iter().zip(oracle.takes(&values, "text")) {
            let verdict = text::validate(value).is_ok() && !text::has_nul(value);
            prop_assert_eq!(verdict, taken, "{:?}", value);
        }
        Ok(())
    });
}
