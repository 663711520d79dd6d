//! The batches of a file: their positions, which of them took effect, and the databases that they changed.

use std::collections::{BTreeSet, HashMap};

use crate::quarantine::{Entry, Line, Purpose, Reader, Record, Run};
use crate::repair::Error;

/// A batch of a repair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Batch {
    run: String,
    number: u64,
    start: u64,
    /// The number of records.
    pub(super) records: u64,
    /// The numbers of records without effect.
    except: Vec<u64>,
}

/// The repairs in a quarantine.
#[derive(Debug, Default)]
pub(super) struct Repairs {
    /// The batches, oldest first.
    pub(super) batches: Vec<Batch>,
    /// The databases that they changed.
    pub(super) databases: BTreeSet<String>,
}

/// Reads the whole file once.
pub(super) fn read_repairs(reader: &mut Reader) -> Result<Repairs, Error> {
    let mut runs: HashMap<String, Run> = HashMap::new();
    let Repairs { mut batches, mut databases } = Repairs::default();
    loop {
        let start = reader.offset();
        let Some(line) = reader.next_line()? else {
            return Ok(Repairs { batches, databases });
        };
        match line {
            Line::Header { .. } => {}
            Line::Run(run) => drop(runs.insert(run.id.clone(), run)),
            Line::Record(Entry { run, batch, .. }) => {
                match runs.get(&run) {
                    Some(it) if it.purpose == Purpose::Fix => {
                        if !databases.contains(&it.database) {
                            databases.insert(it.database.clone());
                        }
                    }
                    _ => continue,
                }
                match batches.last_mut() {
                    Some(last) if last.run == run && last.number == batch => last.records += 1,
                    _ => batches.push(Batch {
                        run,
                        number: batch,
                        start,
                        records: 1,
                        except: Vec::new(),
                    }),
                }
            }
            Line::Applied(applied) => {
                let same = |it: &&mut Batch| it.run == applied.run && it.number == applied.batch;
                if let Some(batch) = batches.last_mut().filter(same) {
                    batch.except = applied.except;
                }
            }
        }
    }
}

impl Batch {
    /// The first record.
    pub(super) fn first(&self, reader: &mut Reader) -> Result<Option<Record>, Error> {
        self.records(reader)?.next().transpose()
    }

    /// The records that took effect, or may have, one by one.
    pub(super) fn records<'r>(
        &self,
        reader: &'r mut Reader,
    ) -> Result<impl Iterator<Item = Result<Record, Error>> + 'r, Error> {
        reader.seek(self.start)?;
        let (mut rest, except) = (self.records, self.except.clone());
        Ok(std::iter::from_fn(move || {
            loop {
                rest = rest.checked_sub(1)?;
                match reader.next_line() {
                    Ok(Some(Line::Record(entry))) if except.contains(&entry.number) => {}
                    Ok(Some(Line::Record(entry))) => return Some(Ok(entry.record)),
                    Ok(_) => return None,
                    Err(error) => return Some(Err(error.into())),
                }
            }
        }))
    }
}
