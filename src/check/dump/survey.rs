//! The one pass over a dump.

use std::collections::HashMap;

use super::Error;
use super::candidates::Candidates;
use super::facts::Facts;
use super::memory::Memory;
use super::names::NamesSeen;
use super::relations::Relations;
use super::source::DumpedSource;
use super::watch::TableProbe;
use crate::check::CheckOptions;
use crate::dump::{Ending, Event, Header, Reader};
use crate::mysql::{Flavour, Server};
use crate::progress::{Progress, Task, TaskSize, TaskUnit};
use crate::schema::Table;
use crate::source::Accepted;

/// Label of the progress of the pass over a dump.
pub const BYTES_CHECKED: &str = "reading the dump";
/// Bytes of text between two reports of progress, at which other tasks may run.
const PIECE: u64 = 1 << 20;

/// The databases of a dump.
#[derive(Debug)]
pub struct Survey {
    sources: Vec<DumpedSource>,
    is_whole: bool,
    /// The length of the dump in bytes.
    end: u64,
}

/// What has been read of a database so far.
#[derive(Debug)]
pub(super) struct DatabaseState {
    pub(super) relations: Relations,
    pub(super) names: NamesSeen,
    pub(super) facts: Facts,
}

/// The state of the one pass over a dump.
struct Pass<'a> {
    candidates: &'a Candidates,
    options: CheckOptions,
    /// By the number of the definition, each with the index of its database.
    watches: Vec<(usize, TableProbe)>,
    /// The names of the databases; what was seen of each.
    databases: Vec<(String, DatabaseState)>,
    memory: Memory,
    scratch: Vec<u8>,
}

/// Reads a dump from start to end.
pub async fn survey(
    reader: &mut Reader,
    candidates: &Candidates,
    options: CheckOptions,
    progress: &dyn Progress,
) -> Result<Survey, Error> {
    let mut pass = Pass {
        candidates,
        options,
        watches: Vec::new(),
        databases: Vec::new(),
        memory: Memory::of(options.memory),
        scratch: Vec::new(),
    };
    let size = TaskSize { total: reader.size(), unit: TaskUnit::Bytes };
    let task = Task::begin(progress, BYTES_CHECKED, size);
    let (mut reported, mut next) = (0, PIECE);
    loop {
        match reader.next_event()? {
            Some(Event::Row { number, row }) => pass.row(number, &row),
            Some(Event::Table { number, database, table, header }) => {
                pass.table(header, number, database, table);
            }
            None => break,
        }
        if reader.offset() >= next {
            next = reader.offset() + PIECE;
            task.advance(reader.consumed() - reported);
            reported = reader.consumed();
            tokio::task::yield_now().await;
        }
    }
    task.advance(reader.consumed() - reported);
    task.finish();
    let ending = reader.ending().unwrap_or(Ending::Complete);
    Ok(pass.into_survey(reader, ending))
}

impl Pass<'_> {
    fn table(&mut self, header: &Header, number: usize, database: &str, table: &Table) {
        let place = self.database(database);
        let mut watch = TableProbe::new(flavour(header), table, self.candidates);
        let seen = &mut self.databases[place].1;
        watch.parts = seen.relations.parts(table);
        watch.spots = seen.names.spots(table);
        watch.facts = seen.facts.of_table(table);
        debug_assert_eq!(number, self.watches.len());
        self.watches.push((place, watch));
    }

    fn database(&mut self, name: &str) -> usize {
        let found = self.databases.iter().position(|(known, _)| known == name);
        found.unwrap_or_else(|| {
            let seen = DatabaseState {
                relations: Relations::new(self.candidates),
                names: NamesSeen::default(),
                facts: Facts::default(),
            };
            self.databases.push((name.to_owned(), seen));
            self.databases.len() - 1
        })
    }

    fn row(&mut self, number: usize, row: &crate::dump::Row<'_>) {
        let Some((place, watch)) = self.watches.get_mut(number) else { return };
        let keys = self.options.keys;
        watch.add(row, keys, &mut self.scratch);
        watch.look_for_losses(row, keys, &mut self.scratch);
        let seen = &mut self.databases[*place].1;
        for part in &watch.parts {
            seen.relations.add(part, row, || watch.key(row), keys, &mut self.memory);
        }
        for spot in &watch.spots {
            seen.names.add(spot, row, || watch.key(row), keys, &mut self.memory);
        }
        for fact in &watch.facts {
            seen.facts.add(fact, row);
        }
    }

    fn into_survey(self, reader: &Reader, ending: Ending) -> Survey {
        let server = reader.header().server.as_ref().map(|printed| Server::read(printed, ""));
        let mut watches: HashMap<(usize, String), TableProbe> = HashMap::new();
        for (place, watch) in self.watches {
            watches.insert((place, watch.table.name.clone()), watch);
        }
        let mut sources = Vec::new();
        for (place, (name, seen)) in self.databases.into_iter().enumerate() {
            let of = reader.databases().iter().find(|database| database.name == name);
            let Some(database) = of else { continue };
            let tables = database.catalog.tables.keys().filter_map(|table| {
                Some((table.clone(), watches.remove(&(place, table.clone()))?))
            });
            sources.push(DumpedSource {
                name: match &reader.header().database {
                    Some(named) if name.is_empty() => named.clone(),
                    _ => name,
                },
                server: server.clone(),
                flavour: flavour(reader.header()),
                catalog: database.catalog.clone(),
                unreadable: database.unreadable.clone(),
                tables: tables.collect(),
                seen,
                header: reader.header().clone(),
                accepted: Accepted::default(),
                ending,
            });
        }
        let is_whole = ending == Ending::Complete && reader.cut_parts().next().is_none();
        Survey { sources, is_whole, end: reader.offset() }
    }
}

/// The flavour of the server that the dump was made from, as far as the dump names it.
fn flavour(header: &Header) -> Flavour {
    match &header.server {
        Some(printed) => Server::read(printed, "").flavour,
        None if header.marks_json => Flavour::MariaDb,
        None => Flavour::MySql,
    }
}

impl Survey {
    /// The error for a dump that ends before the tables that identify Mattermost.
    fn cut_short(&self) -> Error {
        let tables = self.sources.iter().flat_map(|source| source.catalog.tables.keys().cloned());
        Error::CutShort { offset: self.end, tables: tables.collect() }
    }

    /// The database of that name, or the only one of Mattermost.
    pub fn select(mut self, name: Option<&str>) -> Result<DumpedSource, Error> {
        let databases: Vec<String> =
            self.sources.iter().map(|source| source.name.clone()).collect();
        if databases.is_empty() {
            return Err(if self.is_whole { Error::NoTables } else { self.cut_short() });
        }
        let is_wanted = |source: &DumpedSource| match name {
            Some(name) => source.name == name,
            None => source.is_mattermost(),
        };
        let wanted: Vec<usize> =
            (0..self.sources.len()).filter(|&place| is_wanted(&self.sources[place])).collect();
        if !self.is_whole && !wanted.iter().any(|&place| self.sources[place].is_mattermost()) {
            return Err(self.cut_short());
        }
        match (&wanted[..], name) {
            (&[place], _) => {
                let source = self.sources.swap_remove(place);
                if source.is_mattermost() {
                    return Ok(source);
                }
                Err(Error::NoMattermost { databases })
            }
            ([], Some(name)) => Err(Error::NoDatabase { name: name.to_owned(), databases }),
            ([], None) => Err(Error::NoMattermost { databases }),
            _ => {
                let of_mattermost = wanted.iter().map(|&place| databases[place].clone());
                Err(Error::Ambiguous { databases: of_mattermost.collect() })
            }
        }
    }
}
