//! The events of a log in their order, reduced to what a follower acts on.

use bytes::Bytes;
use mysql_async::binlog::events::Event;

use super::layout::Layout;
use super::payload::{PayloadError, count_events};
use super::place::Place;
use super::query::{Load, Query};
use super::raw_event::{Checksum, RawEvent, checksum, without_early_checksum};
use super::reader::Reader;
use super::rows::{Kind, RowsError, read_rows};
use super::statement::{Logged, mentions};
use super::table_map::{Mapping, MappingError, table_id};
use super::tables::Tables;
use super::{Error, LogEvent, Position, RowChanges, code};

/// Reads one event after the other. After an error it is of no more use.
#[derive(Debug)]
pub(super) struct Decoder {
    layout: Layout,
    place: Place,
    tables: Tables,
    transaction: Transaction,
    /// How many events of a compressed transaction are still to come.
    inner: u64,
    /// The last file whose format the server has described, and when it was created.
    described: Option<LogFile>,
    /// Whether the server leaves out transactions, so that only its heartbeats say how far it is.
    has_gaps: bool,
}

/// A file of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogFile {
    /// Its name.
    pub name: String,
    /// When it was created, in seconds since 1970. A log that was reset has files of the same names with
    /// other times.
    pub created: u32,
}

/// Whether a transaction is open, and whether it has changed the followed database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Transaction {
    None,
    Elsewhere,
    Ours,
}

impl Decoder {
    /// Starts at a position, or, with a set of GTIDs, wherever the server does.
    pub(super) fn new(layout: Layout, start: Option<&Position>) -> Self {
        Self {
            layout,
            place: start.map(Place::at).unwrap_or_default(),
            tables: Tables::default(),
            transaction: Transaction::None,
            inner: 0,
            described: None,
            has_gaps: start.is_none(),
        }
    }

    /// The end of the last event.
    pub(super) fn position(&self) -> Position {
        self.place.position()
    }

    /// The last file whose format the server has described.
    pub(super) fn described(&self) -> Option<&LogFile> {
        self.described.as_ref()
    }

    /// Reads the next event; `None` if it does not concern a follower.
    pub(super) fn read(&mut self, event: &Event) -> Result<Option<LogEvent>, Error> {
        let early = (self.described.is_none() && event.header().event_type_raw() == code::ROTATE)
            .then(|| without_early_checksum(event))
            .flatten();
        let event = early.as_ref().unwrap_or(event);
        let raw = RawEvent::of(event);
        if self.inner > 0 {
            return self.read_inner(&raw);
        }
        match checksum(event) {
            Checksum::Right | Checksum::None => {}
            Checksum::Wrong => return Err(self.malformed("its checksum is wrong")),
            Checksum::Unrecognised(algorithm) => {
                return Err(self.malformed(&format!("unrecognised checksum algorithm {algorithm}")));
            }
        }
        // A heartbeat repeats where the server is. A description without an end was sent because following
        // starts inside of a file.
        let repeats = matches!(raw.code, code::HEARTBEAT | code::HEARTBEAT_V2)
            || (raw.code == code::FORMAT_DESCRIPTION && raw.end == 0);
        let stands_in_file = !(raw.is_artificial() || repeats);
        if stands_in_file {
            self.place.pass(&raw).map_err(|error| self.malformed(&error))?;
        }
        if raw.code == code::TRANSACTION_PAYLOAD {
            return self.begin_payload(event);
        }
        self.read_outer(&raw)
    }

    fn read_inner(&mut self, raw: &RawEvent<'_>) -> Result<Option<LogEvent>, Error> {
        self.inner -= 1;
        let read = self.read_any(raw)?;
        if self.inner == 0 && self.transaction != Transaction::None {
            return Err(self.malformed("a compressed transaction ends without a commit"));
        }
        Ok(read)
    }

    fn begin_payload(&mut self, event: &Event) -> Result<Option<LogEvent>, Error> {
        if self.transaction != Transaction::None {
            return Err(self.malformed("a compressed transaction inside a transaction"));
        }
        self.inner = count_events(event).map_err(|error| match error {
            PayloadError::Large(bytes) => Error::LargePayload { bytes, position: self.position() },
            PayloadError::Unreadable(_) => self.malformed(&error),
        })?;
        Ok(None)
    }

    /// Goes behind transactions that the server left out; a heartbeat names the file and the end.
    fn pass_gap(&mut self, raw: &RawEvent<'_>) -> Result<(), Error> {
        let is_here = self.place.file().is_some_and(|file| raw.body == file.as_bytes());
        let is_behind = u64::from(raw.end) > self.place.position().offset;
        if self.has_gaps && is_here && is_behind && self.transaction == Transaction::None {
            self.place.pass(raw).map_err(|error| self.malformed(&error))?;
        }
        Ok(())
    }

