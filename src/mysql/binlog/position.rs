//! A place in a binary log by file and offset.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use crate::mysql::LogPosition;

/// A file of a server's binary log and an offset in it: the end of an event.
///
/// Positions of one server are ordered by the number of the file, then by offset. It prints, and reads
/// back, as `binlog.000003:1234`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Position {
    /// The file's name, such as `binlog.000003`.
    pub file: String,
    /// The offset in bytes.
    pub offset: u64,
}

/// A text that is not a position.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a file and an offset of a binary log: {0}")]
pub struct PositionParseError(String);

impl Position {
    /// The file's number, and its base name: servers number their files without a limit, so that the
    /// names themselves do not sort.
    fn numbered(&self) -> (u64, &str) {
        let (name, number) = self.file.rsplit_once('.').unwrap_or((&self.file, ""));
        (number.parse().unwrap_or_default(), name)
    }
}

impl Ord for Position {
    fn cmp(&self, other: &Self) -> Ordering {
        let (number, name) = self.numbered();
        let (number_of_other, name_of_other) = other.numbered();
        let place = (number, self.offset, name, &self.file);
        place.cmp(&(number_of_other, other.offset, name_of_other, &other.file))
    }
}

impl PartialOrd for Position {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.offset)
    }
}

impl FromStr for Position {
    type Err = PositionParseError;

    fn from_str(text: &str) -> Result<Self, PositionParseError> {
        let error = || PositionParseError(text.to_owned());
        let (file, offset) = text.rsplit_once(':').ok_or_else(error)?;
        let number = file.rsplit_once('.').map(|(_, number)| number).ok_or_else(error)?;
        number.parse::<u64>().map_err(|_| error())?;
        Ok(Self { file: file.to_owned(), offset: offset.parse().map_err(|_| error())? })
    }
}

impl From<Position> for LogPosition {
    fn from(position: Position) -> Self {
        Self::File { file: position.file, offset: position.offset }
    }
}

#[cfg(test)]
mod tests {
    use super::Position;

    #[test]
    fn a_position_reads_back_as_it_prints() {
        let position: Position = "my.log-bin.000042:4294967300".parse().expect("a position");
        assert_eq!((position.file.as_str(), position.offset), ("my.log-bin.000042", 4_294_967_300));
        assert_eq!(position.to_string(), "my.log-bin.000042:4294967300");
        for text in ["", "binlog.000001", "binlog:4", "binlog.x:4", "binlog.000001:-4", "0-1-5"] {
            assert!(text.parse::<Position>().is_err(), "{text}");
        }
    }

    #[test]
    fn files_are_ordered_by_their_number() {
        let sorted = ["binlog.999999:9", "binlog.1000000:4", "binlog.1000000:100"];
        let positions: Vec<Position> =
            sorted.iter().map(|text| text.parse().expect("a position")).collect();
        assert!(positions.is_sorted());
        assert!(positions[0] < positions[1] && positions[1] < positions[2]);
    }
}
