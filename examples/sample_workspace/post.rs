//! A client that posts the whole time, as Mattermost does: to MySQL, and to PostgreSQL once the configuration
//! names it. It counts what the servers acknowledged, and for how long none did.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use migration_assist::mysql::{self, Access};
use migration_assist::postgres::{self, Defaults};
use tokio::time::{MissedTickBehavior, interval, sleep};

/// The time between two posts.
const PACE: Duration = Duration::from_millis(5);
/// The time between two attempts while the server refuses writes.
const RETRY: Duration = Duration::from_millis(10);
/// The server's "running with the --read-only option".
const READ_ONLY: u16 = 1290;
/// The server's "deadlock found": the transaction is repeated.
const DEADLOCK: u16 = 1213;

/// What was posted.
#[derive(Debug, Default)]
pub struct Posted {
    /// The ids of the posts that MySQL acknowledged.
    pub on_source: Vec<String>,
    /// The ids of the posts that PostgreSQL acknowledged.
    pub on_target: Vec<String>,
    /// From the last post that MySQL acknowledged to the first that PostgreSQL did.
    pub stopped: Option<Duration>,
}

/// What the target has of it.
#[derive(Debug, PartialEq, Eq)]
pub struct Arrived {
    /// Acknowledged posts that it lacks.
    pub missing: usize,
    /// All posts of this client.
    pub posts: i64,
    /// How often a post was counted in its channel, in the post's transaction.
    pub counted: i64,
}

/// Posts until `stop` is set; `acknowledged` follows the number of posts.
pub async fn post(
    source: &mysql::Dsn,
    configuration: &Path,
    stop: &AtomicBool,
    acknowledged: Arc<AtomicU64>,
) -> Result<Posted, Box<dyn Error + Send + Sync>> {
    let mut connection = mysql::Connection::connect(source, Access::Writing).await?;
    connection.execute("UPDATE Channels SET TotalMsgCount = 0").await?;
    let columns: Option<String> = connection
        .query_optional(
            "SELECT GROUP_CONCAT(COLUMN_NAME ORDER BY ORDINAL_POSITION)
             FROM information_schema.COLUMNS
             WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'Posts' AND COLUMN_NAME <> 'Id'",
        )
        .await?;
    let columns = columns.ok_or("there is no table `Posts`")?;
    // Named by its key: to insert what it selects from the same table, MariaDB would sort the whole table each time.
    let template: String = connection.query_one("SELECT Id FROM Posts ORDER BY Id LIMIT 1").await?;
    let mut posted = Posted::default();
    let mut pace = interval(PACE);
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut last = Instant::now();
    let mut target = None;
    for number in 0_u64.. {
        pace.tick().await;
        let id = format!("client{number:020}");
        while target.is_none() && !stop.load(Ordering::Relaxed) {
            let statements = format!(
                "START TRANSACTION;
                 INSERT INTO Posts (Id, {columns}) SELECT '{id}', {columns} FROM Posts
                     WHERE Id = '{template}';
                 UPDATE Channels SET TotalMsgCount = TotalMsgCount + 1 ORDER BY Id LIMIT 1;
                 COMMIT"
            );
            match connection.execute(&statements).await {
                Ok(_) => {
                    last = Instant::now();
                    posted.on_source.push(id.clone());
                    break;
                }
                Err(error) if matches!(error.code(), Some(READ_ONLY | DEADLOCK)) => {
                    connection.execute("ROLLBACK").await?;
                    sleep(RETRY).await;
                    target = connect_target(configuration).await?;
                }
                Err(error) => return Err(error.into()),
            }
        }
        if stop.load(Ordering::Relaxed) {
            return Ok(posted);
        }
        if let Some(target) = &target {
            let statements = format!(
                "BEGIN;
                 INSERT INTO public.posts SELECT (jsonb_populate_record(it,
                     jsonb_build_object('id', '{id}'))).* FROM public.posts AS it LIMIT 1;
                 UPDATE public.channels SET totalmsgcount = totalmsgcount + 1
                     WHERE id = (SELECT min(id) FROM public.channels);
                 COMMIT"
            );
            target.batch_execute(&statements).await?;
            posted.stopped.get_or_insert_with(|| last.elapsed());
            posted.on_target.push(id);
        }
        acknowledged.fetch_add(1, Ordering::Relaxed);
    }
    unreachable!("the numbers do not end")
}

/// A session with the database that the configuration names, once that is PostgreSQL.
async fn connect_target(
    configuration: &Path,
) -> Result<Option<postgres::Connection>, Box<dyn Error + Send + Sync>> {
    let text = tokio::fs::read_to_string(configuration).await?;
    let settings: serde_json::Value = serde_json::from_str(&text)?;
    let named = settings["SqlSettings"]["DataSource"].as_str().unwrap_or_default();
    if !named.starts_with("postgres") {
        return Ok(None);
    }
    let target = postgres::Dsn::parse(named, &Defaults::default())?;
    Ok(Some(postgres::Connection::connect(&target).await?))
}

/// Looks for the posts on the target.
pub async fn look(
    target: &postgres::Connection,
    posted: &Posted,
) -> Result<Arrived, Box<dyn Error + Send + Sync>> {
    let acknowledged: Vec<&String> = posted.on_source.iter().chain(&posted.on_target).collect();
    let statement = "SELECT count(*) FILTER (WHERE id = ANY ($1)), count(*),
            (SELECT sum(totalmsgcount) FROM public.channels)::bigint
        FROM public.posts WHERE id LIKE 'client%'";
    let row = target.query_one(statement, &[&acknowledged]).await?;
    let found = usize::try_from(row.get::<_, i64>(0))?;
    Ok(Arrived { missing: acknowledged.len() - found, posts: row.get(1), counted: row.get(2) })
}