    /// Reads an event that occurs only outside of compressed transactions.
    fn read_outer(&mut self, raw: &RawEvent<'_>) -> Result<Option<LogEvent>, Error> {
        match raw.code {
            code::FORMAT_DESCRIPTION => {
                let name = self.place.file().unwrap_or_default().to_owned();
                self.described = Some(LogFile { name, created: raw.time });
                self.tables.clear();
                Ok(None)
            }
            code::ROTATE => self.rotate(raw),
            code::HEARTBEAT | code::HEARTBEAT_V2 => {
                self.pass_gap(raw)?;
                Ok(Some(LogEvent::Heartbeat))
            }
            code::GTID | code::ANONYMOUS_GTID | code::TAGGED_GTID => {
                self.require_no_transaction().map(|()| None)
            }
            code::MARIADB_GTID => self.mariadb_gtid(raw),
            code::INCIDENT => Err(Error::Incident { position: self.position() }),
            code::XA_PREPARE => Err(Error::Xa { position: self.position() }),
            // Nothing that a follower acts on.
            code::STOP
            | code::PREVIOUS_GTIDS
            | code::VIEW_CHANGE
            | code::MARIADB_CHECKPOINT
            | code::MARIADB_GTID_LIST
            | code::MARIADB_START_ENCRYPTION => Ok(None),
            _ => self.read_any(raw),
        }
    }

    /// Reads an event that occurs inside and outside of compressed transactions.
    fn read_any(&mut self, raw: &RawEvent<'_>) -> Result<Option<LogEvent>, Error> {
        match raw.code {
            code::QUERY => self.query(raw, Load::No),
            code::EXECUTE_LOAD_QUERY => self.query(raw, Load::Yes),
            code::XID => self.commit(raw).map(Some),
            code::TABLE_MAP => self.table_map(raw.body).map(|()| None),
            code::WRITE_ROWS_V1..=code::DELETE_ROWS_V1 | code::WRITE_ROWS..=code::DELETE_ROWS => {
                self.rows(raw)
            }
            code::PARTIAL_UPDATE_ROWS => {
                self.require_elsewhere(raw.body, |position| Error::PartialJson { position })
            }
            code::MARIADB_QUERY_COMPRESSED => {
                Err(Error::CompressedEvent { position: self.position() })
            }
            code::MARIADB_WRITE_ROWS_COMPRESSED..=code::MARIADB_DELETE_ROWS_COMPRESSED => {
                self.require_elsewhere(raw.body, |position| Error::CompressedEvent { position })
            }
            // Parts of a statement that a later event repeats, or remarks.
            code::INTVAR
            | code::RAND
            | code::USER_VAR
            | code::BEGIN_LOAD_QUERY
            | code::APPEND_BLOCK
            | code::DELETE_FILE
            | code::IGNORABLE
            | code::ROWS_QUERY
            | code::TRANSACTION_CONTEXT
            | code::MARIADB_ANNOTATE_ROWS => Ok(None),
            code => Err(Error::UnknownEvent { code, position: self.position() }),
        }
    }

    fn rotate(&mut self, raw: &RawEvent<'_>) -> Result<Option<LogEvent>, Error> {
        let mut reader = Reader::new(raw.body);
        let offset = reader.little(8).map_err(|error| self.malformed(&error))?;
        let file = std::str::from_utf8(reader.rest()).ok().filter(|file| file.contains('.'));
        let file = file.ok_or_else(|| self.malformed("the name of a file is none"))?.to_owned();
        let next = Position { file, offset };
        if self.place.file() == Some(&next.file) {
            // The server repeats where it starts.
            return Ok(None);
        }
        if self.described.is_none() && self.place.file().is_some() {
            return Err(self.malformed(&format!("the server starts in another file, at {next}")));
        }
        self.require_no_transaction()?;
        let is_first = self.place.file().is_none();
        self.place = Place::at(&next);
        self.tables.clear();
        Ok((!is_first).then_some(LogEvent::Rotate(next)))
    }

    /// A transaction of `MariaDB` begins with its GTID, unless that is of a single statement.
    fn mariadb_gtid(&mut self, raw: &RawEvent<'_>) -> Result<Option<LogEvent>, Error> {
        const STANDALONE: u8 = 1;
        const XA: u8 = 64 | 128;
        let mut reader = Reader::new(raw.body);
        // The number and the domain.
        let flags = reader.take(12).and_then(|_| reader.byte());
        let flags = flags.map_err(|error| self.malformed(&error))?;
        if flags & XA != 0 {
            return Err(Error::Xa { position: self.position() });
        }
        if flags & STANDALONE != 0 {
            return self.require_no_transaction().map(|()| None);
        }
        self.begin().map(Some)
    }

