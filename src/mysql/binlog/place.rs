//! Where in the log the reader is: the file, and the offset with the upper bits that headers lack.

use super::Position;
use super::raw_event::RawEvent;

/// The end of the last event.
#[derive(Debug, Clone, Default)]
pub(super) struct Place {
    /// Empty until the server has named it.
    file: String,
    offset: u64,
}

/// The reader cannot be at the offset that an event states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the offset {end} does not follow {before}")]
pub(super) struct Backwards {
    before: u64,
    end: u32,
}

impl Place {
    pub(super) fn at(position: &Position) -> Self {
        Self { file: position.file.clone(), offset: position.offset }
    }

    pub(super) fn file(&self) -> Option<&str> {
        Some(self.file.as_str()).filter(|file| !file.is_empty())
    }

    pub(super) fn position(&self) -> Position {
        Position { file: self.file.clone(), offset: self.offset }
    }

    /// Moves behind an event of the file.
    ///
    /// A header has 32 bits of the offset. Inside a transaction, `MariaDB` from 11.4 on states none, so
    /// that sizes are added up; the commit states one again.
    pub(super) fn pass(&mut self, event: &RawEvent<'_>) -> Result<(), Backwards> {
        if event.end == 0 {
            self.offset += u64::from(event.size);
            return Ok(());
        }
        let before = self.offset;
        let low = u64::from(event.end);
        let near = (before & !u64::from(u32::MAX)) | low;
        let behind = if near < before { near + (1 << 32) } else { near };
        // No event is as large as half of what 32 bits count: that would be a step back.
        if near < before && behind - before >= 1 << 31 {
            return Err(Backwards { before, end: event.end });
        }
        self.offset = behind;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Place, RawEvent};
    use crate::mysql::binlog::Position;

    fn pass(before: u64, size: u32, end: u32) -> Option<u64> {
        let mut place = Place::at(&Position { file: "binlog.000001".to_owned(), offset: before });
        let event = RawEvent { size, end, ..RawEvent::default() };
        place.pass(&event).ok().map(|()| place.position().offset)
    }

    #[test]
    fn offsets_beyond_4_gib_are_counted() {
        assert_eq!(pass(4, 100, 104), Some(104));
        assert_eq!(pass(4_294_967_290, 100, 94), Some(4_294_967_390), "over the border");
        assert_eq!(pass(4_294_967_390, 10, 104), Some(4_294_967_400), "behind the border");
        assert_eq!(pass(1000, 100, 1500), Some(1500), "events were left out");
        assert_eq!(pass(1000, 100, 900), None, "a step back");
    }

    #[test]
    fn without_an_end_sizes_are_added_up() {
        assert_eq!(pass(1000, 100, 0), Some(1100));
    }
}
