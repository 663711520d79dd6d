//! COPY in both directions.

use std::pin::Pin;

use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use tokio_postgres::{CopyInSink, CopyOutStream};

use super::Error;
use crate::activity::Activity;

/// Data for a table. Dropped without [`CopyIn::finish`], it inserts no row.
pub struct CopyIn {
    sink: Pin<Box<CopyInSink<Bytes>>>,
    activity: Activity,
}

impl CopyIn {
    pub(super) fn new(sink: CopyInSink<Bytes>, activity: Activity) -> Self {
        Self { sink: Box::pin(sink), activity }
    }

    /// Sends the next bytes, and waits while earlier ones are unsent.
    ///
    /// The server may reject a row long after it was sent; the error then comes from a later call, or from
    /// `finish`.
    pub async fn send(&mut self, data: Bytes) -> Result<(), Error> {
        Ok(self.activity.wait_for(self.sink.feed(data)).await?)
    }

    /// Ends the data and returns the number of inserted rows.
    pub async fn finish(mut self) -> Result<u64, Error> {
        Ok(self.activity.wait_for(self.sink.as_mut().finish()).await?)
    }
}

/// Data from a table.
pub struct CopyOut {
    stream: Pin<Box<CopyOutStream>>,
    activity: Activity,
}

impl CopyOut {
    pub(super) fn new(stream: CopyOutStream, activity: Activity) -> Self {
        Self { stream: Box::pin(stream), activity }
    }

    /// The next bytes, in text format a whole row; `None` at the end.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        Ok(self.activity.wait_for(self.stream.next()).await.transpose()?)
    }
}
