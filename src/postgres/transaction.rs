//! Transactions.

use std::ops::Deref;

use super::{Connection, Error};

/// A transaction and its connection. Dropped without [`Transaction::commit`], it is rolled back.
pub struct Transaction<'a> {
    connection: &'a Connection,
    open: bool,
}

impl<'a> Transaction<'a> {
    /// Takes the connection mutably, so that no other statement runs inside the transaction.
    pub(super) async fn begin(
        connection: &'a mut Connection,
        statement: &str,
    ) -> Result<Self, Error> {
        // Created first: a caller that is cancelled while waiting leaves no transaction open.
        let transaction = Self { connection, open: true };
        transaction.batch_execute(statement).await?;
        Ok(transaction)
    }

    /// Commits. Fails if any statement of the transaction has failed.
    pub async fn commit(mut self) -> Result<(), Error> {
        // COMMIT alone turns a failed transaction into a ROLLBACK without an error.
        self.batch_execute("SELECT; COMMIT").await?;
        self.open = false;
        Ok(())
    }

    /// Rolls back.
    pub async fn rollback(mut self) -> Result<(), Error> {
        self.batch_execute("ROLLBACK").await?;
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

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        if self.open {
            self.connection.send("ROLLBACK");
        }
    }
}
