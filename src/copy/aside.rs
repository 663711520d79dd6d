//! What is kept of values that were altered and of rows that were set aside.

use std::io;

/// A value as it was, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The source's name of the table.
    pub table: String,
    /// The columns of the row's primary key and their values.
    pub key: Vec<(String, Vec<u8>)>,
    /// The source's name of the column.
    pub column: String,
    /// The value in the source; `None` for NULL.
    pub old: Option<Vec<u8>>,
    /// What became of it.
    pub fate: Fate,
    /// The ids of the transforms, or why the row was set aside.
    pub reason: String,
}

/// What became of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It arrived as this; `None` for NULL.
    Altered(Option<Vec<u8>>),
    /// Its row did not arrive.
    SetAside,
}

/// Keeps altered values and rows set aside, where they are safe before the target has what replaces
/// them.
pub trait Quarantine: Send + Sync {
    /// Takes values; they need not be safe yet.
    fn keep(&self, values: &[Kept]) -> io::Result<()>;
    /// Makes all that was taken safe.
    fn sync(&self) -> io::Result<()>;
}

/// Values on their way into the quarantine, written in pieces of bounded size.
pub(super) struct Outbox<'a> {
    quarantine: &'a dyn Quarantine,
    waiting: Vec<Kept>,
    bytes: usize,
    any: bool,
}

/// How many bytes of values may wait.
const LIMIT: usize = 256 << 10;

impl<'a> Outbox<'a> {
    pub(super) fn new(quarantine: &'a dyn Quarantine) -> Self {
        Self { quarantine, waiting: Vec::new(), bytes: 0, any: false }
    }

    pub(super) fn put(&mut self, kept: Kept) -> io::Result<()> {
        self.bytes += kept.old.as_ref().map_or(0, Vec::len);
        self.waiting.push(kept);
        self.any = true;
        if self.bytes > LIMIT { self.hand_over() } else { Ok(()) }
    }

    /// Makes everything safe.
    pub(super) fn finish(mut self) -> io::Result<()> {
        if !self.any {
            return Ok(());
        }
        self.hand_over()?;
        self.quarantine.sync()
    }

    fn hand_over(&mut self) -> io::Result<()> {
        self.quarantine.keep(&self.waiting)?;
        self.waiting.clear();
        self.bytes = 0;
        Ok(())
    }
}
