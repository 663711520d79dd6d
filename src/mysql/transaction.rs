//! Transactions.

use std::ops::{Deref, DerefMut};

use super::{Connection, Error};

/// A transaction: a [`Connection`] until it is committed or rolled back.
///
/// Dropping it rolls it back, before the next statement at the latest.
#[derive(Debug)]
pub struct Transaction<'c> {
    connection: &'c mut Connection,
    open: bool,
}

impl Connection {
    /// Begins a transaction.
    pub async fn transaction(&mut self) -> Result<Transaction<'_>, Error> {
        self.execute("START TRANSACTION").await?;
        Ok(Transaction { connection: self, open: true })
    }

    /// Begins a transaction that sees the database as of now, whatever other sessions write.
    pub async fn snapshot(&mut self) -> Result<Transaction<'_>, Error> {
        self.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT").await?;
        Ok(Transaction { connection: self, open: true })
    }
}

impl Transaction<'_> {
    /// Commits the changes.
    pub async fn commit(mut self) -> Result<(), Error> {
        self.connection.execute("COMMIT").await?;
        self.open = false;
        Ok(())
    }

    /// Rolls the changes back.
    pub async fn rollback(mut self) -> Result<(), Error> {
        self.connection.execute("ROLLBACK").await?;
        self.open = false;
        Ok(())
    }
}

impl Deref for Transaction<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection
    }
}

impl DerefMut for Transaction<'_> {
    fn deref_mut(&mut self) -> &mut Connection {
        self.connection
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        if self.open {
            self.connection.abandon_transaction();
        }
    }
}
