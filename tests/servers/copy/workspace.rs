//! A workspace on a source, the schema for it on a target, and copying the one into the other.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use migration_assist::copy::{CopyOptions, CopyReport, Error, copy};
use migration_assist::migrations;
use migration_assist::progress::{Progress, Silent};
use migration_assist::quarantine::{Line, Purpose, Quarantine, Reader, Record};
use migration_assist::source;

use crate::sample::{Sample, fill};
use crate::support::mysql::{Source, run};
use crate::support::postgres::Database;
use crate::workspace::{build, newest};

/// Both sides of a copy, and a quarantine.
pub struct Pair {
    pub source: Source,
    pub target: Database,
    folder: tempfile::TempDir,
}

impl Pair {
    /// The schema of the newest set on both sides, and no rows.
    pub async fn empty(source: Source) -> Self {
        let target = Database::create().await;
        build(&source, &newest()).await;
        let mut connection = target.connect().await;
        migrations::run(&mut connection, "public", &newest(), &Silent).await.expect("a schema");
        Self { source, target, folder: tempfile::tempdir().expect("a folder") }
    }

    /// The sample workspace, of its smallest size, and the schema for it.
    pub async fn filled(source: Source) -> Self {
        let pair = Self::empty(source).await;
        let wanted = Sample { posts: 1200, awkward: false };
        fill(&mut pair.source.connect().await, wanted).await.expect("a workspace");
        // Sizes are what a plan goes by, and a server takes its time to notice.
        pair.sql("ANALYZE TABLE Posts, Preferences, Audits, ChannelMembers, Reactions").await;
        pair
    }

    /// Runs statements on the source.
    pub async fn sql(&self, sql: &str) {
        run(&mut self.source.connect().await, sql).await;
    }

    /// Runs statements on the target.
    pub async fn target_sql(&self, sql: &str) {
        self.target.connect().await.batch_execute(sql).await.expect("sound statements");
    }

    /// Copies with small parts, so that there are many.
    pub async fn copy(&self, options: &CopyOptions) -> Result<CopyReport, Error> {
        self.copy_from(&self.source.dsn, options, Arc::new(Silent)).await
    }

    /// The same by another account, or with a listener.
    pub async fn copy_from(
        &self,
        source: impl Into<source::Source>,
        options: &CopyOptions,
        progress: Arc<dyn Progress>,
    ) -> Result<CopyReport, Error> {
        let quarantine = Quarantine::open(&self.quarantine(), Purpose::Copy, self.source.name());
        let quarantine = Arc::new(Mutex::new(quarantine.expect("a quarantine")));
        copy(source, &self.target.dsn, options, quarantine, progress).await
    }

    /// Where the quarantine is.
    pub fn quarantine(&self) -> PathBuf {
        self.folder.path().join("quarantine.jsonl")
    }

    /// What the quarantine holds.
    pub fn kept(&self) -> Vec<Record> {
        if !self.quarantine().exists() {
            return Vec::new();
        }
        let mut lines = Reader::open(&self.quarantine()).expect("a quarantine");
        let mut records = Vec::new();
        while let Some(line) = lines.next_line().expect("a line") {
            if let Line::Record(entry) = line {
                records.push(entry.record);
            }
        }
        records
    }

    /// How many rows a query of the target counts.
    pub async fn count(&self, query: &str) -> i64 {
        let connection = self.target.connect().await;
        connection.query_one(query, &[]).await.expect("a count").get(0)
    }

    /// Makes the target what it was before the first copy; its indexes stay.
    pub async fn clean(&self) {
        self.target_sql(
            "DROP SCHEMA IF EXISTS migration_assist CASCADE;
             DO $$ BEGIN
                 EXECUTE (SELECT 'TRUNCATE ' || string_agg(format('%I.%I', schemaname, tablename), ', ')
                     FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'db_migrations');
             END $$",
        )
        .await;
    }

    /// Fails the test unless every table in the ledger has the rows that the ledger records.
    pub async fn assert_ledger_is_sound(&self) {
        if self.is_untouched().await {
            return;
        }
        let unsound = "SELECT count(*) FROM (
                SELECT table_name, sum(rows_written) AS written
                FROM migration_assist.copied_parts WHERE finished GROUP BY table_name
            ) AS recorded WHERE written <> (xpath('/row/count/text()', query_to_xml(
                format('SELECT count(*) FROM public.%I', table_name), false, true, '')))[1]::text::bigint";
        assert_eq!(self.count(unsound).await, 0, "the ledger and the tables differ");
    }

    /// Whether the target knows nothing of a copy.
    pub async fn is_untouched(&self) -> bool {
        self.count("SELECT count(*) FROM pg_namespace WHERE nspname = 'migration_assist'").await
            == 0
    }
}

/// Options for a small workspace: three workers, and parts of a few rows.
pub fn options() -> CopyOptions {
    CopyOptions { jobs: 3, part_bytes: 24 << 10, ..CopyOptions::default() }
}
