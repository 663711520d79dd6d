//! Fills an empty database of a MySQL or MariaDB server with the sample workspace.

use std::path::Path;

use migration_assist::migrations;
use migration_assist::mysql::{Connection, Error};
use migration_assist::release::MigrationSet;
use migration_assist::sql::Dialect::MySql;

/// From so many posts on, the indexes of `Posts` are built after its rows.
const BULK: u64 = 100_000;

/// How large the workspace is and what is in it.
#[derive(Debug, Clone, Copy)]
pub struct Sample {
    /// How many posts; everything else follows from it. Not below 1200.
    pub posts: u64,
    /// Whether it contains the problems that the checks look for.
    pub awkward: bool,
}

/// Builds the source schema of `set` and its bookkeeping, as Mattermost would have left them.
pub async fn build_schema(connection: &mut Connection, set: &MigrationSet) -> Result<(), Error> {
    connection
        .execute(
            "CREATE TABLE db_migrations (Version bigint(20) NOT NULL, Name varchar(64) NOT NULL,
                 PRIMARY KEY (Version));
             CREATE TABLE db_lock (Id varchar(64) NOT NULL, ExpireAt bigint(20) NOT NULL,
                 PRIMARY KEY (Id))",
        )
        .await?;
    for migration in migrations::source().iter().filter(|it| set.contains(it.number)) {
        // One view needs it. No row depends on the view.
        if connection.server().has_json_table() || !migration.sql.contains("JSON_TABLE") {
            connection.execute(&migration.sql).await?;
        }
        let name = MySql.literal(&migration.name);
        let row = format!("INSERT INTO db_migrations VALUES ({}, {name})", migration.number);
        connection.execute(&row).await?;
    }
    Ok(())
}

/// Builds the newest source schema and fills it.
pub async fn load(connection: &mut Connection, sample: Sample) -> Result<(), Error> {
    let all: MigrationSet = migrations::source().iter().map(|it| it.number).collect();
    build_schema(connection, &all).await?;
    fill(connection, sample).await
}

/// Fills the newest source schema.
pub async fn fill(connection: &mut Connection, sample: Sample) -> Result<(), Error> {
    let bulk = sample.posts >= BULK;
    let full_text = u8::from(!bulk);
    connection.execute(&format!("SET @posts = {}, @fulltext = {full_text}", sample.posts)).await?;
    for (file, wanted) in [
        ("ids.sql", true),
        ("bulk-before.sql", bulk),
        ("workspace.sql", true),
        ("bulk-after.sql", bulk),
        ("cleanup.sql", true),
        ("awkward.sql", sample.awkward),
    ] {
        if wanted {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/workspace");
            let sql = std::fs::read_to_string(folder.join(file)).expect("a file of the workspace");
            connection.execute(&sql).await?;
        }
    }
    Ok(())
}
