//! Reading the fields of an event, with every length checked.

/// The event ends before a field does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a field reaches behind the end")]
pub(super) struct Cut;

/// What is left of an event's bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        self.0
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn take(&mut self, length: usize) -> Result<&'a [u8], Cut> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(Cut)?;
        self.0 = rest;
        Ok(taken)
    }

    pub(super) fn byte(&mut self) -> Result<u8, Cut> {
        Ok(self.take(1)?[0])
    }

    /// An unsigned integer of at most eight bytes, the lowest first.
    pub(super) fn little(&mut self, bytes: usize) -> Result<u64, Cut> {
        let taken = self.take(bytes)?;
        Ok(taken.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte)))
    }

    /// A signed integer of at most eight bytes, the lowest first.
    pub(super) fn signed(&mut self, bytes: usize) -> Result<i64, Cut> {
        let unused = 64_usize.checked_sub(8 * bytes).ok_or(Cut)?;
        // The shift back extends the sign.
        Ok((self.little(bytes)? << unused).cast_signed() >> unused)
    }

    /// A length, the lowest byte first.
    pub(super) fn length(&mut self, bytes: usize) -> Result<usize, Cut> {
        usize::try_from(self.little(bytes)?).map_err(|_| Cut)
    }

    /// A number whose first byte gives its length (MySQL internals, "Length-Encoded Integer").
    pub(super) fn length_encoded(&mut self) -> Result<u64, Cut> {
        match self.byte()? {
            short @ 0..=250 => Ok(u64::from(short)),
            252 => self.little(2),
            253 => self.little(3),
            254 => self.little(8),
            _ => Err(Cut),
        }
    }

    /// Bytes with their length in front of them.
    pub(super) fn counted(&mut self, length_bytes: usize) -> Result<&'a [u8], Cut> {
        let length = self.length(length_bytes)?;
        self.take(length)
    }
}

/// An unsigned integer of at most eight bytes, the highest first.
pub(super) fn big(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, &byte| number << 8 | u64::from(byte))
}

#[cfg(test)]
mod tests {
    use super::{Cut, Reader};

    #[test]
    fn numbers_are_read_in_either_order() {
        let mut reader = Reader::new(&[1, 2, 3, 1, 2, 3, 252, 1, 1]);
        assert_eq!(reader.little(3), Ok(0x03_02_01));
        assert_eq!(reader.take(3).map(super::big), Ok(0x01_02_03));
        assert_eq!(reader.length_encoded(), Ok(257));
        assert!(reader.is_empty());
        assert_eq!(reader.byte(), Err(Cut));
    }

    #[test]
    fn a_length_beyond_the_end_is_an_error() {
        assert_eq!(Reader::new(&[255, 255, 255, 255, 1]).counted(4), Err(Cut));
        assert_eq!(
            Reader::new(&[254, 255, 255, 255, 255, 255, 255, 255, 255]).counted(8),
            Err(Cut)
        );
    }
}
