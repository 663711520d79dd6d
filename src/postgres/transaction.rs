//! Transactions that end one way or the other.

use std::ops::Deref;

use super::{Connection, Error};

/// A transaction, and the connection it runs on. Dropped without [`Transaction::commit`], it is rolled
/// back.
pub struct Transaction<'a> {
    connection: &'a Connection,
    open: bool,
}

impl<'a> Transaction<'a> {
    /// Takes the connection mutably, so that nothing else runs inside the transaction.
    pub(super) async fn begin(
        connection: &'a mut Connection,
        statement: &str,
    ) -> Result<Self, Error> {
        // Made first: a caller who gives up while waiting leaves no transaction behind.
        let transaction = Self { connection, open: true };
        transaction.batch_execute(statement).await?;
        Ok(transaction)
    }

    /// Makes it last. Fails if any statement in it has failed.
    pub async fn commit(mut self) -> Result<(), Error> {
        // COMMIT by itself turns a failed transaction into a ROLLBACK and says nothing.
        self.batch_execute("SELECT; COMMIT").await?;
        self.open = false;
        Ok(())
    }

    /// Undoes it.
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
