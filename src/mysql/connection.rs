//! A session with a server.

use std::time::Duration;

use futures_util::FutureExt as _;
use mysql_async::prelude::{FromRow, Queryable as _};
use mysql_async::{Conn, Params, from_row_opt};

use super::rows::Rows;
use super::running::Registration;
use super::{Dsn, Error, Server, ServerIdentity};

/// What a session may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Read. The server itself refuses to write (`SET SESSION TRANSACTION READ ONLY`).
    ReadOnly,
    /// Read and write.
    Writing,
}

/// A session with a server, its settings fixed whatever the server's configuration.
///
/// Statements go by the text protocol unless they have parameters, so that values arrive as the
/// bytes of their text, in UTF-8.
///
/// A future that is dropped while the server has yet to answer leaves the session in an unknown
/// state; from then on every method returns [`Error::Lost`]. Dropping the connection ends the session
/// at once, also in the middle of a result.
#[derive(Debug)]
pub struct Connection {
    /// Only `drop` takes it.
    driver: Option<Conn>,
    server: Server,
    identity: ServerIdentity,
    keep_alive: Duration,
    /// Whether a transaction was left without an end.
    abandoned: bool,
    /// Lets an interruption end the statement that runs.
    _registration: Registration,
}

impl Connection {
    pub(super) fn new(driver: Conn, server: Server, identity: ServerIdentity, dsn: &Dsn) -> Self {
        Self {
            server,
            identity,
            keep_alive: dsn.keep_alive,
            abandoned: false,
            _registration: Registration::new(dsn, driver.id()),
            driver: Some(driver),
        }
    }

    /// Which instance of the server the session is with.
    #[must_use]
    pub fn identity(&self) -> &ServerIdentity {
        &self.identity
    }

    /// Which server it is.
    #[must_use]
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// The server's number of this session, as `KILL` takes it.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.driver.as_ref().map_or(0, Conn::id)
    }

    /// Asks the server for a sign of life.
    pub async fn ping(&mut self) -> Result<(), Error> {
        self.ready().await?.ping().await.map_err(Error::of_statement)
    }

    /// Waits for something else, and asks the server for a sign of life meanwhile: proxies and firewalls
    /// cut off sessions that are idle for long. Fails if the session is lost.
    pub async fn wait_for<T>(&mut self, work: impl Future<Output = T>) -> Result<T, Error> {
        let mut work = std::pin::pin!(work);
        loop {
            tokio::select! {
                biased;
                outcome = &mut work => return Ok(outcome),
                () = tokio::time::sleep(self.keep_alive) => {}
            }
            // A ping that is given up would leave the session in an unknown state.
            let mut ping = std::pin::pin!(self.ping());
            tokio::select! {
                alive = &mut ping => alive?,
                outcome = &mut work => {
                    ping.await?;
                    return Ok(outcome);
                }
            }
        }
    }

    /// The database in use, in the server's spelling.
    pub async fn database(&mut self) -> Result<String, Error> {
        let name: Option<Option<String>> = self.query_optional("SELECT DATABASE()").await?;
        name.flatten().ok_or(Error::NoDatabase)
    }

    /// Runs one or more statements, joined by `;`, and returns how many rows the last one changed.
    pub async fn execute(&mut self, sql: &str) -> Result<u64, Error> {
        let driver = self.ready().await?;
        driver.query_drop(sql).await.map_err(Error::of_statement)?;
        Ok(driver.affected_rows())
    }

    /// Runs one statement with a value for each `?` and returns how many rows it changed.
    pub async fn execute_with(
        &mut self,
        sql: &str,
        parameters: impl Into<Params> + Send,
    ) -> Result<u64, Error> {
        let driver = self.ready().await?;
        driver.exec_drop(sql, parameters).await.map_err(Error::of_statement)?;
        Ok(driver.affected_rows())
    }

    /// All rows of a query, each as a [`Row`](super::Row), a tuple, or a single value.
    pub async fn query<T: FromRow + Send>(&mut self, sql: &str) -> Result<Vec<T>, Error> {
        let mut rows = self.stream(sql).await?;
        let mut all = Vec::new();
        while let Some(row) = rows.next().await? {
            all.push(convert(row)?);
        }
        Ok(all)
    }

    /// All rows of a query with a value for each `?`.
    ///
    /// It goes by the binary protocol: numbers and times are no text here.
    pub async fn query_with<T: FromRow + Send + 'static>(
        &mut self,
        sql: &str,
        parameters: impl Into<Params> + Send,
    ) -> Result<Vec<T>, Error> {
        let driver = self.ready().await?;
        let rows: Vec<mysql_async::Row> =
            driver.exec(sql, parameters).await.map_err(Error::of_statement)?;
        rows.into_iter().map(convert).collect()
    }

    /// The first row of a query, if it has any.
    pub async fn query_optional<T: FromRow + Send>(
        &mut self,
        sql: &str,
    ) -> Result<Option<T>, Error> {
        let mut rows = self.stream(sql).await?;
        let first = rows.next().await?;
        while rows.next().await?.is_some() {}
        first.map(convert).transpose()
    }

    /// The rows of a query one by one, as they come from the server.
    ///
    /// What is left unread when the cursor is dropped is read, and thrown away, before the next
    /// statement; to spare that, drop the connection.
    pub async fn stream(&mut self, sql: &str) -> Result<Rows<'_>, Error> {
        let driver = self.ready().await?;
        let result = driver.query_iter(sql.to_owned()).await.map_err(Error::of_statement)?;
        Ok(Rows::new(result))
    }

    pub(super) fn abandon_transaction(&mut self) {
        self.abandoned = true;
    }

    /// The driver, ready for a statement: nothing left half done.
    async fn ready(&mut self) -> Result<&mut Conn, Error> {
        let driver = self.driver.as_mut().filter(|driver| !driver.is_disconnected());
        let driver = driver.ok_or_else(Error::gone)?;
        if self.abandoned {
            driver.query_drop("ROLLBACK").await.map_err(Error::of_statement)?;
            self.abandoned = false;
        }
        Ok(driver)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // Left to itself, the driver takes its leave in a task of its own, which first reads an unread
        // result to its end, be it the largest table. Given one moment, it says goodbye if it can,
        // and closes the line in any case.
        if let Some(driver) = self.driver.take() {
            let _ = driver.disconnect().now_or_never();
        }
    }
}

fn convert<T: FromRow>(row: mysql_async::Row) -> Result<T, Error> {
    from_row_opt(row).map_err(|_| {
        Error::Unexpected(format!("a row does not fit `{}`", std::any::type_name::<T>()))
    })
}
