//! Following the binary log of a source that is being written, on servers with a log of rows.

mod actions;
mod failures;
mod histories;
pub mod site;
mod witnesses;
pub mod writer;

use std::process::Stdio;

use migration_assist::ledger;
use migration_assist::mysql::Flavour;
use migration_assist::postgres::{release_exclusive, take_exclusive};
use migration_assist::quarantine::{Action, Record};
use site::Site;
use writer::Writer;

use crate::copy::compare::{assert_equal, structure};
use crate::copy::random::Random;
use crate::cutover::fixtures::{arguments, config, file};
use crate::support::own_server::on_servers_of_both_flavours;
use crate::support::program::{Run, Watchdog, command, finish};

on_servers_of_both_flavours!(
    a_source_that_is_written_is_followed_through_kills,
    statements_that_change_a_followed_table_stop,
    rows_that_do_not_fit_stop_or_are_quarantined,
    what_was_not_copied_to_be_followed_is_refused,
    rows_that_a_foreign_key_deletes_go_too,
    a_live_switch_falls_back_or_is_proven
);

/// How often the follower is killed.
const KILLS: u64 = 6;

async fn a_source_that_is_written_is_followed_through_kills(flavour: Flavour) {
    let site = Site::start(flavour).await;
    let before = structure(&site.pair).await;
    let writer = Writer::start(&site).await;
    site.run(&["copy", "--live", "--no-check", "--jobs", "3"]).expect(0);
    let mut random = Random::new("kills of the follower");
    for _ in 0..KILLS {
        let mut command = site.command(&["follow", "--quiet"]);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().expect("the binary runs");
        let watchdog = Watchdog::over(child.id());
        site.wait_for_changes(random.below(400)).await;
        child.kill().expect("it can be killed");
        child.wait().expect("it ends");
        drop(watchdog);
    }
    // It catches up while the writer writes.
    let run = site.run(&["follow", "--until-caught-up"]).expect(0);
    assert!(run.stderr.contains("caught up at "), "{}", run.stderr);
    let written = writer.stop().await;
    assert!(written > 0);
    let report = site.json(&["follow", "--until-caught-up", "--format", "json"], 0);
    assert_eq!(report["report"]["outcome"], "caught-up");
    assert_eq!(report["report"]["unknown_tables"], serde_json::json!([]));
    assert_equal(&site.pair).await;
    let run = site.run(&["verify"]).expect(0);
    assert!(run.stderr.contains("the target is proven equal"), "{}", run.stderr);
    let waiting = "SELECT count(*) FROM migration_assist.removed_definitions
        WHERE stage <> 'foreign-key'";
    assert_eq!(
        site.pair.count(waiting).await,
        0,
        "unique indexes are built once rows fit together"
    );
    let proof = ledger::latest_proof(&site.pair.target.connect().await, "public").await;
    assert!(!proof.expect("a record").expect("a proof").is_outdated);
    let run = site.run(&["follow", "--finish"]).expect(1);
    assert!(run.stderr.contains("the source is not read-only"), "{}", run.stderr);
    site.pair.sql("UPDATE Channels SET TotalMsgCount = TotalMsgCount + 1 LIMIT 1").await;
    site.run(&["follow", "--until-caught-up"]).expect(0);
    let proof = ledger::latest_proof(&site.pair.target.connect().await, "public").await;
    assert!(proof.expect("a record").expect("a proof").is_outdated, "a change was applied since");
    site.pair.sql("SET GLOBAL read_only = ON").await;
    let run = site.run(&["follow", "--finish"]).expect(0);
    assert!(run.stderr.contains("indexes and constraints built: "), "{}", run.stderr);
    assert_eq!(
        site.pair.count("SELECT count(*) FROM migration_assist.removed_definitions").await,
        0
    );
    assert!(structure(&site.pair).await == before, "the target's indexes are not what they were");
    site.run(&["verify"]).expect(0);
    let run = site.run(&["follow"]).expect(1);
    assert!(run.stderr.contains("has the foreign key"), "{}", run.stderr);
    site.pair.sql("SET GLOBAL read_only = OFF").await;
}

