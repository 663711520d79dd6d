//! The positions of a table's rows in a dump, in spans that can be read separately.

use std::ops::Range;
use std::sync::Arc;

use super::session::Session;

/// The initial minimum size of a span.
const GRAIN: u64 = 16 * 1024;
/// The most spans of a table, unless other tables come between them: beyond it, adjacent spans are joined.
const MOST: usize = 8192;

/// Consecutive INSERTs of one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Span {
    /// Their range in the uncompressed text.
    pub(super) bytes: Range<u64>,
    pub(super) rows: u64,
    /// Whether it starts where the previous span ends.
    continues: bool,
    pub(super) state: Arc<State>,
}

/// The settings for reading a dump from one of its statements.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct State {
    pub(super) session: Session,
    pub(super) delimiter: Vec<u8>,
}

/// The positions of all rows of a table.
#[derive(Debug, Clone)]
pub(super) struct Extent {
    spans: Vec<Span>,
    grain: u64,
    /// The number of spans at which adjacent ones are joined.
    most: usize,
}

impl Default for Extent {
    fn default() -> Self {
        Self { spans: Vec::new(), grain: GRAIN, most: MOST }
    }
}

impl Extent {
    /// Starts an INSERT; `continues` if only INSERTs of its table came since the last.
    pub(super) fn begin(&mut self, offset: u64, continues: bool, state: &State) {
        if let Some(last) = self.spans.last_mut().filter(|_| continues)
            && length(last) < self.grain
        {
            return;
        }
        if self.spans.len() >= self.most {
            self.coarsen();
        }
        let known = self.spans.last().map(|last| &last.state).filter(|known| ***known == *state);
        let state = known.map_or_else(|| Arc::new(state.clone()), Arc::clone);
        self.spans.push(Span { bytes: offset..offset, rows: 0, continues, state });
    }

    /// Adds a row of the INSERT.
    pub(super) fn add_row(&mut self) {
        if let Some(last) = self.spans.last_mut() {
            last.rows += 1;
        }
    }

    /// Ends the INSERT.
    pub(super) fn end(&mut self, offset: u64) {
        if let Some(last) = self.spans.last_mut() {
            last.bytes.end = offset;
        }
    }

    /// Joins adjacent spans in pairs.
    fn coarsen(&mut self) {
        self.grain *= 2;
        let grain = self.grain;
        self.spans = join(self.spans.drain(..), |sum| sum < grain);
        self.most = MOST.max(self.spans.len() * 2);
    }

    /// The spans, joined to about that many bytes.
    pub(super) fn pieces(&self, bytes: u64) -> Vec<Span> {
        join(self.spans.iter().cloned(), |sum| sum < bytes)
    }

    /// The contents of these bytes, which start and end where spans do.
    pub(super) fn find(&self, bytes: &Range<u64>) -> Option<Span> {
        let first = self.spans.binary_search_by_key(&bytes.start, |it| it.bytes.start).ok()?;
        let within = self.spans[first..].iter().take_while(|it| it.bytes.end <= bytes.end);
        let joined = join(within.cloned(), |_| true);
        joined.into_iter().next().filter(|found| found.bytes == *bytes)
    }

    /// The number of rows, and their size in bytes.
    pub(super) fn size(&self) -> (u64, u64) {
        let add = |(rows, bytes), span: &Span| (rows + span.rows, bytes + length(span));
        self.spans.iter().fold((0, 0), add)
    }

    /// The position of the first row.
    pub(super) fn start(&self) -> u64 {
        self.spans.first().map_or(0, |first| first.bytes.start)
    }
}

fn length(span: &Span) -> u64 {
    span.bytes.end - span.bytes.start
}

/// Joins each span with the previous one if it starts where that ends, as long as that is too small.
fn join(spans: impl Iterator<Item = Span>, lacks: impl Fn(u64) -> bool) -> Vec<Span> {
    let mut joined: Vec<Span> = Vec::new();
    for span in spans {
        match joined.last_mut().filter(|last| span.continues && lacks(length(last))) {
            Some(last) => {
                last.bytes.end = span.bytes.end;
                last.rows += span.rows;
            }
            None => joined.push(span),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::{Extent, GRAIN, MOST, State};

    /// Some INSERTs of one row, each of the same size.
    fn extent(inserts: u64, bytes: u64) -> Extent {
        let mut extent = Extent::default();
        for number in 0..inserts {
            extent.begin(number * bytes, number > 0, &State::default());
            extent.add_row();
            extent.end(number * bytes + bytes - 1);
        }
        extent
    }

    #[test]
    fn pieces_hold_every_row_once_and_are_bounded_in_number() {
        for (inserts, bytes) in [(0, 100), (1, 100), (70_000, 100), (40_000, GRAIN)] {
            let extent = extent(inserts, bytes);
            assert!(extent.spans.len() <= MOST, "{}", extent.spans.len());
            assert_eq!(extent.size().0, inserts);
            for size in [0, 3 * GRAIN, u64::MAX] {
                let pieces = extent.pieces(size);
                assert_eq!(pieces.iter().map(|it| it.rows).sum::<u64>(), inserts);
                let apart = pieces.windows(2).all(|two| two[0].bytes.end < two[1].bytes.start);
                assert!(apart, "pieces touch");
                for piece in &pieces {
                    assert_eq!(extent.find(&piece.bytes).as_ref(), Some(piece));
                }
            }
            assert_eq!(extent.pieces(u64::MAX).len(), usize::from(inserts > 0));
        }
    }

    #[test]
    fn what_is_no_piece_is_not_found() {
        let extent = extent(10, GRAIN);
        assert!(extent.find(&(1..GRAIN)).is_none());
        assert!(extent.find(&(0..GRAIN)).is_none());
        assert!(extent.find(&(0..2 * GRAIN - 1)).is_some());
    }

    #[test]
    fn what_another_table_parts_stays_apart() {
        let mut extent = Extent::default();
        for (offset, continues) in [(0, false), (10, true), (100, false)] {
            extent.begin(offset, continues, &State::default());
            extent.add_row();
            extent.end(offset + 9);
        }
        let pieces = extent.pieces(u64::MAX);
        let bytes: Vec<_> = pieces.iter().map(|it| (it.bytes.clone(), it.rows)).collect();
        assert_eq!(bytes, [(0..19, 2), (100..109, 1)]);
    }
}
