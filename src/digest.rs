//! SHA-256 sums as text.

use sha2::{Digest as _, Sha256};

/// The SHA-256 sum of some bytes, in lower-case hexadecimal.
#[must_use]
pub fn sha256_hex(bytes: impl AsRef<[u8]>) -> String {
    hex::encode(Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::sha256_hex;

    #[test]
    fn a_sum_is_in_lower_case() {
        assert_eq!(sha256_hex("{}")[..12], *"44136fa355b3");
    }
}
