//! Compressed input: gzip and zstd, recognised by their first bytes.

use std::io::{self, BufReader, Chain, Cursor, ErrorKind, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use flate2::bufread::GzDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use super::Error;

/// The number of bytes read at a time.
const PIECE: usize = 256 * 1024;
/// The first bytes, which identify the format.
const MAGIC: usize = 6;
/// The largest supported window of zstd: `zstd --long` with its default of 27 bits.
const ZSTD_WINDOW: u64 = 1 << 27;

/// The progress of reading the file itself.
#[derive(Debug, Default)]
pub(super) struct Consumed {
    bytes: AtomicU64,
    at_end: AtomicBool,
    compressed: AtomicBool,
}

impl Consumed {
    pub(super) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Whether a decoder is used.
    pub(super) fn is_compressed(&self) -> bool {
        self.compressed.load(Ordering::Relaxed)
    }

    /// Whether the file ended; a decoder that fails then had incomplete input.
    pub(super) fn at_end(&self) -> bool {
        self.at_end.load(Ordering::Relaxed)
    }
}

/// The file, with a count of the bytes read.
struct Counted<R> {
    inner: R,
    consumed: Arc<Consumed>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.consumed.bytes.fetch_add(u64::try_from(count).unwrap_or(0), Ordering::Relaxed);
        if count == 0 && !buffer.is_empty() {
            self.consumed.at_end.store(true, Ordering::Relaxed);
        }
        Ok(count)
    }
}

/// The uncompressed text of a file.
pub(super) fn unpack(
    file: Box<dyn Read + Send>,
    consumed: &Arc<Consumed>,
) -> Result<Box<dyn Read + Send>, Error> {
    let mut counted = Counted { inner: file, consumed: Arc::clone(consumed) };
    let mut first = Vec::with_capacity(MAGIC);
    counted
        .by_ref()
        .take(u64::try_from(MAGIC).unwrap_or(0))
        .read_to_end(&mut first)
        .map_err(|source| Error::Read { offset: 0, source })?;
    let format = first.clone();
    let whole = Cursor::new(first).chain(counted);
    let buffered = |whole: Chain<_, _>| {
        consumed.compressed.store(true, Ordering::Relaxed);
        BufReader::with_capacity(PIECE, whole)
    };
    Ok(match *format {
        [0x1f, 0x8b, ..] => Box::new(Gzip { decoder: Some(GzDecoder::new(buffered(whole))) }),
        // A frame, or a skippable frame, which `pzstd` writes first.
        [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => {
            Box::new(Zstd::new(buffered(whole)))
        }
        [b'B', b'Z', b'h', ..] => return refuse("bzip2", "bzip2 -dc"),
        [0xfd, b'7', b'z', b'X', b'Z', 0] => return refuse("xz", "xz -dc"),
        [b'P', b'K', 3, 4, ..] => return refuse("zip", "unzip -p"),
        [0x04, 0x22, 0x4d, 0x18, ..] => return refuse("lz4", "lz4 -dc"),
        _ => Box::new(whole),
    })
}

fn refuse<T>(format: &'static str, unpack: &'static str) -> Result<T, Error> {
    Err(Error::Compression { format, unpack })
}

/// A file of gzip: concatenated members, and padding zeros as on tapes and block devices.
struct Gzip<R> {
    /// `None` at the end.
    decoder: Option<GzDecoder<R>>,
}

impl<R: io::BufRead> Read for Gzip<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(decoder) = &mut self.decoder {
            let count = decoder.read(buffer)?;
            if count > 0 || buffer.is_empty() {
                return Ok(count);
            }
            let ended = self.decoder.take().map(GzDecoder::into_inner);
            self.decoder = ended.map(next_member).transpose()?.flatten();
        }
        Ok(0)
    }
}

/// Skips zeros; returns a decoder for what follows, if anything does.
fn next_member<R: io::BufRead>(mut source: R) -> io::Result<Option<GzDecoder<R>>> {
    loop {
        let held = source.fill_buf()?;
        if held.is_empty() {
            return Ok(None);
        }
        let zeros = held.iter().take_while(|byte| **byte == 0).count();
        if zeros == 0 {
            return Ok(Some(GzDecoder::new(source)));
        }
        source.consume(zeros);
    }
}

/// The error for a file that needs a larger window.
#[derive(Debug, thiserror::Error)]
#[error("the window of {0} bytes is too large")]
pub(super) struct WindowTooLarge(pub(super) u64);

/// A file of zstd: concatenated frames, as from `pzstd` and `cat a.zst b.zst`.
struct Zstd<R> {
    source: R,
    decoder: FrameDecoder,
    in_frame: bool,
}

impl<R: io::BufRead> Zstd<R> {
    fn new(source: R) -> Self {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(ZSTD_WINDOW);
        Self { source, decoder, in_frame: false }
    }

    /// Starts the next frame; false at the end of the file.
    fn begin(&mut self) -> io::Result<bool> {
        if self.source.fill_buf()?.is_empty() {
            return Ok(false);
        }
        match self.decoder.reset(&mut self.source) {
            Ok(()) => self.in_frame = true,
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                length,
                ..
            })) => {
                io::copy(&mut self.source.by_ref().take(length.into()), &mut io::sink())?;
            }
            Err(FrameDecoderError::WindowSizeTooBig { requested, .. }) => {
                return Err(io::Error::other(WindowTooLarge(requested)));
            }
            Err(error) => return Err(io::Error::other(error)),
        }
        Ok(true)
    }

    fn end(&mut self) -> io::Result<()> {
        self.in_frame = false;
        let expected = self.decoder.get_checksum_from_data();
        if expected.is_some() && expected != self.decoder.get_calculated_checksum() {
            return Err(io::Error::new(ErrorKind::InvalidData, "the checksum does not match"));
        }
        Ok(())
    }
}

impl<R: io::BufRead> Read for Zstd<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.in_frame {
                if self.decoder.can_collect() > 0 {
                    return self.decoder.read(buffer);
                }
                if self.decoder.is_finished() {
                    self.end()?;
                } else {
                    let some = BlockDecodingStrategy::UptoBytes(PIECE);
                    self.decoder.decode_blocks(&mut self.source, some).map_err(io::Error::other)?;
                }
            } else if !self.begin()? {
                return Ok(0);
            }
        }
    }
}
