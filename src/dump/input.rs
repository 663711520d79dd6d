//! The input of a dump: a file, or standard input.

use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Error;
use super::compression::{Consumed, WindowTooLarge, unpack};

/// The name of standard input.
const STANDARD_INPUT: &str = "-";

/// A dump's uncompressed text, as it is read.
pub struct Input {
    reader: Box<dyn Read + Send>,
    consumed: Arc<Consumed>,
    size: Option<u64>,
    /// The offset of its first byte in the uncompressed text.
    start: u64,
    /// The file, if it can be read a second time.
    file: Option<PathBuf>,
}

/// Fails if a dump cannot be opened. A pipe is left alone, because it can be read once.
pub fn require_dump(path: &Path) -> Result<(), Error> {
    let open = |source| Error::Open { path: path.to_owned(), source };
    if path == Path::new(STANDARD_INPUT) {
        return Ok(());
    }
    let metadata = path.metadata().map_err(open)?;
    if metadata.is_dir() {
        return Err(open(io::ErrorKind::IsADirectory.into()));
    }
    if metadata.is_file() {
        File::open(path).map_err(open)?;
    }
    Ok(())
}

impl Input {
    /// Opens a file, or standard input for `-`; gzip and zstd are decompressed while they are read.
    pub fn open(path: &Path) -> Result<Self, Error> {
        if path == Path::new(STANDARD_INPUT) {
            return Self::of(Box::new(io::stdin()), None);
        }
        let open = |source| Error::Open { path: path.to_owned(), source };
        let file = File::open(path).map_err(open)?;
        let metadata = file.metadata().map_err(open)?;
        if metadata.is_dir() {
            return Err(open(io::ErrorKind::IsADirectory.into()));
        }
        let size = metadata.is_file().then_some(metadata.len());
        let input = Self::of(Box::new(file), size)?;
        Ok(Self { file: size.map(|_| path.to_owned()), ..input })
    }

    /// Opens an uncompressed file at an offset.
    pub(super) fn open_plain(path: &Path, start: u64) -> Result<Self, Error> {
        let open = |source| Error::Open { path: path.to_owned(), source };
        let mut file = File::open(path).map_err(open)?;
        file.seek(SeekFrom::Start(start)).map_err(open)?;
        let (reader, consumed) = (Box::new(file), Arc::default());
        Ok(Self { reader, consumed, size: None, start, file: Some(path.to_owned()) })
    }

    /// Reads from any reader; `size` is the number of bytes before decompression.
    pub fn of(reader: Box<dyn Read + Send>, size: Option<u64>) -> Result<Self, Error> {
        let consumed = Arc::default();
        let reader = unpack(reader, &consumed)?;
        Ok(Self { reader, consumed, size, start: 0, file: None })
    }

    /// The size of the file before decompression; `None` if it is unknown.
    #[must_use]
    pub fn size(&self) -> Option<u64> {
        self.size
    }

    pub(super) fn start(&self) -> u64 {
        self.start
    }

    pub(super) fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// Whether the file is compressed.
    pub(super) fn is_compressed(&self) -> bool {
        self.consumed.is_compressed()
    }

    pub(super) fn consumed(&self) -> &Arc<Consumed> {
        &self.consumed
    }

    /// Reads some uncompressed text; 0 at its end. `Err(None)` if the compressed data ends too early.
    pub(super) fn read(&mut self, buffer: &mut [u8], offset: u64) -> Result<usize, Option<Error>> {
        loop {
            match self.reader.read(buffer) {
                Ok(count) => return Ok(count),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) if self.consumed.at_end() => return Err(None),
                Err(source) if source.raw_os_error().is_some() => {
                    return Err(Some(Error::Read { offset, source }));
                }
                Err(source) => return Err(Some(damaged(offset, source))),
            }
        }
    }
}

fn damaged(offset: u64, source: io::Error) -> Error {
    let cause = source.get_ref().and_then(|it| it.downcast_ref::<WindowTooLarge>());
    match cause {
        Some(&WindowTooLarge(bytes)) => Error::Window { bytes },
        None => Error::Damaged { offset, source },
    }
}

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Input").field("size", &self.size).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read as _};

    use super::Input;
    use crate::dump::Error;

    fn read(bytes: &[u8]) -> Result<Vec<u8>, Option<Error>> {
        let mut input = Input::of(Box::new(Cursor::new(bytes.to_vec())), None).map_err(Some)?;
        let (mut text, mut buffer) = (Vec::new(), [0; 7]);
        loop {
            match input.read(&mut buffer, 0)? {
                0 => return Ok(text),
                count => text.extend_from_slice(&buffer[..count]),
            }
        }
    }

    #[test]
    fn plain_and_compressed_text_are_the_same() {
        let text = "-- MySQL dump\n".repeat(100_000);
        assert_eq!(read(text.as_bytes()).expect("plain"), text.as_bytes());
        let gzip = {
            let mut compressed = Vec::new();
            flate2::read::GzEncoder::new(text.as_bytes(), flate2::Compression::fast())
                .read_to_end(&mut compressed)
                .expect("compressed");
            compressed
        };
        let zstd = ruzstd::encoding::compress_to_vec(
            text.as_bytes(),
            ruzstd::encoding::CompressionLevel::Fastest,
        );
        for compressed in [gzip.clone(), zstd] {
            assert_eq!(read(&compressed).expect("one member"), text.as_bytes());
            assert_eq!(read(&compressed.repeat(2)).expect("two members").len(), 2 * text.len());
            let cut = &compressed[..compressed.len() - 9];
            assert!(matches!(read(cut), Err(None)), "the end is missing");
        }
        assert_eq!(read(&[&gzip[..], &[0; 1000]].concat()).expect("padded"), text.as_bytes());
        let other = read(&[&gzip[..], b"\0x"].concat());
        assert!(matches!(other, Err(Some(Error::Damaged { .. }) | None)), "no member follows");
    }

    #[test]
    fn other_packings_are_named() {
        for (bytes, name) in [(&b"BZh91AY"[..], "bzip2"), (b"\xfd7zXZ\0\0", "xz")] {
            let Err(Some(error @ Error::Compression { .. })) = read(bytes) else {
                panic!("{name} is not refused")
            };
            assert!(error.to_string().contains(name));
        }
    }
}
