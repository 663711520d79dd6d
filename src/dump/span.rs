//! Where the rows of a table stand in a dump, in pieces that can be read each by itself.

use std::ops::Range;
use std::sync::Arc;

use super::session::Session;

/// So many bytes at least are one piece, to begin with.
const GRAIN: u64 = 16 * 1024;
/// The most pieces of a table, unless others come between them: beyond, neighbours are joined.
const MOST: usize = 8192;

/// Whole INSERTs of one table, one after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Span {
    /// The bytes that they take, of the plain text.
    pub(super) bytes: Range<u64>,
    pub(super) rows: u64,
    /// Whether it goes on where the one before it ends.
    continues: bool,
    pub(super) state: Arc<State>,
}

/// What has to be known of a dump to begin at a statement of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct State {
    pub(super) session: Session,
    pub(super) delimiter: Vec<u8>,
}

/// Where all rows of a table stand.
#[derive(Debug, Clone)]
pub(super) struct Extent {
    spans: Vec<Span>,
    grain: u64,
    /// At how many pieces neighbours are joined.
    most: usize,
}

impl Default for Extent {
    fn default() -> Self {
        Self { spans: Vec::new(), grain: GRAIN, most: MOST }
    }
}

impl Extent {
    /// Takes in that an INSERT begins; `continues` where nothing but its own table's came since the last.
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

    /// Takes in a row of the INSERT.
    pub(super) fn add_row(&mut self) {
        if let Some(last) = self.spans.last_mut() {
            last.rows += 1;
        }
    }

    /// Takes in that the INSERT ends.
    pub(super) fn end(&mut self, offset: u64) {
        if let Some(last) = self.spans.last_mut() {
            last.bytes.end = offset;
        }
    }

    /// Joins neighbours, two and two.
    fn coarsen(&mut self) {
        self.grain *= 2;
        let grain = self.grain;
        self.spans = join(self.spans.drain(..), |sum| sum < grain);
        self.most = MOST.max(self.spans.len() * 2);
    }

    /// The pieces, neighbours joined to such of about so many bytes.
    pub(super) fn pieces(&self, bytes: u64) -> Vec<Span> {
        join(self.spans.iter().cloned(), |sum| sum < bytes)
    }

    /// What stands in these bytes, which begin and end where pieces do.
    pub(super) fn find(&self, bytes: &Range<u64>) -> Option<Span> {
        let first = self.spans.binary_search_by_key(&bytes.start, |it| it.bytes.start).ok()?;
        let within = self.spans[first..].iter().take_while(|it| it.bytes.end <= bytes.end);
        let joined = join(within.cloned(), |_| true);
        joined.into_iter().next().filter(|found| found.bytes == *bytes)
    }

    /// The rows, and the bytes that they take.
    pub(super) fn size(&self) -> (u64, u64) {
        let add = |(rows, bytes), span: &Span| (rows + span.rows, bytes + length(span));
        self.spans.iter().fold((0, 0), add)
    }

    /// Where the first row stands.
    pub(super) fn start(&self) -> u64 {
        self.spans.first().map_or(0, |first| first.bytes.start)
    }
}

fn length(span: &Span) -> u64 {
    span.bytes.end - span.bytes.start
}

/// Joins each span with the one before it where it goes on there, as long as that has not enough.
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

    /// As many INSERTs of one row, each of as many bytes.
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
