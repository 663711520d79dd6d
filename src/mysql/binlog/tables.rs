//! The table maps that are in force, by the number of the table.

use std::collections::HashMap;

use super::layout::Layout;
use super::table_map::{Mapping, MappingError, table_id};

/// How many are kept for later transactions, which repeat them.
const MOST_KEPT: usize = 1000;

/// The table maps of the current transaction, and those of earlier ones, which need not be read again if
/// they are repeated without a change.
#[derive(Debug, Default)]
pub(super) struct Tables {
    maps: HashMap<u64, Map>,
    transaction: u64,
}

#[derive(Debug)]
struct Map {
    body: Vec<u8>,
    mapping: Mapping,
    /// The transaction that it came with last.
    transaction: u64,
}

impl Tables {
    pub(super) fn begin(&mut self) {
        self.transaction += 1;
        if self.maps.len() > MOST_KEPT {
            self.maps.clear();
        }
    }

    /// Another file numbers its tables again.
    pub(super) fn clear(&mut self) {
        self.maps.clear();
    }

    /// Puts a table map into force.
    pub(super) fn map(&mut self, body: &[u8], layout: &Layout) -> Result<(), MappingError> {
        let transaction = self.transaction;
        let id = table_id(body)?;
        if let Some(known) = self.maps.get_mut(&id).filter(|known| known.body == body) {
            known.transaction = transaction;
            return Ok(());
        }
        let mapping = Mapping::read(body, layout)?;
        self.maps.insert(id, Map { body: body.to_vec(), mapping, transaction });
        Ok(())
    }

    /// The table of that number, if its map came with the current transaction.
    pub(super) fn get(&self, id: u64) -> Option<&Mapping> {
        let map = self.maps.get(&id).filter(|map| map.transaction == self.transaction);
        map.map(|map| &map.mapping)
    }
}
