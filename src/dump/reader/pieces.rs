//! The positions of rows, and seeking to them.

use std::collections::{BTreeMap, HashMap};

use super::{Known, Reader};
use crate::dump::contents::{Contents, Gaps, TableContents};
use crate::dump::definition::Values;
use crate::dump::span::{Span, State};
use crate::dump::{Database, Error};
use crate::schema::Table;

impl Reader {
    /// A database with the positions of its rows, once the dump has been read to its end. Its name may be
    /// that of the comments, if no statement has one. `None` if it does not exist, or if the dump cannot be
    /// read twice.
    #[must_use]
    pub fn contents(&self, database: &str) -> Option<Contents> {
        let place = self.place_of(database)?;
        let of = |((of, name), known): (&(usize, String), &Known)| {
            let there = *of == place && self.databases[place].catalog.tables.contains_key(name);
            let (extent, gaps) = self.places[known.number].clone();
            let (table, values) = (known.table.clone(), known.values.clone());
            there.then(|| (name.clone(), TableContents { table, values, extent, gaps }))
        };
        Some(Contents {
            file: self.window.input().file()?.to_owned(),
            is_compressed: self.window.input().is_compressed(),
            identity: self.window.identity(),
            database: self.databases[place].name.clone(),
            tables: self.known.iter().filter_map(of).collect(),
        })
    }

    fn place_of(&self, database: &str) -> Option<usize> {
        let is_it = |known: &Database| {
            let said = self.header.database.as_deref().unwrap_or_default();
            known.name == database || known.name.is_empty() && said == database
        };
        self.databases.iter().position(is_it)
    }

    /// What the INSERTs of a database's tables lack, by table, once the dump has been read to its end.
    #[must_use]
    pub fn gaps(&self, database: &str) -> BTreeMap<String, Gaps> {
        let Some(place) = self.place_of(database) else { return BTreeMap::new() };
        let known = self.known.iter().filter(|((of, _), _)| *of == place);
        known
            .map(|((_, name), known)| (name.clone(), self.places[known.number].1.clone()))
            .collect()
    }

    /// Skips everything before an offset; false if the dump ends before it.
    pub(in crate::dump) fn pass_to(&mut self, offset: u64) -> Result<bool, Error> {
        let taken = std::mem::take(&mut self.taken);
        self.window.consume(taken);
        self.window.skip_to(offset)?;
        Ok(self.window.offset() >= offset)
    }

    /// Moves to a span of a table, and reads only that.
    pub(in crate::dump) fn go_to(
        &mut self,
        database: &str,
        (table, values): (&Table, &Values),
        span: &Span,
    ) -> Result<(), Error> {
        self.pass_to(span.bytes.start)?;
        self.state = State::clone(&span.state);
        let mut database = Database { name: database.to_owned(), ..Database::default() };
        database.catalog.tables.insert(table.name.clone(), table.clone());
        (self.databases, self.current) = (vec![database], 0);
        let known = Known { number: 0, table: table.clone(), values: values.clone() };
        self.known = HashMap::from([((0, table.name.clone()), known)]);
        self.places = vec![Default::default()];
        (self.insert, self.last, self.until) = (None, None, span.bytes.end);
        self.has_begun = true;
        Ok(())
    }
}
