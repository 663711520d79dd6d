//! Values that repeat from row to row, such as preferences at their default, and their canonical form.

use xxhash_rust::xxh3::xxh3_64;

/// How many values of a column are kept.
const KEPT: usize = 16;
/// The shortest and the longest value that are kept, in bytes.
const SIZES: std::ops::RangeInclusive<usize> = 3..=1024;

/// Values of columns whose canonical form takes a parser, by the index of the column and a hash of the value.
#[derive(Default)]
pub(super) struct Repeats(Vec<[Repeat; KEPT]>);

#[derive(Default)]
struct Repeat {
    value: Vec<u8>,
    canonical: Vec<u8>,
}

impl Repeats {
    /// The canonical form of a value of the column, if it is kept.
    pub(super) fn find(&self, column: usize, value: &[u8]) -> Option<&[u8]> {
        let kept = self.0.get(column).filter(|_| SIZES.contains(&value.len()))?;
        let repeat = &kept[place_of(value)];
        (repeat.value == value).then_some(&repeat.canonical)
    }

    /// Keeps the canonical form of a value of the column.
    pub(super) fn keep(&mut self, column: usize, value: &[u8], canonical: &[u8]) {
        if !SIZES.contains(&value.len()) {
            return;
        }
        if self.0.len() <= column {
            self.0.resize_with(column + 1, Default::default);
        }
        let repeat = &mut self.0[column][place_of(value)];
        repeat.value.clear();
        repeat.value.extend_from_slice(value);
        repeat.canonical.clear();
        repeat.canonical.extend_from_slice(canonical);
    }
}

#[allow(clippy::cast_possible_truncation)]
fn place_of(value: &[u8]) -> usize {
    xxh3_64(value) as usize % KEPT
}

#[cfg(test)]
mod tests {
    use super::Repeats;

    #[test]
    fn a_value_is_found_in_its_column_only() {
        let mut repeats = Repeats::default();
        assert_eq!(repeats.find(1, b"[1, 2]"), None);
        repeats.keep(1, b"[1, 2]", b"[1,2]");
        assert_eq!(repeats.find(1, b"[1, 2]"), Some(&b"[1,2]"[..]));
        assert_eq!(repeats.find(0, b"[1, 2]"), None);
        assert_eq!(repeats.find(2, b"[1, 2]"), None);
        assert_eq!(repeats.find(1, b"[1, 3]"), None);
    }

    #[test]
    fn another_value_in_its_place_replaces_it() {
        let mut repeats = Repeats::default();
        for number in 0..1000 {
            let (value, canonical) = (format!("[{number} ]"), format!("[{number}]"));
            repeats.keep(0, value.as_bytes(), canonical.as_bytes());
            assert_eq!(repeats.find(0, value.as_bytes()), Some(canonical.as_bytes()));
        }
        let kept = (0..1000).filter(|it| repeats.find(0, format!("[{it} ]").as_bytes()).is_some());
        assert!((1..=super::KEPT).contains(&kept.count()));
    }

    #[test]
    fn what_is_short_or_long_is_not_kept() {
        let mut repeats = Repeats::default();
        for value in ["{}".to_owned(), "x".repeat(2000)] {
            repeats.keep(0, value.as_bytes(), value.as_bytes());
            assert_eq!(repeats.find(0, value.as_bytes()), None);
        }
    }
}
