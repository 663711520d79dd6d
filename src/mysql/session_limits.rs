//! How many more sessions an account may open.

use super::{Connection, Error, Row, quoted_account};

/// The limit of sessions that is reached first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionLimit {
    /// The number of sessions that the server grants next to those that are open now.
    pub free: u32,
    limit: i64,
    /// The account with the limit, quoted; `None` if the limit is the server's.
    account: Option<String>,
}

impl SessionLimit {
    /// The limit once the session that read it has ended.
    #[must_use]
    pub fn without_reader(self) -> Self {
        Self { free: self.free.saturating_add(1), ..self }
    }

    /// The statement by which an administrator grants so many more sessions.
    #[must_use]
    pub fn raise(&self, more: u32) -> String {
        let limit = self.limit + i64::from(more);
        match &self.account {
            Some(account) => format!("ALTER USER {account} WITH MAX_USER_CONNECTIONS {limit};"),
            None => format!("SET GLOBAL max_connections = {limit};"),
        }
    }
}

/// Reads the limits of the account and of the server; `None` if there is no limit that the account can see.
pub async fn session_limit(connection: &mut Connection) -> Result<Option<SessionLimit>, Error> {
    let limits = "SELECT CAST(@@SESSION.max_user_connections AS SIGNED),
        CAST(@@GLOBAL.max_connections AS SIGNED), SUBSTRING_INDEX(USER(), '@', 1), CURRENT_USER()";
    let limits: (i64, i64, String, String) = connection.query_one(limits).await?;
    let (of_account, of_server, user, account) = limits;
    let open: Option<(String, i64)> =
        connection.query_optional("SHOW GLOBAL STATUS LIKE 'Threads_connected'").await?;
    let sessions: Vec<Row> = connection.query("SHOW PROCESSLIST").await?;
    let is_own = |row: &&Row| row.get::<String, _>("User").as_deref() == Some(user.as_str());
    let own = i64::try_from(sessions.iter().filter(is_own).count()).unwrap_or(i64::MAX);
    let account = (of_account > 0).then(|| (of_account - own, of_account, Some(account)));
    let server = open.map(|(_, open)| (of_server - open, of_server, None));
    let lowest = account.into_iter().chain(server).min_by_key(|(free, ..)| *free);
    Ok(lowest.map(|(free, limit, account)| SessionLimit {
        free: u32::try_from(free.max(0)).unwrap_or(u32::MAX),
        limit,
        account: account.as_deref().map(quoted_account),
    }))
}
