//! A sliding buffer over the dump's text, as large as the largest statement or row needs.

use std::fmt;

use xxhash_rust::xxh3::Xxh3;

use super::{Error, Input};
use crate::blocking::blocking;

/// The initial size of the buffer.
const INITIAL: usize = 512 * 1024;
/// The maximum size of a statement for a server: the limit of `max_allowed_packet` (MySQL reference manual,
/// "Packet Too Large"), and a little for what the reader looks at after it.
const LARGEST: usize = (1 << 30) + (1 << 20);

/// The text from the reader's position.
pub(super) struct Window {
    input: Input,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// The position of the text in the buffer.
    base: u64,
    /// The number of line breaks before the text.
    lines: u64,
    at_end: bool,
    is_cut: bool,
    hash: Xxh3,
}

impl fmt::Debug for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Window").field("input", &self.input).finish_non_exhaustive()
    }
}

impl Window {
    pub(super) fn new(input: Input) -> Self {
        let buffer = vec![0; INITIAL];
        let base = input.start();
        let (at_end, is_cut, hash) = (false, false, Xxh3::new());
        Self { input, buffer, start: 0, end: 0, base, lines: 0, at_end, is_cut, hash }
    }

    /// The text in the buffer.
    pub(super) fn text(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// Discards text.
    pub(super) fn consume(&mut self, bytes: usize) {
        let left = &self.buffer[self.start..self.start + bytes];
        self.lines += length(memchr::memchr_iter(b'\n', left).count());
        self.start += bytes;
        debug_assert!(self.start <= self.end);
    }

    /// Removes bytes from the buffer, such as a message that interrupts a statement.
    pub(super) fn cut_out(&mut self, place: usize, bytes: usize) {
        let from = self.start..self.start + place;
        self.buffer.copy_within(from, self.start + bytes);
        self.lines += 1;
        self.start += bytes;
    }

    /// The position of the buffer in the dump.
    pub(super) fn offset(&self) -> u64 {
        self.base + length(self.start)
    }

    /// The number of the line, from 1, of a position in the buffer.
    pub(super) fn line(&self, place: usize) -> u64 {
        self.lines + 1 + length(memchr::memchr_iter(b'\n', &self.text()[..place]).count())
    }

    /// Whether compressed data ended before the text did.
    pub(super) fn is_cut(&self) -> bool {
        self.is_cut
    }

    pub(super) fn input(&self) -> &Input {
        &self.input
    }

    /// The number of bytes that have been read, and their hash.
    pub(super) fn identity(&self) -> (u64, u128) {
        (self.base + length(self.end), self.hash.digest128())
    }

    /// Discards everything before an offset, or up to the end.
    pub(super) fn skip_to(&mut self, offset: u64) -> Result<(), Error> {
        loop {
            let ahead = usize::try_from(offset.saturating_sub(self.offset())).unwrap_or(usize::MAX);
            let held = self.text().len();
            self.consume(ahead.min(held));
            if ahead <= held || !self.more()? {
                return Ok(());
            }
        }
    }

    /// Reads until the buffer has twice as much text as before, or all that is left; false if there is no more.
    ///
    /// A caller that scans the buffer again from its start has then scanned each byte about twice, however
    /// small the pieces of input are.
    pub(super) fn more(&mut self) -> Result<bool, Error> {
        if self.at_end {
            return Ok(false);
        }
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.base += length(self.start);
            self.end -= self.start;
            self.start = 0;
        }
        if self.end < INITIAL / 2 && self.buffer.len() > INITIAL {
            // The large statement has been processed.
            self.buffer.truncate(INITIAL);
            self.buffer.shrink_to_fit();
        }
        let (before, wanted) = (self.end, (self.end * 2).min(LARGEST));
        while !self.at_end && (self.end == before || self.end < wanted) {
            self.fill()?;
        }
        Ok(self.end > before)
    }

    /// Reads once.
    fn fill(&mut self) -> Result<(), Error> {
        if self.end == self.buffer.len() {
            if self.buffer.len() >= LARGEST {
                return Err(Error::TooLarge { offset: self.offset() });
            }
            let larger = (self.buffer.len() + self.buffer.len() / 2).min(LARGEST);
            self.buffer.reserve_exact(larger - self.buffer.len());
            self.buffer.resize(larger, 0);
        }
        let offset = self.base + length(self.end);
        match blocking(|| self.input.read(&mut self.buffer[self.end..], offset)) {
            Ok(0) => self.at_end = true,
            Ok(count) => {
                self.hash.update(&self.buffer[self.end..self.end + count]);
                self.end += count;
            }
            Err(Some(error)) => return Err(error),
            Err(None) => (self.at_end, self.is_cut) = (true, true),
        }
        Ok(())
    }
}

fn length(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}
