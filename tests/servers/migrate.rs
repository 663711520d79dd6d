//! `migrate` as a user types it: the whole migration in one command.

use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Stdio};

use migration_assist::postgres::read_catalog;

use crate::copy::random::Random;
use crate::sample::Sample;
use crate::support::mysql::{Source, on_both_flavours};
use crate::support::postgres::Database;
use crate::support::program::{Run, command_in, finish, kill_after};
use crate::workspace::load;

struct Site {
    source: Source,
    target: Database,
    folder: tempfile::TempDir,
}

impl Site {
    async fn with(source: Source, awkward: bool) -> Self {
        load(&source, Sample { posts: 1200, awkward }).await;
        let folder = tempfile::tempdir().expect("a folder");
        Self { source, target: Database::create().await, folder }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        command_in(
            self.folder.path(),
            (&self.source.dsn, &self.target.dsn),
            ["migrate"].iter().chain(arguments),
        )
    }

    fn migrate(&self, arguments: &[&str]) -> Run {
        finish(self.command(arguments)).never_shows(self.source.dsn.password.expose())
    }

    /// Kills a migration that has said so many lines; whether it had not ended by then.
    fn kill_after(&self, lines: u64) -> bool {
        let mut command = self.command(&["--no-progress", "--verbose"]);
        let mut child = command.stderr(Stdio::piped()).spawn().expect("the binary runs");
        let said = child.stderr.take().expect("what it says");
        let (got_so_far, status) = kill_after(child, said, |_| true, lines);
        assert!(got_so_far || status.success(), "it ended by itself: {status}");
        status.signal().is_some()
    }
}

async fn ends_with_a_proof_and_so_does_a_second_run(source: Source) {
    let site = Site::with(source, false).await;
    site.migrate(&["--log", "run.log"]).expect(0).says("the target is proven equal");
    let log = std::fs::read_to_string(site.folder.path().join("run.log")).expect("a log");
    assert!(log.contains("the target is proven equal"));
    let again = site.migrate(&["--format=json"]).expect(0).json();
    let report = &again["report"];
    assert_eq!(report["verify"]["proof"], true);
    assert_eq!(report["schema"]["applied"], serde_json::json!([]));
    assert_eq!(report["indexes"]["failed"], serde_json::json!([]));
}

async fn stops_before_it_writes_where_a_decision_is_needed(source: Source) {
    let site = Site::with(source, true).await;
    site.migrate(&["--fix-in-flight"])
        .expect(1)
        .says("--on-overflow Users.Roles=")
        .says("nothing was written");
    let connection = site.target.connect().await;
    let live = read_catalog(&connection, "public").await.expect("a catalog");
    assert!(live.tables.is_empty());
    assert!(!site.folder.path().join("quarantine.jsonl").exists());
}

async fn changes_on_the_way_are_asked_for(source: Source) {
    let site = Site::with(source, false).await;
    let mut connection = site.source.connect().await;
    let nul = "UPDATE Posts SET Message = CONCAT('a', CHAR(0), 'b') ORDER BY Id LIMIT 3";
    connection.execute(nul).await.expect("three posts");
    site.migrate(&[]).expect(1).says("--fix-in-flight").says("nothing was written");
    site.migrate(&["--fix-in-flight"]).expect(0).says("the target is proven equal");
    let target = site.target.connect().await;
    let count = "SELECT count(*) FROM public.posts WHERE message = 'ab'";
    assert_eq!(target.query_one(count, &[]).await.expect("a count").get::<_, i64>(0), 3);
    assert!(site.folder.path().join("quarantine.jsonl").exists());
}

async fn after_a_rehearsal_it_offers_to_copy_again(source: Source) {
    let site = Site::with(source, false).await;
    site.migrate(&[]).expect(0).says("the target is proven equal");
    let mut connection = site.source.connect().await;
    connection.execute("UPDATE Users SET Nickname = 'later'").await.expect("a change");
    let again = site.migrate(&[]).expect(1);
    again
        .says("the target has the rows of a copy that was started at 2")
        .says("the source has changed since that copy")
        .says("nothing was copied")
        .says("copy again: `migration-assist migrate --restart`");
    let next = site.migrate(&["--format", "json"]).expect(1).json()["report"]["next"].clone();
    assert_eq!(next[0]["command"], "migration-assist migrate --restart");
    site.migrate(&["--restart"]).expect(0).says("the target is proven equal");
}

async fn quarantined_rows_are_copied_once_they_fit(source: Source) {
    let site = Site::with(source, false).await;
    let mut connection = site.source.connect().await;
    let long = "UPDATE Posts SET Hashtags = REPEAT('#', 1001) ORDER BY Id LIMIT 2";
    connection.execute(long).await.expect("two posts");
    site.migrate(&[])
        .expect(1)
        .says("migration-assist migrate --fix-in-flight")
        .says("nothing was written");
    site.migrate(&["--on-error", "quarantine"])
        .expect(1)
        .says("rows in the quarantine: 2")
        .says("--leave-out");
    let fitting = "UPDATE Posts SET Hashtags = '' WHERE CHAR_LENGTH(Hashtags) > 1000";
    connection.execute(fitting).await.expect("two posts");
    site.migrate(&[]).expect(0).says("the target is proven equal");
}

async fn a_part_of_the_source_is_no_proof_of_the_whole(source: Source) {
    let site = Site::with(source, false).await;
    site.migrate(&["--tables", "Users,Teams"])
        .expect(0)
        .says("all compared rows are equal: ")
        .says("no proof of the whole")
        .says("run the same command without `--tables`, `--exclude` and `--products`");
}

/// How often one and the same migration is killed before it may end.
const KILLS: u64 = 6;
/// The lines that a whole migration says.
const LINES: u64 = 400;

async fn resumes_after_every_kill(source: Source) {
    let site = Site::with(source, false).await;
    let mut random = Random::new("kills of a migration");
    let killed = (0..KILLS).filter(|_| site.kill_after(random.below(LINES))).count();
    assert!(killed > 0, "no migration was killed: nothing is proven");
    site.migrate(&[]).expect(0).says("the target is proven equal");
}

on_both_flavours![
    resumes_after_every_kill,
    ends_with_a_proof_and_so_does_a_second_run,
    stops_before_it_writes_where_a_decision_is_needed,
    changes_on_the_way_are_asked_for,
    after_a_rehearsal_it_offers_to_copy_again,
    quarantined_rows_are_copied_once_they_fit,
    a_part_of_the_source_is_no_proof_of_the_whole,
];
