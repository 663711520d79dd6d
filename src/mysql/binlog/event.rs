//! What happens in a binary log, reduced to what a follower of one database has to do.

use std::fmt;

use bytes::Bytes;

use super::Position;
use crate::secret::Secret;

/// An event of the binary log that a follower of one database acts on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogEvent {
    /// A transaction begins. Transactions do not nest.
    Begin,
    /// Changed rows of a table of the followed database.
    Rows(RowChanges),
    /// Changed rows of a table of the followed database that its catalog does not have.
    UnknownTable(String),
    /// The transaction is complete, whether or not it changed rows of the followed database.
    Commit {
        /// The end of the transaction: a follower can start again from here.
        position: Position,
        /// The source's clock at the commit, in seconds since 1970.
        time: u32,
    },
    /// A statement that is not transaction control: a definition, or anything else that servers
    /// log as a statement. Statements that change rows of the followed database are
    /// [`Error::LoggedStatement`](super::Error::LoggedStatement) instead.
    Statement {
        /// The database that was in use; empty names count as none.
        database: Option<String>,
        /// The statement, with invalid UTF-8 replaced. It may hold values, and `MariaDB`'s even passwords.
        sql: Secret,
        /// The end of the statement: a follower can start again from here, unless it is inside a
        /// transaction, which only MySQL's `CREATE TABLE … SELECT` does.
        position: Position,
        /// The source's clock, in seconds since 1970.
        time: u32,
    },
    /// The log continues in another file, outside a transaction. A follower can start again from here.
    Rotate(Position),
    /// Nothing was written for a while; the connection works.
    Heartbeat,
}

/// The changes of one rows event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowChanges {
    /// The table as the catalog spells it.
    pub table: String,
    /// The changes in their order.
    pub changes: Vec<RowChange>,
}

/// The change of a row: an insert has no row before, a delete none after.
///
/// A row has all columns, in the catalog's order, generated ones included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowChange {
    /// The row before the change.
    pub before: Option<Vec<LogCell>>,
    /// The row after the change.
    pub after: Option<Vec<LogCell>>,
}

/// A cell of a row in the log. `Debug` shows its length only.
#[derive(Clone, PartialEq, Eq)]
pub enum LogCell {
    /// NULL.
    Null,
    /// The same bytes that the text protocol delivers to a session of ours.
    Bytes(Bytes),
    /// A value that the log does not determine to the byte.
    Inexact,
}

impl fmt::Debug for LogCell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("Null"),
            Self::Bytes(bytes) => write!(f, "Bytes({})", bytes.len()),
            Self::Inexact => f.write_str("Inexact"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{LogCell, LogEvent, Position, RowChange, RowChanges};

    #[test]
    fn neither_statements_nor_cells_are_printed() {
        let position = Position { file: "binlog.000001".to_owned(), offset: 4 };
        let statement = LogEvent::Statement {
            database: Some("chat".to_owned()),
            sql: "CREATE USER a IDENTIFIED BY 'hunter2'".into(),
            position,
            time: 0,
        };
        let cell = LogCell::Bytes("hunter2".into());
        let change = RowChange { before: None, after: Some(vec![cell]) };
        let rows = LogEvent::Rows(RowChanges { table: "Users".to_owned(), changes: vec![change] });
        let printed = format!("{statement:?} {rows:#?}");
        assert!(printed.contains("chat") && printed.contains("Users"), "{printed}");
        assert!(!printed.contains("hunter2") && !printed.contains("CREATE"), "{printed}");
    }
}
