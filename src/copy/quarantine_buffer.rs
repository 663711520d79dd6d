//! Altered values and rows set aside, on their way into the quarantine.

use std::sync::{Arc, Mutex, PoisonError};

use crate::quarantine::{Action, Error, Quarantine, Record};

/// The quarantine of a run, which all workers write to.
pub type SharedQuarantine = Arc<Mutex<Quarantine>>;

/// How many bytes of records may wait.
const LIMIT: usize = 256 << 10;

/// Records on their way, handed over in pieces of bounded size.
pub(super) struct QuarantineBuffer<'a> {
    quarantine: &'a Mutex<Quarantine>,
    waiting: Vec<Record>,
    bytes: usize,
    any: bool,
}

impl<'a> QuarantineBuffer<'a> {
    pub(super) fn new(quarantine: &'a Mutex<Quarantine>) -> Self {
        Self { quarantine, waiting: Vec::new(), bytes: 0, any: false }
    }

    /// Takes a record.
    pub(super) fn put(&mut self, record: Record) -> Result<(), Error> {
        self.bytes += size(&record);
        self.waiting.push(record);
        self.any = true;
        if self.bytes > LIMIT { self.hand_over() } else { Ok(()) }
    }

    /// Makes every record safe.
    pub(super) fn finish(mut self) -> Result<(), Error> {
        if !self.any {
            return Ok(());
        }
        self.hand_over()?;
        self.lock().sync()
    }

    fn hand_over(&mut self) -> Result<(), Error> {
        let mut quarantine = self.lock();
        quarantine.begin_batch();
        quarantine.append(&self.waiting)?;
        drop(quarantine);
        self.waiting.clear();
        self.bytes = 0;
        Ok(())
    }

    fn lock(&self) -> std::sync::MutexGuard<'a, Quarantine> {
        // What is in the file stays right, whatever happened to another worker.
        self.quarantine.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn size(record: &Record) -> usize {
    match &record.action {
        Action::Altered { old, new, .. } => old.size() + new.size(),
        Action::Deleted { row } => row.0.iter().map(|(_, cell)| cell.size()).sum(),
        _ => 0,
    }
}
