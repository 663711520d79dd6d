//! What keeps the source from being followed, for `migrate --live`. It does not matter to a copy for which
//! Mattermost is stopped.

use crate::check::{Finding, Rule, Severity};
use crate::mysql::binlog::read_obstacles;
use crate::mysql::{Connection, Error};

/// A finding for each reason why the source's binary log cannot be followed.
pub async fn live_migration(connection: &mut Connection) -> Result<Vec<Finding>, Error> {
    let obstacles = read_obstacles(connection).await?;
    let server = connection.server();
    let finding = |obstacle: &crate::mysql::binlog::Obstacle| {
        let finding = Finding::new(Rule::LiveMigration, Severity::Note, obstacle.to_string());
        let finding = finding.action(obstacle.advice());
        let finding = match obstacle.table() {
            Some(table) => finding.at(table, None),
            None => finding,
        };
        match obstacle.statement(server) {
            Some(statement) => finding.statement(statement),
            None => finding,
        }
    };
    Ok(obstacles.iter().map(finding).collect())
}
