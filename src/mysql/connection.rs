//! A session with a server, and the rows that it reads.

use std::time::Duration;

use futures_util::FutureExt as _;
use mysql_async::prelude::{FromRow, Queryable as _};
use mysql_async::{Conn, QueryResult, Row, TextProtocol, Value, from_row_opt};

use super::running::{Registration, enter};
use super::{Dsn, Error, Server, ServerIdentity};
use crate::activity::{Activity, Wait};
use crate::foreign_text::spell_out;
use crate::sql::{Dialect, without_values};

/// The variable that caps the driver's idle buffers, and its value in bytes.
///
/// `mysql_async` keeps up to 128 packet buffers per process, each as large as the largest packet it has held,
/// up to this cap (default 4 MiB). The cap can be set only through the environment.
pub const DRIVER_BUFFER_CAP: (&str, &str) = ("MYSQL_ASYNC_BUFFER_SIZE_CAP", "65536");

/// What a session may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Read only: the server rejects writes (`SET SESSION TRANSACTION READ ONLY`).
    ReadOnly,
    /// Read and write.
    Writing,
}

/// A session with a server, whose settings do not depend on the server's configuration.
///
/// Statements use the text protocol, so that values arrive as the bytes of their text, in UTF-8.
///
/// Dropping a future before the server has answered leaves the session in an unknown state; from then on every
/// method returns [`Error::Lost`]. Dropping the connection ends the session at once, even in the middle of a
/// result.
#[derive(Debug)]
pub struct Connection {
    /// Taken by `drop` only.
    driver: Option<Conn>,
    server: Server,
    identity: ServerIdentity,
    address: String,
    keep_alive: Duration,
    activity: Activity,
    /// Whether a transaction was dropped without an end.
    abandoned: bool,
    /// Lets an interruption end the statement that runs, and a wait for it be reported.
    _registration: Registration,
}

impl Connection {
    pub(super) fn new(driver: Conn, server: Server, identity: ServerIdentity, dsn: &Dsn) -> Self {
        tracing::debug!("source, session {}: {server} at {}", driver.id(), dsn.address);
        let activity = Activity::new(Dialect::MySql);
        Self {
            _registration: enter(dsn, &identity, driver.id(), &activity),
            activity,
            server,
            identity,
            address: dsn.address.to_string(),
            keep_alive: dsn.keep_alive,
            abandoned: false,
            driver: Some(driver),
        }
    }

    /// The instance of the server.
    #[must_use]
    pub fn identity(&self) -> &ServerIdentity {
        &self.identity
    }

    /// The server's address in the DSN.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    #[must_use]
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// The server's number of this session, for `KILL`.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.driver.as_ref().map_or(0, Conn::id)
    }

    /// Sends a ping and waits for the answer.
    pub async fn ping(&mut self) -> Result<(), Error> {
        let activity = self.activity.clone();
        let driver = self.ready().await?;
        let _waiting = activity.send("ping");
        driver.ping().await.map_err(Error::of_statement)
    }

    /// Waits for other work and pings the server meanwhile, because proxies and firewalls close idle
    /// sessions. Fails if the session is lost.
    pub async fn wait_for<T>(&mut self, work: impl Future<Output = T>) -> Result<T, Error> {
        let mut work = std::pin::pin!(work);
        loop {
            tokio::select! {
                biased;
                outcome = &mut work => return Ok(outcome),
                () = tokio::time::sleep(self.keep_alive) => {}
            }
            // Cancelling a ping would leave the session in an unknown state.
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
        let activity = self.activity.clone();
        let driver = self.ready().await?;
        let _waiting = sent(&activity, driver.id(), sql);
        driver.query_drop(sql).await.map_err(Error::of_statement)?;
        Ok(driver.affected_rows())
    }

    /// All rows of a query, each as a [`Row`], a tuple, or a single value.
    pub async fn query<T: FromRow + Send>(&mut self, sql: &str) -> Result<Vec<T>, Error> {
        let mut rows = self.stream(sql).await?;
        let mut all = Vec::new();
        while let Some(row) = rows.next().await? {
            all.push(convert(row)?);
        }
        Ok(all)
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

    /// The first row of a query that always has one, such as a count.
    pub async fn query_one<T: FromRow + Send>(&mut self, sql: &str) -> Result<T, Error> {
        let row = self.query_optional(sql).await?;
        row.ok_or_else(|| Error::Unexpected(format!("no row is the answer to `{sql}`")))
    }

    /// The rows of a query one by one, as the server sends them.
    ///
    /// If the cursor is dropped early, the rest is read and discarded before the next statement; to avoid
    /// that, drop the connection.
    pub async fn stream(&mut self, sql: &str) -> Result<Rows<'_>, Error> {
        let activity = self.activity.clone();
        let driver = self.ready().await?;
        let waiting = sent(&activity, driver.id(), sql);
        let result = driver.query_iter(sql.to_owned()).await.map_err(Error::of_statement)?;
        drop(waiting);
        Ok(Rows::new(result, activity))
    }

    /// The driver, for what is no statement. An interruption no longer ends what it does.
    pub(super) fn into_driver(mut self) -> Result<Conn, Error> {
        self.driver.take().ok_or_else(Error::gone)
    }

    pub(super) fn abandon_transaction(&mut self) {
        self.abandoned = true;
    }

    /// The driver, ready for a statement, after completing what was left unfinished.
    async fn ready(&mut self) -> Result<&mut Conn, Error> {
        let driver = self.driver.as_mut().filter(|driver| !driver.is_disconnected());
        let driver = driver.ok_or_else(Error::gone)?;
        if self.abandoned {
            let _waiting = self.activity.send("ROLLBACK");
            driver.query_drop("ROLLBACK").await.map_err(Error::of_statement)?;
            self.abandoned = false;
        }
        Ok(driver)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // On drop, the driver would spawn a task that drains the pending result first. Polling `disconnect`
        // once sends COM_QUIT if possible and closes the socket in any case.
        if let Some(driver) = self.driver.take() {
            let _ = driver.disconnect().now_or_never();
        }
    }
}

/// Logs a statement without its values; the wait for its answer ends when the result is dropped.
fn sent<'a>(activity: &'a Activity, session: u32, sql: &str) -> Wait<'a> {
    if tracing::enabled!(tracing::Level::DEBUG) {
        let statement = without_values(Dialect::MySql, sql);
        tracing::debug!("source, session {session}: {}", spell_out(&statement));
    }
    activity.send(sql)
}

fn convert<T: FromRow>(row: mysql_async::Row) -> Result<T, Error> {
    from_row_opt(row).map_err(|_| {
        Error::Unexpected(format!("a row does not fit `{}`", std::any::type_name::<T>()))
    })
}

/// The rows of a query, one at a time in memory.
#[derive(Debug)]
pub struct Rows<'c> {
    result: QueryResult<'c, 'static, TextProtocol>,
    activity: Activity,
}

impl<'c> Rows<'c> {
    fn new(result: QueryResult<'c, 'static, TextProtocol>, activity: Activity) -> Self {
        Self { result, activity }
    }

    /// The next row; `None` after the last.
    ///
    /// No row is lost if the future is dropped before it is ready.
    pub async fn next(&mut self) -> Result<Option<Row>, Error> {
        self.activity.wait_for(self.result.next()).await.map_err(Error::of_statement)
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
