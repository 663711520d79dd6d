//! A session on the target, the same whatever the server's settings are.

use std::sync::Arc;

use bytes::Bytes;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, NoTls, Row, SimpleQueryMessage};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::keep_alive::KeepAlive;
use super::running::Registration;
use super::{
    CopyIn, CopyOut, Dsn, Error, Server, ServerIdentity, Transaction, connect, identity, pool,
    session,
};
use crate::sql::Dialect::Postgres;

/// A session on a server. It ends when this is dropped.
pub struct Connection {
    /// Asks the server for a sign of life while nothing else does.
    _keep_alive: KeepAlive,
    client: Arc<Client>,
    tls: Option<MakeRustlsConnect>,
    server: Server,
    identity: ServerIdentity,
    /// Lets an interruption end the statement that runs.
    _registration: Registration,
}

impl Connection {
    /// Logs in, within `connect_timeout` or 10 seconds, and puts the session's settings in order.
    ///
    /// `sslmode` `prefer` and `allow` try TLS first and go without it where the server cannot.
    /// Refuses a pool that moves sessions between server connections, and a server other than the one
    /// that earlier sessions of this DSN reached.
    pub async fn connect(dsn: &Dsn) -> Result<Self, Error> {
        let (client, tls) = connect::connect(dsn).await?;
        let (server, identity) = connect::within(dsn, Box::pin(prepare(&client, dsn))).await?;
        let canceller = Canceller { token: client.cancel_token(), tls: tls.clone() };
        let registration = Registration::new(canceller);
        let client = Arc::new(client);
        let keep_alive = KeepAlive::start(&client, dsn.keep_alive);
        Ok(Self {
            _keep_alive: keep_alive,
            client,
            tls,
            server,
            identity,
            _registration: registration,
        })
    }

    /// Which instance of PostgreSQL the session is with.
    #[must_use]
    pub fn identity(&self) -> &ServerIdentity {
        &self.identity
    }

    /// The server's version.
    #[must_use]
    pub fn server(&self) -> Server {
        self.server
    }

    /// Whether the session is encrypted; over a Unix socket it never is.
    pub async fn is_encrypted(&self) -> Result<bool, Error> {
        let row =
            self.query_one("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()", &[]).await?;
        Ok(row.get(0))
    }

    /// Lets unqualified names of this session mean those of one schema, and no other's.
    pub async fn use_schema(&self, schema: &str) -> Result<(), Error> {
        self.batch_execute(&format!("SET search_path = {}", Postgres.identifier(schema))).await
    }

    /// Runs statements without parameters: one transaction, unless they hold BEGIN or COMMIT.
    pub async fn batch_execute(&self, statements: &str) -> Result<(), Error> {
        Ok(self.client.batch_execute(statements).await?)
    }

    /// Runs statements without parameters and hands back the rows of all of them, as text.
    pub(super) async fn batch_query(&self, statements: &str) -> Result<Vec<String>, Error> {
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
        Ok(self.client.query(statement, parameters).await?)
    }

    /// Runs one statement that yields exactly one row.
    pub async fn query_one(
        &self,
        statement: &str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<Row, Error> {
        Ok(self.client.query_one(statement, parameters).await?)
    }

    /// Runs one statement that yields one row at most.
    pub async fn query_opt(
        &self,
        statement: &str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<Option<Row>, Error> {
        Ok(self.client.query_opt(statement, parameters).await?)
    }

    /// Runs one statement and tells how many rows it touched.
    pub async fn execute(
        &self,
        statement: &str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<u64, Error> {
        Ok(self.client.execute(statement, parameters).await?)
    }

    /// Begins a transaction, which is rolled back unless it is committed.
    pub async fn transaction(&mut self) -> Result<Transaction<'_>, Error> {
        Transaction::begin(self, "BEGIN").await
    }

    /// Begins a transaction that writes nothing and sees the database as it is now until its end.
    pub async fn snapshot(&mut self) -> Result<Transaction<'_>, Error> {
        Transaction::begin(self, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await
    }

    /// Starts a `COPY … FROM STDIN`.
    pub async fn copy_in(&self, statement: &str) -> Result<CopyIn, Error> {
        Ok(CopyIn::new(self.client.copy_in::<_, Bytes>(statement).await?))
    }

    /// Starts a `COPY … TO STDOUT`.
    pub async fn copy_out(&self, statement: &str) -> Result<CopyOut, Error> {
        Ok(CopyOut::new(self.client.copy_out(statement).await?))
    }

    /// What stops the statement that this session is running, from another task.
    #[must_use]
    pub fn canceller(&self) -> Canceller {
        Canceller { token: self.client.cancel_token(), tls: self.tls.clone() }
    }

    /// Sends a statement and does not wait for what comes of it.
    pub(super) fn send(&self, statement: &str) {
        use futures_util::FutureExt as _;
        // The driver sends on the first poll; its task reads the answer and drops it.
        let _ = self.client.batch_execute(statement).now_or_never();
    }
}

/// Makes a new session ready, and learns what server it is with.
async fn prepare(client: &Client, dsn: &Dsn) -> Result<(Server, ServerIdentity), Error> {
    pool::refuse_moving_sessions(client, dsn).await?;
    session::settle(client).await?;
    let (server, identity) = identity::identify(client).await?;
    let address = connect::address(dsn);
    identity::require_same(&address, &dsn.instances.first(&address, &identity), &identity)?;
    Ok((server, identity))
}

/// Stops a session's running statement.
#[derive(Clone)]
pub struct Canceller {
    token: tokio_postgres::CancelToken,
    tls: Option<MakeRustlsConnect>,
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

    /// It compiles, or a task that copies could not be spawned.
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
