//! The two directions of COPY.

use std::pin::Pin;

use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use tokio_postgres::{CopyInSink, CopyOutStream};

use super::Error;

/// Data on its way into a table. Dropped without [`CopyIn::finish`], it leaves no row.
pub struct CopyIn(Pin<Box<CopyInSink<Bytes>>>);

impl CopyIn {
    pub(super) fn new(sink: CopyInSink<Bytes>) -> Self {
        Self(Box::pin(sink))
    }

    /// Takes the next bytes, and waits while earlier ones have not gone out.
    ///
    /// The server may refuse a row long after it was handed over; the error then comes from a later
    /// call, or from `finish`.
    pub async fn send(&mut self, data: Bytes) -> Result<(), Error> {
        Ok(self.0.feed(data).await?)
    }

    /// Ends the data and tells how many rows went in.
    pub async fn finish(mut self) -> Result<u64, Error> {
        Ok(self.0.as_mut().finish().await?)
    }
}

/// Data on its way out of a table.
pub struct CopyOut(Pin<Box<CopyOutStream>>);

impl CopyOut {
    pub(super) fn new(stream: CopyOutStream) -> Self {
        Self(Box::pin(stream))
    }

    /// The next bytes, in text format a whole row; `None` at the end.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        Ok(self.0.next().await.transpose()?)
    }
}
