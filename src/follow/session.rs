//! One session with the source's log: its events in their order, until the session is lost or following
//! ends.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tokio::time::{Instant, Interval, MissedTickBehavior, interval, sleep_until};

use super::apply::Applier;
use super::batching::{LINGER, Pending};
use super::control::Control;
use super::reader::{Message, Reader};
use super::run::{Setup, Totals};
use super::table::TableRoute;
use super::{Error, Outcome};
use crate::convert::{Events, Originals};
use crate::ledger::{self, CopyRecord, Definition, FollowingRecord};
use crate::mattermost::is_bookkeeping;
use crate::mysql::binlog::{self, Follower, LogEvent, LogFile, LogStart, Position};
use crate::schema::Catalog;

/// How often the state is read and reported.
const TICK: Duration = Duration::from_secs(1);

/// How a session ends without an error.
pub(super) enum End {
    Outcome(Outcome),
    /// Rows fit together now: unique indexes can be built.
    Consistent,
    /// A table is copied whole from now on.
    Replan,
}

pub(super) struct Session<'a> {
    pub(super) setup: &'a Setup<'a>,
    pub(super) routes: &'a [TableRoute],
    pub(super) applier: &'a mut Applier,
    pub(super) totals: &'a mut Totals,
    pub(super) control: Control,
    /// The file of the log that events come from.
    pub(super) log_file: Option<LogFile>,
    pub(super) reader: Reader,
    /// The place of each followed table, by the source's name.
    pub(super) places: BTreeMap<&'a str, usize>,
    pub(super) events: Vec<Events>,
    /// The tables that are copied whole, by the source's names.
    pub(super) whole: BTreeSet<String>,
    /// The tables that were copied, by the target's names.
    pub(super) known: BTreeSet<String>,
    /// Whether unique indexes wait for the end of the overlap.
    pub(super) has_postponed: bool,
    /// Complete transactions.
    pub(super) pending: Pending,
    /// The transaction that is being read.
    pub(super) open: Option<Pending>,
    /// The end of the last complete transaction, and the source's clock then.
    pub(super) border: Position,
    pub(super) time: Option<i64>,
    /// Everything up to here was read.
    pub(super) quiet_at: Position,
    /// The end of the source's log, and when it was read.
    pub(super) end: Option<(Position, Instant)>,
    pub(super) ticked: Ticked,
}

/// What the last status reported.
#[derive(Default)]
pub(super) struct Ticked {
    pub(super) changes: u64,
    pub(super) lag_bytes: Option<u64>,
}

/// What ends a session from within.
pub(super) type Step = Result<Option<End>, Error>;

/// Follows by one connection to the log.
pub(super) async fn follow_once(
    setup: &Setup<'_>,
    routes: &[TableRoute],
    applier: &mut Applier,
    record: &FollowingRecord,
    totals: &mut Totals,
) -> Result<End, Error> {
    let control = Control::open(setup, record).await?;
    let schema = &setup.options.schema;
    let copy = ledger::read_copy(&applier.connection, schema).await?;
    let has_postponed = copy.removed.iter().any(Definition::refuses_duplicates);
    if has_postponed && applier.overlap.is_none() {
        return Ok(End::Consistent);
    }
    let start = match &applier.gtid {
        Some(set) => LogStart::GtidSet(set.clone()),
        None => LogStart::Position(applier.position.clone()),
    };
    let follower = Follower::open(&setup.source, &setup.catalog, &start, record.replica_id).await?;
    let names = routes.iter().enumerate();
    let session = Session {
        setup,
        routes,
        totals,
        control,
        log_file: None,
        reader: Reader::start(follower),
        places: names.map(|(place, route)| (route.plan.source.as_str(), place)).collect(),
        events: routes.iter().map(|it| Events::new(&it.plan, Originals::Keep)).collect(),
        whole: whole_tables(&copy, &setup.catalog, routes),
        known: copy.tables.keys().cloned().collect(),
        has_postponed,
        pending: Pending::default(),
        open: None,
        border: applier.position.clone(),
        time: None,
        quiet_at: applier.position.clone(),
        end: None,
        ticked: Ticked::default(),
        applier,
    };
    session.run().await
}