    fn begin(&mut self) -> Result<LogEvent, Error> {
        self.require_no_transaction()?;
        self.transaction = Transaction::Elsewhere;
        self.tables.begin();
        Ok(LogEvent::Begin)
    }

    fn commit(&mut self, raw: &RawEvent<'_>) -> Result<LogEvent, Error> {
        if self.transaction == Transaction::None {
            return Err(self.malformed("a commit without a transaction"));
        }
        self.transaction = Transaction::None;
        Ok(LogEvent::Commit { position: self.position(), time: raw.time })
    }

    fn query(&mut self, raw: &RawEvent<'_>, load: Load) -> Result<Option<LogEvent>, Error> {
        let query = Query::read(raw.body, load).map_err(|error| self.malformed(&error))?;
        let Query { database, sql } = query;
        match Logged::read(sql.expose()) {
            Logged::Begin => self.begin().map(Some),
            Logged::Rollback | Logged::RollbackTo if self.transaction == Transaction::Ours => {
                Err(Error::RolledBack { position: self.position() })
            }
            Logged::Commit | Logged::Rollback => self.commit(raw).map(Some),
            Logged::RollbackTo | Logged::Savepoint | Logged::Nothing => Ok(None),
            Logged::Xa => Err(Error::Xa { position: self.position() }),
            Logged::Rows(word) => {
                let in_use = database.as_deref().unwrap_or_default();
                if self.layout.is_followed(in_use) || mentions(sql.expose(), &self.layout.database)
                {
                    let (statement, position) = (word.to_uppercase(), self.position());
                    return Err(Error::LoggedStatement { statement, position });
                }
                Ok(None)
            }
            Logged::Other => {
                let (position, time) = (self.position(), raw.time);
                Ok(Some(LogEvent::Statement { database, sql, position, time }))
            }
        }
    }

    fn table_map(&mut self, body: &[u8]) -> Result<(), Error> {
        self.tables.map(body, &self.layout).map_err(|error| match error {
            MappingError::Changed { table, difference } => {
                Error::TableChanged { table, position: self.position(), difference }
            }
            MappingError::Cut(_) => self.malformed(&error),
        })
    }

    fn rows(&mut self, raw: &RawEvent<'_>) -> Result<Option<LogEvent>, Error> {
        let (kind, has_extra) = Kind::of(raw.code).expect("a rows event");
        let changes = {
            let table = match self.mapping(raw.body)? {
                Mapping::Elsewhere => return Ok(None),
                Mapping::Unknown(table) => return Ok(Some(LogEvent::UnknownTable(table.clone()))),
                Mapping::Followed(table) => table,
            };
            let body = Bytes::copy_from_slice(raw.body);
            let changes = read_rows(kind, has_extra, &body, table);
            let changes = changes.map_err(|error| match error {
                RowsError::Partial => {
                    Error::PartialRows { table: table.name.clone(), position: self.position() }
                }
                error => self.malformed(&format!("table `{}`: {error}", table.name)),
            })?;
            RowChanges { table: table.name.clone(), changes }
        };
        self.transaction = Transaction::Ours;
        Ok(Some(LogEvent::Rows(changes)))
    }

    /// The table of a rows event, whose map must have come in the same transaction.
    fn mapping(&self, body: &[u8]) -> Result<&Mapping, Error> {
        if self.transaction == Transaction::None {
            return Err(self.malformed("changed rows outside of a transaction"));
        }
        let id = table_id(body).map_err(|error| self.malformed(&error))?;
        let mapping = self.tables.get(id);
        mapping.ok_or_else(|| self.malformed("changed rows without a table map"))
    }

    /// Ignores an event that cannot be read if its table is one of another database.
    fn require_elsewhere(
        &self,
        body: &[u8],
        error: impl FnOnce(Position) -> Error,
    ) -> Result<Option<LogEvent>, Error> {
        match self.mapping(body)? {
            Mapping::Elsewhere => Ok(None),
            Mapping::Followed(_) | Mapping::Unknown(_) => Err(error(self.position())),
        }
    }

    fn require_no_transaction(&self) -> Result<(), Error> {
        match self.transaction {
            Transaction::None => Ok(()),
            _ => Err(self.malformed("a transaction without an end")),
        }
    }

    fn malformed(&self, reason: &(impl ToString + ?Sized)) -> Error {
        Error::Malformed { position: self.position(), reason: reason.to_string() }
    }
}

#[cfg(test)]
mod tests;
