//! The files of a server's binary log.

use super::{Error, Position};
use crate::mysql::{self, Connection, Row};

/// The files of the log in their order, each with its size: from the oldest to the one that is written.
pub async fn log_files(connection: &mut Connection) -> Result<Vec<Position>, mysql::Error> {
    let rows: Vec<Row> = connection.query("SHOW BINARY LOGS").await?;
    rows.iter()
        .map(|row| {
            let (file, size) = row.get_opt(0).zip(row.get_opt(1)).ok_or_else(unexpected)?;
            Ok(Position {
                file: file.map_err(|_| unexpected())?,
                offset: size.map_err(|_| unexpected())?,
            })
        })
        .collect()
}

/// How many bytes of the log are behind a position; `None` if its file is no longer listed.
#[must_use]
pub fn bytes_behind(files: &[Position], position: &Position) -> Option<u64> {
    let current = files.iter().position(|file| file.file == position.file)?;
    let later: u64 = files[current + 1..].iter().map(|file| file.offset).sum();
    Some(files[current].offset.saturating_sub(position.offset) + later)
}

fn unexpected() -> mysql::Error {
    mysql::Error::Unexpected("SHOW BINARY LOGS lists files and sizes".to_owned())
}

/// Requires that the server still has the file, that the file is long enough, and that the driver can ask
/// for the offset.
pub(super) async fn require_file(
    connection: &mut Connection,
    position: &Position,
) -> Result<(), Error> {
    if u32::try_from(position.offset).is_err() {
        return Err(Error::OffsetTooLarge { position: position.clone() });
    }
    let files = log_files(connection).await?;
    let file = files.into_iter().find(|file| file.file == position.file);
    let end = file.ok_or_else(|| Error::Purged { position: position.to_string() })?;
    if end.offset < position.offset {
        return Err(Error::BeyondEnd { position: position.clone(), end });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Position, bytes_behind};

    #[test]
    fn what_is_behind_a_position_spans_files() {
        let at = |text: &str| text.parse::<Position>().expect("a position");
        let files = ["b.000001:500", "b.000002:300", "b.000003:200"].map(at);
        assert_eq!(bytes_behind(&files, &at("b.000001:400")), Some(600));
        assert_eq!(bytes_behind(&files, &at("b.000003:200")), Some(0));
        assert_eq!(bytes_behind(&files, &at("b.000009:4")), None, "purged");
    }
}
