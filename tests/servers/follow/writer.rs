//! A session that writes to the source as Mattermost does, until it is stopped.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use migration_assist::mysql::{Access, Connection};
use tokio::task::JoinHandle;

use super::site::Site;
use crate::support::mysql::{open, run};

/// A writer that runs.
pub struct Writer {
    stop: Arc<AtomicBool>,
    written: Arc<AtomicU64>,
    task: JoinHandle<()>,
}

impl Writer {
    /// Begins to write.
    pub async fn start(site: &Site) -> Self {
        let mut connection = open(&site.mattermost, Access::Writing).await;
        let columns: Option<String> = connection
            .query_optional(
                "SELECT GROUP_CONCAT(COLUMN_NAME ORDER BY ORDINAL_POSITION)
                 FROM information_schema.COLUMNS
                 WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'Posts' AND COLUMN_NAME <> 'Id'",
            )
            .await
            .expect("columns");
        let columns = columns.expect("table Posts");
        let (stop, written) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let task = {
            let (stop, written) = (Arc::clone(&stop), Arc::clone(&written));
            tokio::spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    let number = written.fetch_add(1, Ordering::Relaxed);
                    write(&mut connection, &columns, number).await;
                }
            })
        };
        while written.load(Ordering::Relaxed) < 50 {
            tokio::task::yield_now().await;
        }
        Self { stop, written, task }
    }

    /// Ends it; how often it has written.
    pub async fn stop(self) -> u64 {
        self.stop.store(true, Ordering::Relaxed);
        self.task.await.expect("the writer ends");
        self.written.load(Ordering::Relaxed)
    }
}

/// Writes once: what, follows from the number.
async fn write(connection: &mut Connection, posts: &str, number: u64) {
    let new = |number: u64| format!("live{number:022}");
    let (id, earlier) = (new(number), new(number / 2));
    let sql = match number % 12 {
        // Posts are written most.
        0..=2 => format!(
            "INSERT INTO Posts (Id, {posts}) SELECT '{id}', {posts} FROM Posts
             ORDER BY Id LIMIT 1 OFFSET {}",
            number % 97
        ),
        3 => format!(
            "UPDATE Posts SET Message = CONCAT('edited \u{1f600} \\\\ \\t ', {number}),
                 Props = '{{\"a\": [1.50, \"\\\\u00e9\"], \"b\": null}}', EditAt = {number}
             WHERE Id = '{earlier}'"
        ),
        4 => format!("DELETE FROM Posts WHERE Id = '{earlier}'"),
        // Of a mention of everyone.
        5 => format!(
            "UPDATE ChannelMembers SET MentionCount = MentionCount + 1, LastUpdateAt = {number}
             WHERE ChannelId = (SELECT Id FROM Channels ORDER BY Id LIMIT 1 OFFSET {})",
            number % 5
        ),
        6 => format!(
            "INSERT INTO Status (UserId, Status, Manual, LastActivityAt, DNDEndTime, PrevStatus)
             VALUES ('{}', 'away', 0, {number}, 0, '')
             ON DUPLICATE KEY UPDATE Status = 'online', LastActivityAt = {number}",
            new(number % 40)
        ),
        // Keys change.
        7 => format!(
            "UPDATE Posts SET Id = '{}' WHERE Id = '{earlier}'",
            new(number + 1_000_000_000)
        ),
        // Values of a unique index move between rows.
        8 => "SET @one = (SELECT MIN(Id) FROM Channels), @two = (SELECT MAX(Id) FROM Channels);
             SET @name = (SELECT Name FROM Channels WHERE Id = @one);
             SET @other = (SELECT Name FROM Channels WHERE Id = @two);
             START TRANSACTION;
             UPDATE Channels SET Name = 'between' WHERE Id = @one;
             UPDATE Channels SET Name = @name WHERE Id = @two;
             UPDATE Channels SET Name = @other WHERE Id = @one;
             COMMIT"
            .to_owned(),
        9 => format!(
            "START TRANSACTION;
             UPDATE Posts SET Message = 'never' WHERE Id < 'm';
             INSERT INTO Posts (Id, {posts}) SELECT '{id}', {posts} FROM Posts LIMIT 1;
             ROLLBACK"
        ),
        10 => format!(
            "START TRANSACTION;
             INSERT INTO Posts (Id, {posts}) SELECT '{id}', {posts} FROM Posts ORDER BY Id LIMIT 1;
             SAVEPOINT a;
             DELETE FROM Posts WHERE Id = '{id}';
             ROLLBACK TO SAVEPOINT a;
             UPDATE Posts SET Message = 'kept', HasReactions = 1 WHERE Id = '{id}';
             COMMIT"
        ),
        _ => format!(
            "DELETE FROM Preferences WHERE UserId = 'live' AND Name = '{earlier}';
             INSERT INTO Preferences (UserId, Category, Name, Value)
             VALUES ('live', 'c', '{id}', '{number}')"
        ),
    };
    run(connection, &sql).await;
}