/// The tables that were copied and are not among the routes, by the source's names.
fn whole_tables(copy: &CopyRecord, source: &Catalog, routes: &[TableRoute]) -> BTreeSet<String> {
    let followed: BTreeSet<&str> = routes.iter().map(|route| route.plan.target.as_str()).collect();
    let whole = copy.tables.keys().filter(|name| !followed.contains(name.as_str()));
    whole.filter_map(|name| Some(source.table(name)?.name.clone())).collect()
}

impl Session<'_> {
    pub(super) async fn run(mut self) -> Result<End, Error> {
        let mut ticks: Interval = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let deadline = self.pending.since.map(|since| since + LINGER);
            let step = tokio::select! {
                message = self.reader.next() => match message {
                    Some(message) => self.take(message).await,
                    None => Err(Error::ReaderGone),
                },
                () = sleep_until(deadline.unwrap_or_else(Instant::now)), if deadline.is_some() => {
                    self.flush().await
                }
                _ = ticks.tick() => self.tick().await,
            };
            let end = match step {
                Ok(None) => self.ended().await?,
                Ok(end) => end,
                Err(error) => return Err(error),
            };
            if let Some(end) = end {
                self.applier.roll_back().await?;
                return Ok(end);
            }
        }
    }

    pub(super) async fn take(&mut self, message: Message) -> Step {
        let (event, _permit) = match message {
            Message::Event(event, permit) => (event, permit),
            Message::File(file) => return self.enter(file).await.map(|()| None),
            Message::Quiet(position) => {
                if self.open.is_none() {
                    self.quiet_at = position;
                }
                return Ok(None);
            }
            Message::Failed(error) => return self.failed(error).await,
        };
        match event {
            LogEvent::Begin => self.open = Some(Pending::default()),
            LogEvent::Rows(rows) => return self.rows(&rows).await,
            LogEvent::Commit { position, time } => return self.commit(position, time).await,
            LogEvent::Statement { database, sql, position, time } => {
                return self.statement(database.as_deref(), sql.expose(), position, time).await;
            }
            LogEvent::Rotate(position) => self.pass(position, None),
            LogEvent::UnknownTable(table) => self.unknown_table(&table),
            LogEvent::Heartbeat => {}
        }
        Ok(None)
    }

    /// Notes which file the events come from, and requires that it is the one of the position.
    async fn enter(&mut self, file: LogFile) -> Result<(), Error> {
        let position = &self.applier.position;
        let known = self.applier.log_created.filter(|_| position.file == file.name);
        if known.is_some_and(|created| created != i64::from(file.created)) {
            return Err(binlog::Error::Reset { position: position.clone() }.into());
        }
        if known.is_none() && position.file == file.name && !self.applier.has_open_parts() {
            self.applier.record_log_created(file.created.into()).await?;
        }
        self.log_file = Some(file);
        Ok(())
    }

    /// When the file of a position was created, if events came from it.
    pub(super) fn log_created_of(&self, position: &Position) -> Option<i64> {
        let file = self.log_file.as_ref().filter(|file| file.name == position.file);
        file.map(|file| i64::from(file.created))
    }

    /// Goes behind something that is complete.
    pub(super) fn pass(&mut self, position: Position, time: Option<u32>) {
        self.border = position.clone();
        self.quiet_at = position;
        self.time = time.map(i64::from).or(self.time);
    }

    /// Notes a table that the copy does not have, so that no switch leaves it behind.
    pub(super) fn unknown_table(&mut self, table: &str) {
        let is_known = is_bookkeeping(table) || self.known.contains(&table.to_lowercase());
        if !is_known && self.totals.unknown_tables.insert(table.to_owned()) {
            self.totals.unrecorded.push(table.to_owned());
            self.setup.observer.unknown_table(table);
        }
    }
}
