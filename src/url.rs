//! Percent-encoding of the parts of a URL (RFC 3986).

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// Characters that need an escape in any part of a URL: all but the unreserved ones (section 2.3).
const RESERVED: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The reason why a text cannot be decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecodeError {
    /// A `%` without two hexadecimal digits.
    Escape,
    /// Bytes that are not UTF-8.
    Encoding,
}

/// Escapes every reserved character.
#[must_use]
pub fn encode(text: &str) -> String {
    utf8_percent_encode(text, &RESERVED).to_string()
}

/// Replaces each `%XX`; a `+` stays a plus sign.
pub fn decode(text: &str) -> Result<Cow<'_, str>, DecodeError> {
    let is_complete = |after: &str| {
        after.as_bytes().first_chunk::<2>().is_some_and(|it| it.iter().all(u8::is_ascii_hexdigit))
    };
    if !text.split('%').skip(1).all(is_complete) {
        return Err(DecodeError::Escape);
    }
    percent_decode_str(text).decode_utf8().map_err(|_| DecodeError::Encoding)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{DecodeError, decode, encode};

    #[test]
    fn incomplete_escapes_and_other_encodings_are_errors() {
        assert_eq!(decode("a+b%20c").as_deref(), Ok("a+b c"));
        for text in ["100%", "%4", "%zz", "%é"] {
            assert_eq!(decode(text), Err(DecodeError::Escape), "{text}");
        }
        assert_eq!(decode("%ff"), Err(DecodeError::Encoding));
    }

    proptest! {
        #[test]
        fn each_text_is_decoded_as_it_was_before_it_was_encoded(text in ".*") {
            let encoded = encode(&text);
            let decoded = decode(&encoded).expect("complete escapes");
            prop_assert_eq!(decoded, text);
        }
    }
}