async fn statements_that_change_a_followed_table_stop(flavour: Flavour) {
    let site = Site::start(flavour).await;
    site.run(&["copy", "--live", "--no-check"]).expect(0);
    site.pair
        .sql(
            "CREATE TABLE IF NOT EXISTS db_lock (Id varchar(64) PRIMARY KEY, ExpireAt bigint);
             CREATE TABLE IF NOT EXISTS Teams (Id varchar(26) PRIMARY KEY);
             ALTER TABLE Teams ADD INDEX idx_added (UpdateAt);
             CREATE TABLE Another (Id int PRIMARY KEY);
             INSERT INTO Another VALUES (1);
             UPDATE Teams SET DisplayName = 'before' ORDER BY Id LIMIT 1",
        )
        .await;
    let report = site.json(&["follow", "--until-caught-up", "--format", "json"], 0);
    assert_eq!(report["report"]["unknown_tables"], serde_json::json!(["Another"]));
    let connection = site.pair.target.connect().await;
    let appeared = async || {
        ledger::appeared_tables(&connection, "public").await.expect("the ledger can be read")
    };
    assert_eq!(appeared().await, ["Another"]);
    site.pair.sql("DROP TABLE Another").await;
    let report = site.json(&["follow", "--until-caught-up", "--format", "json"], 0);
    assert_eq!(report["report"]["unknown_tables"], serde_json::json!([]));
    assert_eq!(appeared().await, [""; 0]);
    let named = |name: &str| format!("SELECT count(*) FROM teams WHERE displayname = '{name}'");
    let named = |name: &str| named(name).replace("FROM ", "FROM public.");
    assert_eq!(site.pair.count(&named("before")).await, 1);
    site.pair
        .sql(
            "UPDATE Teams SET DisplayName = 'last' ORDER BY Id LIMIT 1;
             ALTER TABLE Teams ADD COLUMN Added int;
             UPDATE Teams SET DisplayName = 'behind' ORDER BY Id LIMIT 1",
        )
        .await;
    site.run(&["follow"]).expect(1).says("the definition of table `Teams` has changed");
    site.pair.sql("ALTER TABLE Teams DROP COLUMN Added").await;
    site.run(&["follow"]).expect(1).says("stopped: ").says("`Teams`");
    assert_eq!(site.pair.count(&named("last")).await, 1, "everything before it is applied");
    assert_eq!(site.pair.count(&named("behind")).await, 0, "nothing behind it is");
    let again = site.json(&["follow", "--format", "json"], 1);
    assert_eq!(again["report"]["outcome"], "stopped");
}

async fn rows_that_do_not_fit_stop_or_are_quarantined(flavour: Flavour) {
    let site = Site::start(flavour).await;
    site.run(&["copy", "--live", "--no-check"]).expect(0);
    let id: String = {
        let mut connection = site.pair.source.connect().await;
        let id = connection.query_optional("SELECT Id FROM Posts ORDER BY Id LIMIT 1").await;
        id.expect("an answer").expect("a post")
    };
    site.pair
        .sql(&format!(
            "UPDATE Teams SET DisplayName = 'before' ORDER BY Id LIMIT 1;
             UPDATE Posts SET Message = REPEAT('x', 7), Filenames = REPEAT('x', 4001) WHERE Id = '{id}'"
        ))
        .await;
    site.run(&["follow", "--until-caught-up"])
        .expect(1)
        .says("a row of table `Posts` that does not fit");
    let before = "SELECT count(*) FROM public.teams WHERE displayname = 'before'";
    assert_eq!(site.pair.count(before).await, 1);
    let present = format!("SELECT count(*) FROM public.posts WHERE id = '{id}'");
    assert_eq!(site.pair.count(&present).await, 1, "its transaction is not applied");
    let flags = ["follow", "--until-caught-up", "--on-error", "quarantine", "--format", "json"];
    let report = site.json(&flags, 0);
    assert_eq!(report["report"]["rejected"]["posts"], 1);
    assert_eq!(site.pair.count(&present).await, 0, "its earlier version goes");
    let left_out = |record: &&Record| matches!(record.action, Action::Deleted { .. });
    assert_eq!(site.pair.kept().iter().filter(left_out).count(), 1);
    site.pair.sql(&format!("UPDATE Posts SET Filenames = '[]' WHERE Id = '{id}'")).await;
    let report = site.json(&flags, 0);
    assert_eq!(report["report"]["rejected"], serde_json::json!({}));
    assert_equal(&site.pair).await;
}

async fn what_was_not_copied_to_be_followed_is_refused(flavour: Flavour) {
    let site = Site::start(flavour).await;
    let refused_with = |status: i32, reason: &str| {
        let run = site.run(&["follow"]).expect(status);
        assert!(run.stderr.contains(reason), "{}", run.stderr);
        assert!(run.stderr.contains("hint: "), "{}", run.stderr);
    };
    let refused = |reason: &str| refused_with(1, reason);
    refused("no copy into schema `public` is on record");
    site.pair.sql("SET GLOBAL binlog_row_image = 'MINIMAL'").await;
    refused("binlog_row_image");
    let run = site.run(&["copy", "--live", "--no-check"]).expect(1);
    assert!(run.stderr.contains("binlog_row_image"), "{}", run.stderr);
    assert!(site.pair.is_untouched().await, "nothing was copied");
    site.pair.sql("SET GLOBAL binlog_row_image = 'FULL'").await;
    site.run(&["copy", "--no-check"]).expect(0);
    refused("the copy has no start position that can be followed from");
    site.run(&["copy", "--live", "--no-check", "--restart"]).expect(0);
    let first = site.pair.target.connect().await;
    take_exclusive(&first, "public").await.expect("a lock");
    refused_with(2, "another command works in schema `public`: session ");
    release_exclusive(&first, "public").await.expect("no lock");
    site.run(&["follow", "--until-caught-up"]).expect(0);
    site.pair.target_sql("ALTER TABLE public.teams RENAME TO gone").await;
    refused("table `teams` of the target is not the one that was copied");
}

