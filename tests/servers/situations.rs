//! Situations of real workspaces, from the first check to the proof, through the command line.

mod limits;
mod names;
mod objects;
mod plugins;
mod search;

use migration_assist::sql::Dialect::MySql;

use crate::sample::Sample;
use crate::support::mysql::{Source, run};
use crate::support::postgres::Database;
use crate::support::program::{Run, command_in, finish};
use crate::workspace::load;

/// A small workspace on a source, an empty target, and a folder to work in.
struct Situation {
    source: Source,
    target: Database,
    folder: tempfile::TempDir,
}

impl Situation {
    async fn new(source: Source) -> Self {
        load(&source, Sample { posts: 50, awkward: false }).await;
        let folder = tempfile::tempdir().expect("a folder");
        Self { source, target: Database::create().await, folder }
    }

    /// Runs statements on the source.
    async fn source_sql(&self, sql: &str) {
        run(&mut self.source.connect().await, sql).await;
    }

    /// The exact names of the source's tables.
    async fn source_tables(&self) -> Vec<String> {
        let sql = "SELECT TABLE_NAME FROM information_schema.TABLES
            WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE'";
        self.source.connect().await.query(sql).await.expect("names")
    }

    /// Gives every table of the source its name in lower case, as a server with
    /// `lower_case_table_names=1` has it.
    async fn lower_table_names(&self) {
        let is_mixed = |name: &&String| name.to_lowercase() != **name;
        let names = self.source_tables().await;
        let [from, to]: [fn(&str) -> String; 2] =
            [|name| MySql.identifier(name), |name| MySql.identifier(&name.to_lowercase())];
        let renames: Vec<String> = names
            .iter()
            .filter(is_mixed)
            .map(|name| format!("RENAME TABLE {} TO {}", from(name), to(name)))
            .collect();
        self.source_sql(&renames.join(";")).await;
    }

    /// The answer of the target to a query of one number.
    async fn target_count(&self, sql: &str) -> i64 {
        self.target.connect().await.query_one(sql, &[]).await.expect("a count").get(0)
    }

    /// Runs a command with both sides in its environment.
    fn run(&self, arguments: &[&str]) -> Run {
        self.run_with(arguments, "NO_COLOR", "1")
    }

    /// The same with another variable in its environment.
    fn run_with(&self, arguments: &[&str], name: &str, value: &str) -> Run {
        let mut command =
            command_in(self.folder.path(), (&self.source.dsn, &self.target.dsn), arguments);
        command.env(name, value);
        finish(command).never_shows(self.source.dsn.password.expose())
    }
}
