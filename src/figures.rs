//! Figures as text.

/// Digits in groups of three.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(|group| std::str::from_utf8(group).unwrap_or_default())
        .collect();
    groups.join(",")
}

/// `1 value`, `2,345 values`: a count with its noun.
pub(crate) fn counted(count: u64, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{} {noun}s", grouped(count)) }
}

/// Bytes with two or three digits, such as `4.1 MiB` and `412 MiB`.
#[allow(clippy::cast_precision_loss)]
pub(crate) fn human_bytes(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    let (mut amount, mut unit) = (bytes as f64, "bytes");
    for larger in UNITS {
        if amount < 1024.0 {
            break;
        }
        (amount, unit) = (amount / 1024.0, larger);
    }
    let has_tenths = amount < 9.95 && unit != "bytes";
    if has_tenths { format!("{amount:.1} {unit}") } else { format!("{amount:.0} {unit}") }
}

#[cfg(test)]
mod tests {
    use super::{counted, grouped, human_bytes};

    #[test]
    fn long_numbers_are_readable() {
        assert_eq!(grouped(7), "7");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(counted(1, "row"), "1 row");
        assert_eq!(counted(2345, "row"), "2,345 rows");
    }

    #[test]
    fn bytes_have_two_or_three_digits() {
        let sizes = [900, 4_300_000, 432_345_678, 1 << 40].map(human_bytes);
        assert_eq!(sizes, ["900 bytes", "4.1 MiB", "412 MiB", "1.0 TiB"]);
    }
}
