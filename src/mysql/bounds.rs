//! Bounds that split a table without a look at its rows.

use super::Bound;
use crate::mattermost::SORTED_DIGITS;

/// The number of characters of a bound.
const PREFIX: u32 = 3;

/// The most parts that ids can be split into.
pub const MOST_PARTS: u64 = 32_u64.pow(PREFIX);

/// Bounds that split ids evenly, because all characters are equally likely.
#[must_use]
pub fn id_bounds(parts: u64) -> Vec<Bound> {
    let parts = parts.clamp(1, MOST_PARTS);
    let prefix = |number: u64| -> Vec<u8> {
        let digits = (0..PREFIX).rev().map(|place| number >> (5 * place) & 31);
        digits.map(|digit| SORTED_DIGITS[usize::try_from(digit).unwrap_or(0)]).collect()
    };
    (1..parts).map(|part| vec![prefix(part * MOST_PARTS / parts)]).collect()
}

/// Bounds that split the numbers from `least` to `greatest` evenly.
#[must_use]
pub fn integer_bounds(least: i128, greatest: i128, parts: u64) -> Vec<Bound> {
    let span = greatest.saturating_sub(least).max(0);
    let parts = i128::from(parts).clamp(1, span.max(1));
    let bound = |part: i128| least + span / parts * part;
    (1..parts).map(|part| vec![bound(part).to_string().into_bytes()]).collect()
}

#[cfg(test)]
mod tests {
    use super::{MOST_PARTS, id_bounds, integer_bounds};

    #[test]
    fn id_bounds_ascend_and_are_as_many_as_asked_for() {
        for parts in [1, 2, 3, 28, 33, 1000, MOST_PARTS] {
            let bounds = id_bounds(parts);
            assert_eq!(bounds.len() as u64, parts - 1);
            assert!(bounds.is_sorted_by(|left, right| left < right));
        }
        assert_eq!(id_bounds(2), [[b"i11".to_vec()]]);
    }

    #[test]
    fn integer_bounds_reach_over_the_whole_type() {
        let (least, greatest) = (i128::from(i64::MIN), i128::from(u64::MAX));
        assert_eq!(integer_bounds(least, greatest, 7).len(), 6);
        assert_eq!(integer_bounds(0, 9, 3), [[b"3".to_vec()], [b"6".to_vec()]]);
        assert!(integer_bounds(5, 5, 4).is_empty());
        assert_eq!(integer_bounds(0, 2, 9).len(), 1);
    }
}
