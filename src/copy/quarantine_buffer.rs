//! A buffer for changed values and quarantined rows.

use std::sync::{Arc, Mutex, PoisonError};

use crate::blocking::blocking;
use crate::quarantine::{Action, Error, Quarantine, Record};

/// The quarantine of a run, shared by all workers.
pub type SharedQuarantine = Arc<Mutex<Quarantine>>;

/// The most bytes of records in the buffer.
const LIMIT: usize = 256 << 10;

/// Records that are written to the quarantine in pieces of bounded size.
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

    /// Adds a record.
    pub(super) fn put(&mut self, record: Record) -> Result<(), Error> {
        self.bytes += size(&record);
        self.waiting.push(record);
        self.any = true;
        if self.bytes > LIMIT { self.hand_over() } else { Ok(()) }
    }

    /// Makes every record durable.
    pub(super) fn finish(mut self) -> Result<(), Error> {
        if !self.any {
            return Ok(());
        }
        self.hand_over()?;
        blocking(|| self.lock().sync())
    }

    fn hand_over(&mut self) -> Result<(), Error> {
        blocking(|| {
            let mut quarantine = self.lock();
            quarantine.begin_batch();
            quarantine.append(&self.waiting)
        })?;
        self.waiting.clear();
        self.bytes = 0;
        Ok(())
    }

    fn lock(&self) -> std::sync::MutexGuard<'a, Quarantine> {
        // The contents of the file stay valid after a panic of another worker.
        self.quarantine.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn size(record: &Record) -> usize {
    match &record.action {
        Action::Altered { old, new, .. } => old.size() + new.size(),
        Action::LostCharacters { value, .. } => value.size(),
        Action::Deleted { row } => row.0.iter().map(|(_, cell)| cell.size()).sum(),
        _ => 0,
    }
}
