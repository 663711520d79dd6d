//! Reading a result row by row.

use mysql_async::{QueryResult, Row, TextProtocol, Value};

use super::Error;
use crate::activity::Activity;

/// The rows of a query, one at a time in memory.
#[derive(Debug)]
pub struct Rows<'c> {
    result: QueryResult<'c, 'static, TextProtocol>,
    activity: Activity,
}

impl<'c> Rows<'c> {
    pub(super) fn new(result: QueryResult<'c, 'static, TextProtocol>, activity: Activity) -> Self {
        Self { result, activity }
    }

    /// The next row; `None` after the last.
    ///
    /// No row is lost if the future is dropped before it is ready.
    pub async fn next(&mut self) -> Result<Option<Row>, Error> {
        let _waiting = self.activity.wait();
        self.result.next().await.map_err(Error::of_statement)
    }
}

/// A cell of the text protocol; `None` for NULL.
#[must_use]
pub fn cell(row: &Row, place: usize) -> Option<&[u8]> {
    match row.as_ref(place) {
        Some(Value::Bytes(bytes)) => Some(bytes),
        _ => None,
    }
}
