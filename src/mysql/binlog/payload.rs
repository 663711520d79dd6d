//! Transactions that MySQL compressed: what has to be true of their content.

use std::io::Read as _;

use mysql_async::binlog::events::{Event, TransactionPayloadEvent};

/// The largest transaction, without compression, that is held in memory: the driver holds all of it.
pub(super) const LARGEST: u64 = 256 << 20;

/// How long the header of an event is, and the offset of the event's length in it.
const HEADER: usize = 19;
const LENGTH_AT: usize = 9;

/// Why a compressed transaction cannot be followed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum PayloadError {
    #[error("compressed transaction: {0}")]
    Unreadable(String),
    #[error("compressed transaction of {0} bytes")]
    Large(u64),
}

/// Counts the events of a compressed transaction.
///
/// The driver ignores a payload that it cannot parse or decompress, so that the whole transaction would be
/// missing without a word. Therefore it is decompressed here too, piece by piece: its events have to fill
/// exactly the size that the outer event states.
pub(super) fn count_events(event: &Event) -> Result<u64, PayloadError> {
    let unreadable = |error: std::io::Error| PayloadError::Unreadable(error.to_string());
    let payload: TransactionPayloadEvent<'_> = event.read_event().map_err(unreadable)?;
    let size = payload.uncompressed_size();
    if size > LARGEST {
        return Err(PayloadError::Large(size));
    }
    let mut reader = payload.decompressed().map_err(unreadable)?;
    let (mut events, mut total) = (0, 0);
    while total < size {
        let mut header = [0; HEADER];
        reader.read_exact(&mut header).map_err(unreadable)?;
        let length: [u8; 4] = header[LENGTH_AT..LENGTH_AT + 4].try_into().expect("four bytes");
        let length = u64::from(u32::from_le_bytes(length));
        let body = length.checked_sub(HEADER as u64);
        let body =
            body.ok_or_else(|| unreadable(std::io::Error::other("an event without header")))?;
        let read = std::io::copy(&mut reader.by_ref().take(body), &mut std::io::sink());
        if read.map_err(unreadable)? != body {
            return Err(unreadable(std::io::ErrorKind::UnexpectedEof.into()));
        }
        (events, total) = (events + 1, total + length);
    }
    let is_at_end = reader.read(&mut [0]).map_err(unreadable)? == 0;
    if total == size && is_at_end && events > 0 {
        Ok(events)
    } else {
        Err(PayloadError::Unreadable("its events do not have the stated size".to_owned()))
    }
}
