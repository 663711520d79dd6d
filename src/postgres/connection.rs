//! A session with the target, whose settings do not depend on the server's.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, NoTls, Row, SimpleQueryMessage, Statement};

use super::auth_guard::Connector;
use super::keep_alive::KeepAlive;
use super::running::{Registration, enter, enter_opening};
use super::{
    CopyIn, CopyOut, Dsn, Error, Server, ServerIdentity, Transaction, connect, identity, pool,
    session,
};
use crate::activity::{Activity, OPENING, Wait};
use crate::foreign_text::spell_out;
use crate::sql::Dialect::Postgres;
use crate::sql::without_values;

/// A session with a server. Dropping it ends the session.
pub struct Connection {
    /// Sends an empty query while the session is idle.
    _keep_alive: KeepAlive,
    client: Arc<Client>,
    tls: Option<Connector>,
    server: Server,
    identity: ServerIdentity,
    id: i32,
    activity: Activity,
    /// By their text.
    prepared: Mutex<HashMap<String, Statement>>,
    /// Lets an interruption end the statement that runs, and a wait for it be reported.
    _registration: Registration,
}

impl Connection {
    /// Logs in, within `connect_timeout` or 10 seconds, and applies the session's settings.
    ///
    /// `sslmode` `prefer` and `allow` try TLS first and fall back to plain text. Refuses a pool that moves
    /// sessions between server connections, and a server other than the one that earlier sessions of this DSN
    /// reached.
    pub async fn connect(dsn: &Dsn) -> Result<Self, Error> {
        let activity = Activity::new(Postgres);
        let opening = enter_opening(dsn, &activity);
        let waiting = activity.send(OPENING);
        let (client, tls) = connect::connect(dsn).await?;
        let prepared = connect::within(dsn, Box::pin(prepare(&client, dsn))).await?;
        drop((waiting, opening));
        let (id, server, identity) = prepared;
        tracing::debug!("target: {server} at {}", connect::address(dsn));
        let canceller = Canceller { token: client.cancel_token(), tls: tls.clone() };
        let registration = enter(dsn, canceller, id, &activity);
        let client = Arc::new(client);
        let keep_alive = KeepAlive::start(&client, dsn.keep_alive);
        Ok(Self {
            _keep_alive: keep_alive,
            client,
            tls,
            server,
            identity,
            id,
            activity,
            prepared: Mutex::default(),
            _registration: registration,
        })
    }

    /// The instance of PostgreSQL.
    #[must_use]
    pub fn identity(&self) -> &ServerIdentity {
        &self.identity
    }

    /// The process ID of the session, by which the server's views name it.
    #[must_use]
    pub fn id(&self) -> i32 {
        self.id
    }

    /// The server's version.
    #[must_use]
    pub fn server(&self) -> Server {
        self.server
    }

    /// Whether the session is encrypted; never over a Unix socket.
    pub async fn is_encrypted(&self) -> Result<bool, Error> {
        let row =
            self.query_one("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()", &[]).await?;
        Ok(row.get(0))
    }

    /// Resolves unqualified names of this session in one schema, and no other.
    pub async fn use_schema(&self, schema: &str) -> Result<(), Error> {
        self.batch_execute(&format!("SET search_path = {}", Postgres.identifier(schema))).await
    }

    /// Runs statements without parameters: one transaction, unless they contain BEGIN or COMMIT.
    pub async fn batch_execute(&self, statements: &str) -> Result<(), Error> {
        let _waiting = self.sent(statements);
        Ok(self.client.batch_execute(statements).await?)
    }

