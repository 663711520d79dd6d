//! Events of recorded files, and assembled ones.

use mysql_async::binlog::BinlogVersion;
use mysql_async::binlog::events::{Event, FormatDescriptionEvent};

use super::{ARTIFICIAL, MAGIC};
use crate::mysql::binlog::code;

/// The events of a recorded file, as the driver reads them.
pub(super) fn recorded(mut file: &[u8]) -> Vec<Event> {
    let mut description = FormatDescriptionEvent::new(BinlogVersion::Version4);
    file = &file[MAGIC..];
    let mut events = Vec::new();
    while !file.is_empty() {
        let event = Event::read(&description, &mut file).expect("an event");
        if event.header().event_type_raw() == code::FORMAT_DESCRIPTION {
            let read: FormatDescriptionEvent<'_> = event.read_event().expect("a description");
            description = read.into_owned().with_footer(event.footer());
        }
        let payload = (event.header().event_type_raw() == code::TRANSACTION_PAYLOAD)
            .then(|| inner_events(&event));
        events.push(event);
        events.extend(payload.unwrap_or_default());
    }
    events
}

/// The events of a compressed transaction, which the driver hands over behind the outer event.
fn inner_events(event: &Event) -> Vec<Event> {
    use mysql_async::binlog::events::TransactionPayloadEvent;
    let payload: TransactionPayloadEvent<'_> = event.read_event().expect("a payload");
    let content = payload.danger_decompress();
    let mut rest = content.as_slice();
    let description = FormatDescriptionEvent::new(BinlogVersion::Version4);
    let mut events = Vec::new();
    while !rest.is_empty() {
        events.push(Event::read(&description, &mut rest).expect("an inner event"));
    }
    events
}

/// An assembled event without a checksum.
pub(super) fn event(code: u8, flags: u16, end: u32, body: &[u8]) -> Event {
    let time = u32::from(flags != ARTIFICIAL);
    let size = u32::try_from(19 + body.len()).expect("a short event");
    let mut bytes = time.to_le_bytes().to_vec();
    bytes.push(code);
    for number in [1, size, end] {
        bytes.extend_from_slice(&number.to_le_bytes());
    }
    bytes.extend_from_slice(&flags.to_le_bytes());
    bytes.extend_from_slice(body);
    let description = FormatDescriptionEvent::new(BinlogVersion::Version4);
    Event::read(&description, bytes.as_slice()).expect("an event")
}

pub(super) fn query(database: &str, sql: &str) -> Event {
    let length = u8::try_from(database.len()).expect("a short name");
    let head = [&[0; 8][..], &[length, 0, 0, 0, 0]].concat();
    event(code::QUERY, 0, 0, &[&head, database.as_bytes(), &[0], sql.as_bytes()].concat())
}

/// A table map of `chat.Posts`, or of a table of another database, with one column of type `int`.
pub(super) fn table_map(database: &str) -> Event {
    let length = u8::try_from(database.len()).expect("a short name");
    let head = [&[1, 0, 0, 0, 0, 0, 1, 0, length][..], database.as_bytes(), b"\0\x05Posts\0"];
    event(code::TABLE_MAP, 0, 0, &[&head.concat()[..], &[1, 3, 0, 1]].concat())
}

/// An event with a row of that table; the bits say which columns it has.
pub(super) fn row(code: u8, bits: u8) -> Event {
    let extra: &[u8] = if code < code::WRITE_ROWS { &[] } else { &[2, 0] };
    event(code, 0, 0, &[&[1, 0, 0, 0, 0, 0, 1, 0], extra, &[1, bits, 0, 7, 0, 0, 0]].concat())
}
