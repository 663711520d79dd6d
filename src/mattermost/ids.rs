//! Mattermost's ids: base 32 of a random UUID (its `model.NewId`).

/// The digits, by their value.
const DIGITS: &[u8; 32] = b"ybndrfg8ejkmcpqxot1uwisza345h769";

/// The digits in the order of every collation of the source.
pub const SORTED_DIGITS: &[u8; 32] = b"13456789abcdefghijkmnopqrstuwxyz";

/// The id with the bits of a UUID: five bits to a digit, without padding, the last one filled up with zeros.
#[must_use]
pub fn encode_id(bytes: &[u8]) -> String {
    let bit = |place: usize| {
        let byte = bytes.get(place / 8).copied().unwrap_or_default();
        usize::from(byte >> (7 - place % 8) & 1)
    };
    let digit = |start: usize| (start..start + 5).fold(0, |digit, place| digit << 1 | bit(place));
    (0..bytes.len() * 8).step_by(5).map(|start| char::from(DIGITS[digit(start)])).collect()
}

#[cfg(test)]
mod tests {
    use super::{DIGITS, SORTED_DIGITS, encode_id};

    #[test]
    fn both_orders_have_the_same_digits() {
        let mut sorted = *DIGITS;
        sorted.sort_unstable();
        assert_eq!(&sorted, SORTED_DIGITS);
    }

    #[test]
    fn an_id_has_the_length_and_the_letters_of_mattermost_s() {
        assert_eq!(encode_id(&[0; 16]), "y".repeat(26));
        assert_eq!(encode_id(&[255; 16]), format!("{}h", "9".repeat(25)));
        // RFC 4648's test vector in this alphabet.
        assert_eq!(encode_id(b"foobar"), "c3zs6aubqe");
    }
}
