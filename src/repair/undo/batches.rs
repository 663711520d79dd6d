//! Where in the file the batches lie, and which of them took effect.

use std::collections::HashMap;

use crate::quarantine::{Entry, Line, Purpose, Reader, Record};
use crate::repair::Error;

/// A batch of a fix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Batch {
    run: String,
    number: u64,
    start: u64,
    /// How many records it has.
    pub(super) records: u64,
    /// The numbers of records that had no effect.
    except: Vec<u64>,
}

/// All batches of fixes, the oldest first.
pub(super) fn batches(reader: &mut Reader) -> Result<Vec<Batch>, Error> {
    let mut purposes: HashMap<String, Purpose> = HashMap::new();
    let mut batches: Vec<Batch> = Vec::new();
    loop {
        let start = reader.offset();
        let Some(line) = reader.next_line()? else { return Ok(batches) };
        match line {
            Line::Header { .. } => {}
            Line::Run(run) => drop(purposes.insert(run.id, run.purpose)),
            Line::Record(Entry { run, batch, .. }) => {
                if purposes.get(&run) != Some(&Purpose::Fix) {
                    continue;
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
    /// Its first record.
    pub(super) fn first(&self, reader: &mut Reader) -> Result<Option<Record>, Error> {
        self.records(reader)?.next().transpose()
    }

    /// Its records that took effect, or may have, one by one.
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
