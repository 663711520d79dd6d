//! How far a position is behind the end of the source's log; pure.

use crate::mysql::binlog::Position;

/// How many bytes of the log are behind a position.
pub(super) fn lag_bytes(files: &[Position], done: &Position) -> Option<u64> {
    let current = files.iter().position(|file| file.file == done.file)?;
    let later: u64 = files[current + 1..].iter().map(|file| file.offset).sum();
    Some(files[current].offset.saturating_sub(done.offset) + later)
}

#[cfg(test)]
mod tests {
    use super::{Position, lag_bytes};

    #[test]
    fn the_lag_spans_files() {
        let at = |text: &str| text.parse::<Position>().expect("a position");
        let files = ["b.000001:500", "b.000002:300", "b.000003:200"].map(at);
        assert_eq!(lag_bytes(&files, &at("b.000001:400")), Some(600));
        assert_eq!(lag_bytes(&files, &at("b.000003:200")), Some(0));
        assert_eq!(lag_bytes(&files, &at("b.000009:4")), None, "purged");
    }
}
