//! An event as the driver hands it over: its header, and its bytes once they are proven intact.

use mysql_async::binlog::events::{BinlogEventFooter, Event, FormatDescriptionEvent};
use mysql_async::binlog::{BinlogChecksumAlg, BinlogVersion};

use super::code;

/// Set in events that the server made up for the connection, and that are in no file.
const ARTIFICIAL: u16 = 0x20;

/// How long the header and a checksum are.
const HEADER: usize = 19;
const CHECKSUM: usize = 4;

/// An event with its header, whatever its type.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct RawEvent<'a> {
    pub(super) code: u8,
    /// In seconds since 1970.
    pub(super) time: u32,
    /// Its size in the log, with header and checksum.
    pub(super) size: u32,
    /// The lower half of the offset at which it ends, or zero.
    pub(super) end: u32,
    pub(super) flags: u16,
    /// What follows the header, without the checksum.
    pub(super) body: &'a [u8],
}

/// What an event's checksum says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Checksum {
    Right,
    Wrong,
    /// The log has none, or the event is inside a compressed transaction.
    None,
    Unrecognised(u8),
}

impl<'a> RawEvent<'a> {
    pub(super) fn of(event: &'a Event) -> Self {
        let header = event.header();
        Self {
            code: header.event_type_raw(),
            time: header.timestamp(),
            size: header.event_size(),
            end: header.log_pos(),
            flags: header.flags_raw(),
            body: event.data(),
        }
    }

    /// Whether the server made it up for this connection. The flag is that of MySQL and `MariaDB`; an event
    /// without a time that ends nowhere cannot be in a file either.
    pub(super) fn is_artificial(&self) -> bool {
        self.flags & ARTIFICIAL != 0 || (self.time == 0 && self.end == 0)
    }
}

/// Compares an event with its checksum, which the driver does not.
pub(super) fn checksum(event: &Event) -> Checksum {
    let algorithm = match event.footer().get_checksum_alg() {
        Ok(Some(algorithm)) => algorithm,
        Ok(None) => return Checksum::None,
        Err(error) => return Checksum::Unrecognised(error.0),
    };
    let is_description = event.header().event_type_raw() == code::FORMAT_DESCRIPTION;
    if algorithm == BinlogChecksumAlg::BINLOG_CHECKSUM_ALG_OFF && !is_description {
        return Checksum::None;
    }
    let logged = event.checksum().map(u32::from_le_bytes);
    match logged == Some(event.calc_checksum(algorithm)) {
        true => Checksum::Right,
        // Without checksums, the place of the description's own is not filled in by all servers.
        false if algorithm == BinlogChecksumAlg::BINLOG_CHECKSUM_ALG_OFF => Checksum::None,
        false => Checksum::Wrong,
    }
}

/// The event without the checksum that `MariaDB` appends to the first event of a connection, before the
/// format description that announces checksums: the driver takes it for a part of the file's name.
/// `None` if the event ends in no checksum.
pub(super) fn without_early_checksum(event: &Event) -> Option<Event> {
    let mut bytes = Vec::new();
    event.write(BinlogVersion::Version4, &mut bytes).ok()?;
    let footer = BinlogEventFooter::new(BinlogChecksumAlg::BINLOG_CHECKSUM_ALG_CRC32);
    let description = FormatDescriptionEvent::new(BinlogVersion::Version4).with_footer(footer);
    let event = (bytes.len() > HEADER + CHECKSUM)
        .then(|| Event::read(&description, bytes.as_slice()).ok())
        .flatten()?;
    (checksum(&event) == Checksum::Right).then_some(event)
}
