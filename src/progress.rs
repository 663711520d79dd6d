//! How long work tells how far it is, without knowing who listens.

/// Listens to a piece of work that may last over a second.
///
/// The core calls it from any task; implementations must not block.
pub trait Progress: Send + Sync {
    /// A named piece of work begins; `total` counts its units (rows, bytes, statements) where known.
    fn begin(&self, what: &str, total: Option<u64>);
    /// `units` more of the named piece are done.
    fn advance(&self, what: &str, units: u64);
    /// `bytes` more have gone by in the named piece, whose units are something else.
    fn add_bytes(&self, _what: &str, _bytes: u64) {}
    /// The named piece is complete.
    fn finish(&self, what: &str);
}

/// Listens to nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _what: &str, _total: Option<u64>) {}
    fn advance(&self, _what: &str, _units: u64) {}
    fn finish(&self, _what: &str) {}
}