    /// Runs statements without parameters and returns the rows of all of them, as text.
    pub(super) async fn batch_query(&self, statements: &str) -> Result<Vec<String>, Error> {
        let _waiting = self.sent(statements);
        let messages = self.client.simple_query(statements).await?;
        let rows = messages.into_iter().filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        });
        Ok(rows.collect())
    }

    /// Runs one statement; `$1`, `$2` … are the parameters.
    pub async fn query(
        &self,
        statement: &str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, Error> {
        let _waiting = self.sent(statement);
        Ok(self.client.query(statement, parameters).await?)
    }

    /// Runs one statement that yields exactly one row.
    pub async fn query_one(
        &self,
        statement: &str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<Row, Error> {
        let _waiting = self.sent(statement);
        Ok(self.client.query_one(statement, parameters).await?)
    }

    /// Runs one statement that yields at most one row.
    pub async fn query_opt(
        &self,
        statement: &str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<Option<Row>, Error> {
        let _waiting = self.sent(statement);
        Ok(self.client.query_opt(statement, parameters).await?)
    }

    /// Runs one statement and returns how many rows it changed.
    pub async fn execute(
        &self,
        statement: &str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<u64, Error> {
        let _waiting = self.sent(statement);
        Ok(self.client.execute(statement, parameters).await?)
    }

    /// The same for a statement that is run often: the server reads it once in the session.
    pub async fn execute_prepared(
        &self,
        statement: &str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<u64, Error> {
        let _waiting = self.sent(statement);
        let prepared = self.prepare(statement).await?;
        Ok(self.client.execute(&prepared, parameters).await?)
    }

    /// As [`Self::query_opt`], for a statement that is run often.
    pub async fn query_opt_prepared(
        &self,
        statement: &str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<Option<Row>, Error> {
        let _waiting = self.sent(statement);
        let prepared = self.prepare(statement).await?;
        Ok(self.client.query_opt(&prepared, parameters).await?)
    }

    async fn prepare(&self, statement: &str) -> Result<Statement, Error> {
        let known = self.prepared().get(statement).cloned();
        if let Some(prepared) = known {
            return Ok(prepared);
        }
        let prepared = self.client.prepare(statement).await?;
        self.prepared().insert(statement.to_owned(), prepared.clone());
        Ok(prepared)
    }

    fn prepared(&self) -> MutexGuard<'_, HashMap<String, Statement>> {
        self.prepared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a transaction, which is rolled back unless it is committed.
    pub async fn transaction(&mut self) -> Result<Transaction<'_>, Error> {
        Transaction::begin(self, "BEGIN").await
    }

    /// Begins a read-only transaction that sees the database as of now until its end.
    pub async fn snapshot(&mut self) -> Result<Transaction<'_>, Error> {
        Transaction::begin(self, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await
    }

    /// Starts a `COPY … FROM STDIN`.
    pub async fn copy_in(&self, statement: &str) -> Result<CopyIn, Error> {
        let _waiting = self.sent(statement);
        let sink = self.client.copy_in::<_, Bytes>(statement).await?;
        Ok(CopyIn::new(sink, self.activity.clone()))
    }

    /// Starts a `COPY … TO STDOUT`.
    pub async fn copy_out(&self, statement: &str) -> Result<CopyOut, Error> {
        let _waiting = self.sent(statement);
        let stream = self.client.copy_out(statement).await?;
        Ok(CopyOut::new(stream, self.activity.clone()))
    }

    /// Cancels the statement of this session, from another task.
    #[must_use]
    pub fn canceller(&self) -> Canceller {
        Canceller { token: self.client.cancel_token(), tls: self.tls.clone() }
    }

    /// Logs a statement without its values; the wait for its answer ends when the result is dropped.
    fn sent(&self, statement: &str) -> Wait<'_> {
        if tracing::enabled!(tracing::Level::DEBUG) {
            let statement = without_values(Postgres, statement);
            tracing::debug!("target: {}", spell_out(&statement));
        }
        self.activity.send(statement)
    }

    /// Sends a statement without waiting for the result.
    pub(super) fn send(&self, statement: &str) {
        use futures_util::FutureExt as _;
        // The driver sends on the first poll; its task reads the answer and drops it.
        let _ = self.client.batch_execute(statement).now_or_never();
    }
}

/// Prepares a new session, and reads its number and which server it is connected to.
async fn prepare(client: &Client, dsn: &Dsn) -> Result<(i32, Server, ServerIdentity), Error> {
    let id = pool::refuse_moving_sessions(client, dsn).await?;
    session::configure_session(client).await?;
    let (server, identity) = identity::identify(client).await?;
    let address = connect::address(dsn);
    identity::require_same(&address, &dsn.instances.first(&address, &identity), &identity)?;
    Ok((id, server, identity))
}

/// Cancels a session's running statement.
#[derive(Clone)]
pub struct Canceller {
    token: tokio_postgres::CancelToken,
    tls: Option<Connector>,
}

impl Canceller {
    /// Asks the server to stop the statement, which then fails with SQLSTATE 57014.
    pub async fn cancel(&self) -> Result<(), Error> {
        match self.tls.clone() {
            Some(tls) => Ok(self.token.cancel_query(tls).await?),
            None => Ok(self.token.cancel_query(NoTls).await?),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Connection, CopyIn, CopyOut};

    /// It compiles, so a task that copies can be spawned.
    #[test]
    fn everything_can_move_between_threads() {
        fn sent<T: Send>(value: T) -> T {
            value
        }
        let _ = |mut connection: Connection, copy: (CopyIn, CopyOut)| {
            drop(sent(copy));
            drop(sent(super::super::read_catalog(&connection, "public")));
            drop(sent(async move { sent(connection.transaction().await?).commit().await }));
        };
    }
}
