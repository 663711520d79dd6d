//! Reading a quarantine, line by line.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use super::line::FORMAT;
use super::lock::Locked;
use super::{Error, Line};

/// A limit far above the length of the first line.
const LONGEST_HEADER: u64 = 256;

/// The lines of a quarantine after the first.
#[derive(Debug)]
pub struct Reader {
    path: PathBuf,
    file: BufReader<Locked>,
    offset: u64,
    line: u64,
    text: Vec<u8>,
    incomplete: Option<u64>,
}

impl Reader {
    /// Opens a quarantine and locks it against writers.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let cannot = |source| Error::Read { path: path.to_owned(), source };
        let mut file = Locked::shared(File::open(path).map_err(cannot)?, path)?;
        let offset = check_header(&mut file, path)?;
        let mut reader = Self {
            path: path.to_owned(),
            file: BufReader::new(file),
            offset,
            line: 1,
            text: Vec::new(),
            incomplete: None,
        };
        reader.seek(offset)?;
        Ok(reader)
    }

    /// The byte at which the next line starts.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Moves to a position of [`Reader::offset`].
    pub fn seek(&mut self, offset: u64) -> Result<(), Error> {
        self.offset = offset;
        self.file.seek(SeekFrom::Start(offset)).map_err(|source| self.cannot_read(source))?;
        Ok(())
    }

    /// The next line; `None` after the last complete one.
    pub fn next_line(&mut self) -> Result<Option<Line>, Error> {
        self.text.clear();
        let length = self.file.read_until(b'\n', &mut self.text);
        let length = length.map_err(|source| self.cannot_read(source))?;
        if self.text.last() != Some(&b'\n') {
            self.incomplete = (length > 0).then_some(self.line + 1);
            return Ok(None);
        }
        self.offset += length as u64;
        self.line += 1;
        let line = serde_json::from_slice(&self.text);
        line.map(Some).map_err(|_| Error::Damaged { path: self.path.clone(), line: self.line })
    }

    /// The number of an incomplete last line, once [`Reader::next_line`] has returned `None`.
    #[must_use]
    pub fn incomplete_line(&self) -> Option<u64> {
        self.incomplete
    }

    fn cannot_read(&self, source: io::Error) -> Error {
        Error::Read { path: self.path.clone(), source }
    }
}

/// Checks that the file starts with the line of a quarantine, and returns where that line ends.
pub(super) fn check_header(file: &mut File, path: &Path) -> Result<u64, Error> {
    let mut first = Vec::new();
    file.seek(SeekFrom::Start(0))
        .and_then(|_| BufReader::new(file.take(LONGEST_HEADER)).read_until(b'\n', &mut first))
        .map_err(|source| Error::Read { path: path.to_owned(), source })?;
    match serde_json::from_slice(&first) {
        Ok(Line::Header { format }) if format <= FORMAT => Ok(first.len() as u64),
        Ok(Line::Header { format }) => Err(Error::TooNew { path: path.to_owned(), format }),
        _ => Err(Error::Foreign { path: path.to_owned() }),
    }
}