async fn rows_that_a_foreign_key_deletes_go_too(flavour: Flavour) {
    let site = Site::start(flavour).await;
    site.pair
        .sql(
            "INSERT INTO RetentionPolicies (Id, DisplayName, PostDuration)
             VALUES ('p1', 'one', 1), ('p2', 'two', 2);
             INSERT INTO RetentionPoliciesTeams (PolicyId, TeamId) VALUES ('p1', 't1'), ('p2', 't2');
             INSERT INTO RetentionPoliciesChannels (PolicyId, ChannelId) VALUES ('p1', 'c1')",
        )
        .await;
    site.run(&["copy", "--live", "--no-check"]).expect(0);
    site.pair
        .sql(
            "START TRANSACTION;
             INSERT INTO RetentionPoliciesTeams (PolicyId, TeamId) VALUES ('p1', 't3');
             DELETE FROM RetentionPolicies WHERE Id = 'p1';
             INSERT INTO RetentionPolicies (Id, DisplayName, PostDuration) VALUES ('p1', 'again', 3);
             INSERT INTO RetentionPoliciesTeams (PolicyId, TeamId) VALUES ('p1', 't4');
             COMMIT",
        )
        .await;
    site.run(&["follow", "--until-caught-up"]).expect(0);
    assert_equal(&site.pair).await;
    let teams = "SELECT count(*) FROM public.retentionpoliciesteams WHERE policyid = 'p1'";
    assert_eq!(site.pair.count(teams).await, 1);
}

async fn a_live_switch_falls_back_or_is_proven(flavour: Flavour) {
    let site = Site::start(flavour).await;
    let (_folder, path) = file(&config(site.pair.source.dsn.render().expose()));
    let target = &site.pair.target.dsn;
    let cutover = |more: &[&str]| {
        let mut command = command(arguments(&path, target, more));
        command.current_dir(path.parent().expect("a folder"));
        finish(command)
    };
    let run = cutover(&["--live", "--yes"]).expect(2);
    assert!(run.stderr.contains("the source is not followed into this schema"), "{}", run.stderr);
    let writer = Writer::start(&site).await;
    site.run(&["copy", "--live", "--no-check"]).expect(0);
    let mut command = site.command(&["follow", "--quiet"]);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut follower = command.spawn().expect("the binary runs");
    let _watchdog = Watchdog::over(follower.id());
    site.wait_for_changes(50).await;
    writer.stop().await;
    let fallen_back = async |reason: &str, run: &Run| {
        assert!(run.stderr.contains(&format!("not switched: {reason}")), "{}", run.stderr);
        assert!(run.stderr.contains("the source accepts writes again"), "{}", run.stderr);
        site.pair.sql("UPDATE Channels SET TotalMsgCount = TotalMsgCount + 1 LIMIT 1").await;
        let text = std::fs::read_to_string(&path).expect("a configuration");
        assert!(text.contains("mysql"), "the configuration is as it was");
    };
    // A fault that the proof finds.
    let fault =
        "UPDATE public.teams SET displayname = 'x' WHERE id = (SELECT min(id) FROM public.teams)";
    let kept = "SELECT displayname FROM public.teams ORDER BY id LIMIT 1";
    let connection = site.pair.target.connect().await;
    let name: String = connection.query_one(kept, &[]).await.expect("a name").get(0);
    site.pair.target_sql(fault).await;
    let run = cutover(&["--live", "--yes"]).expect(1);
    assert!(follower.wait().expect("it ends").success(), "it hands over");
    fallen_back("the target is not proven equal", &run).await;
    let repair = "UPDATE public.teams SET displayname = $1 WHERE displayname = 'x'";
    connection.execute(repair, &[&name]).await.expect("a repair");
    let run = cutover(&["--live", "--yes", "--stop-limit", "0"]).expect(1);
    fallen_back("the steps took longer than 0 s", &run).await;
    let started = path.with_file_name("started");
    let start = format!("touch {}", started.display());
    let run = cutover(&["--live", "--yes", "--start-command", &start]).expect(0);
    assert!(run.stderr.contains("switched; writes were stopped for "), "{}", run.stderr);
    assert!(started.exists());
    let text = std::fs::read_to_string(&path).expect("a configuration");
    assert!(text.contains("postgres"), "{text}");
    assert_equal(&site.pair).await;
    let keys = "SELECT count(*) FROM migration_assist.removed_definitions";
    assert_eq!(site.pair.count(keys).await, 0);
    cutover(&["--undo", "--yes"]).expect(0);
    site.pair.sql("UPDATE Channels SET TotalMsgCount = TotalMsgCount + 1 LIMIT 1").await;
}
