//! Changes that are applied together: whole transactions of the source, merged to one net effect for each
//! key; pure.

use std::collections::{BTreeMap, HashMap};

use super::table::{Effect, Net};

/// The net effects on the rows of each table, by the table's place.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    tables: BTreeMap<usize, HashMap<Vec<u8>, Entry>>,
    bytes: usize,
}

/// The net effect on the row of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What happens to it.
    pub net: Net,
    /// The key in the source.
    pub source_key: String,
}

impl Entry {
    fn size(&self) -> usize {
        let line = match &self.net {
            Net::Present(line) => line.len(),
            Net::Gone | Net::Rejected(_) | Net::Unknown => 0,
        };
        line + self.source_key.len()
    }
}

impl Batch {
    /// Adds an effect, which replaces an earlier one on the same row.
    pub fn add(&mut self, table: usize, effect: Effect) {
        let Effect { key, source_key, net } = effect;
        let entry = Entry { net, source_key };
        self.bytes += key.len() + entry.size();
        let length = key.len();
        if let Some(earlier) = self.tables.entry(table).or_default().insert(key, entry) {
            self.bytes -= length + earlier.size();
        }
    }

    /// Adds the effects of a later transaction.
    pub fn append(&mut self, later: Self) {
        for (table, entries) in later.tables {
            for (key, Entry { net, source_key }) in entries {
                self.add(table, Effect { key, source_key, net });
            }
        }
    }

    /// The entries of each table, by the table's place.
    pub fn into_tables(self) -> impl Iterator<Item = (usize, HashMap<Vec<u8>, Entry>)> {
        self.tables.into_iter()
    }

    /// How many rows it changes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.tables.values().map(HashMap::len).sum()
    }

    /// Whether it changes no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }

    /// About how many bytes its keys and rows have.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::{Batch, Effect, Net};

    type Rows = BTreeMap<(usize, Vec<u8>), Vec<u8>>;

    /// A change of a row of one of three tables: a version for a key, none to delete it, or a new key.
    #[derive(Debug, Clone)]
    enum Change {
        Write { table: usize, key: u8, version: u16 },
        Delete { table: usize, key: u8 },
        Move { table: usize, from: u8, to: u8, version: u16 },
    }

    fn change() -> impl Strategy<Value = Change> {
        let (table, key, version) = (0..3_usize, 0..6_u8, any::<u16>());
        prop_oneof![
            (table.clone(), key.clone(), version).prop_map(|(table, key, version)| Change::Write {
                table,
                key,
                version
            }),
            (table.clone(), key.clone()).prop_map(|(table, key)| Change::Delete { table, key }),
            (table, key.clone(), key, version).prop_map(|(table, from, to, version)| {
                Change::Move { table, from, to, version }
            }),
        ]
    }

    fn effects(change: &Change) -> Vec<(usize, Effect)> {
        let effect = |key: u8, net| Effect { key: vec![key], source_key: key.to_string(), net };
        let line = |version: u16| Net::Present(version.to_string().into_bytes());
        match *change {
            Change::Write { table, key, version } => vec![(table, effect(key, line(version)))],
            Change::Delete { table, key } => vec![(table, effect(key, Net::Gone))],
            Change::Move { table, from, to, version } => {
                let mut both = vec![(table, effect(to, line(version)))];
                if from != to {
                    both.insert(0, (table, effect(from, Net::Gone)));
                }
                both
            }
        }
    }

    /// What applying a batch does to rows: first all that goes, then all that is written.
    fn apply(rows: &mut Rows, batch: &Batch) {
        for (table, entries) in batch.clone().into_tables() {
            for key in entries.keys() {
                rows.remove(&(table, key.clone()));
            }
            for (key, entry) in entries {
                if let Net::Present(line) = entry.net {
                    rows.insert((table, key), line);
                }
            }
        }
    }

    fn batch_of(changes: &[Change]) -> Batch {
        let mut batch = Batch::default();
        for (table, effect) in changes.iter().flat_map(effects) {
            batch.add(table, effect);
        }
        batch
    }

    proptest! {
        #[test]
        fn batches_with_any_borders_equal_sequential_application(
            changes in prop::collection::vec(change(), 0..60),
            borders in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
        ) {
            let mut sequential = Rows::new();
            for change in &changes {
                apply(&mut sequential, &batch_of(std::slice::from_ref(change)));
            }
            let mut borders: Vec<_> =
                borders.iter().map(|it| it.index(changes.len() + 1)).collect();
            borders.extend([0, changes.len()]);
            borders.sort_unstable();
            let (mut batched, mut appended) = (Rows::new(), Batch::default());
            for border in borders.windows(2) {
                let batch = batch_of(&changes[border[0]..border[1]]);
                apply(&mut batched, &batch);
                appended.append(batch);
            }
            prop_assert_eq!(&batched, &sequential);
            let mut at_once = Rows::new();
            apply(&mut at_once, &appended);
            prop_assert_eq!(&at_once, &sequential);
        }

        #[test]
        fn from_any_state_within_the_overlap_replaying_converges(
            changes in prop::collection::vec(change(), 1..60),
            seen in prop::collection::vec(any::<prop::sample::Index>(), 18),
        ) {
            // Each key of the copy is as it was after some of the changes.
            let mut states = vec![Rows::new()];
            for change in &changes {
                let mut next = states.last().expect("a state").clone();
                apply(&mut next, &batch_of(std::slice::from_ref(change)));
                states.push(next);
            }
            let mut copied = Rows::new();
            for (place, index) in seen.iter().enumerate() {
                let row = (place / 6, vec![u8::try_from(place % 6).expect("small")]);
                if let Some(line) = states[index.index(states.len())].get(&row) {
                    copied.insert(row, line.clone());
                }
            }
            apply(&mut copied, &batch_of(&changes));
            prop_assert_eq!(&copied, states.last().expect("a state"));
            // A suffix that is applied once more changes nothing.
            let from = seen[0].index(changes.len());
            let before = copied.clone();
            apply(&mut copied, &batch_of(&changes[from..]));
            prop_assert_eq!(copied, before);
        }

        #[test]
        fn the_size_is_that_of_what_is_left(changes in prop::collection::vec(change(), 0..60)) {
            let batch = batch_of(&changes);
            let (bytes, is_empty) = (batch.bytes(), batch.is_empty());
            let left: Vec<_> = batch.into_tables().flat_map(|(_, entries)| entries).collect();
            let size: usize = left.iter().map(|(key, entry)| key.len() + entry.size()).sum();
            prop_assert_eq!(bytes, size);
            prop_assert_eq!(is_empty, left.is_empty());
        }
    }
}
