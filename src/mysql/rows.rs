//! Reading a result row by row.

use mysql_async::{QueryResult, Row, TextProtocol};

use super::Error;

/// The rows of a query, of which one at a time is in memory.
#[derive(Debug)]
pub struct Rows<'c>(QueryResult<'c, 'static, TextProtocol>);

impl<'c> Rows<'c> {
    pub(super) fn new(result: QueryResult<'c, 'static, TextProtocol>) -> Self {
        Self(result)
    }

    /// The next row; `None` behind the last one.
    ///
    /// No row is lost when the future is dropped before it is ready.
    pub async fn next(&mut self) -> Result<Option<Row>, Error> {
        self.0.next().await.map_err(Error::of_statement)
    }
}
