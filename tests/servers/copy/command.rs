//! The command as it is typed: its flags, its words, its statuses.

use migration_assist::postgres::{Connection, Dsn};
use serde_json::Value;

use super::compare::{assert_equal, structure};
use super::workspace::Pair;
use crate::support::mysql::{Source, on_both_flavours};
use crate::support::program::{Run, command, finish};

on_both_flavours!(
    what_does_not_fit_is_found_before_a_row_is_copied,
    every_flag_does_what_it_says,
    a_source_that_changes_between_runs_is_reported,
    rows_of_the_target_alone_and_its_sessions_keep_it_from_being_emptied
);

fn run(pair: &Pair, flags: &[&str]) -> Run {
    let mut command = command([&["copy", "--no-progress", "--format", "json"], flags].concat());
    command
        .arg("--quarantine")
        .arg(pair.quarantine())
        .env("MIGRATION_ASSIST_MYSQL_DSN", pair.source.dsn.render().expose())
        .env("MIGRATION_ASSIST_POSTGRES_DSN", pair.target.dsn.render());
    finish(command).never_shows(pair.source.dsn.password.expose())
}

fn report(run: &Run) -> Value {
    run.json()["report"].clone()
}

/// The tables that a run dealt with, by the target's names.
fn tables(report: &Value) -> Vec<&str> {
    let tables = report["tables"].as_array().expect("tables").iter();
    tables.map(|table| table["target"].as_str().expect("a name")).collect()
}

async fn what_does_not_fit_is_found_before_a_row_is_copied(source: Source) {
    let pair = Pair::filled(source).await;
    pair.sql(
        "UPDATE Posts SET Hashtags = REPEAT('#', 1001) ORDER BY Id LIMIT 2;
         UPDATE Systems SET Value = REPEAT('secret', 1000) WHERE Name = 'DiagnosticId';
         SET foreign_key_checks = 0;
         INSERT INTO RetentionPoliciesTeams VALUES ('missing', 'team')",
    )
    .await;
    let refused = run(&pair, &[]).expect(1).never_shows("secretsecret");
    let found = report(&refused)["findings"].as_array().expect("findings").clone();
    let found: Vec<_> = found
        .iter()
        .map(|it| format!("{} {} {}", it["id"], it["table"], it["count"]).replace('"', ""))
        .collect();
    assert_eq!(
        found,
        ["too-long Posts 2", "foreign-key RetentionPoliciesTeams 1", "too-long Systems 1"]
    );
    refused
        .says("checking the rows before copying (skip with `--no-check`)")
        .says("[too-long] Posts.Hashtags: longer than 1,000 characters: 2 values")
        .says("fix: migration-assist mysql --quarantine ")
        .says(" --fix-varchar")
        .says("nothing was copied")
        .says("--on-error quarantine");
    assert!(pair.is_untouched().await);
    // Without a row that refers to a missing one, the copy itself finds the others.
    pair.sql("DELETE FROM RetentionPoliciesTeams WHERE PolicyId = 'missing'").await;
    let before = structure(&pair).await;
    let refused = run(&pair, &[]).expect(1).never_shows("secretsecret");
    refused
        .says("a row does not fit: reading all rows to find the others")
        .says("[too-long] Posts.Hashtags: longer than 1,000 characters: 2 values")
        .says("[too-long] Systems.Value: longer than 1,024 characters: 1 value")
        .says("nothing was copied");
    let rows = "SELECT count(*) FROM public.posts, public.users, public.systems";
    assert_eq!(pair.count(rows).await, 0);
    let begun = "SELECT count(*) FROM migration_assist.copied_tables";
    assert_eq!(pair.count(begun).await, 0);
    assert!(structure(&pair).await == before, "the target's indexes are not what they were");
    pair.sql(
        "SET foreign_key_checks = 0; INSERT INTO RetentionPoliciesTeams VALUES ('missing', 'team')",
    )
    .await;
    // Of the tables that are asked for, nothing is wrong.
    run(&pair, &["--tables", "Users,Channels"]).expect(0);
    // What is not looked for is found on the way.
    run(&pair, &["--no-check"])
        .expect(2)
        .says("error: cannot copy table")
        .says("`migration-assist mysql` names every such row and its repair");
    let quarantined = run(&pair, &["--on-error", "quarantine", "--restart"]).expect(1);
    assert_eq!(report(&quarantined)["total"]["rows_quarantined"], 3);
    pair.sql(
        "DELETE FROM Posts WHERE CHAR_LENGTH(Hashtags) > 1000;
         DELETE FROM Systems WHERE Name = 'DiagnosticId'",
    )
    .await;
    pair.sql("DELETE FROM RetentionPoliciesTeams WHERE PolicyId = 'missing'").await;
    pair.target_sql("DELETE FROM public.retentionpoliciesteams WHERE policyid = 'missing'").await;
    assert_equal(&pair).await;
}

async fn every_flag_does_what_it_says(source: Source) {
    let pair = Pair::filled(source).await;
    let some = run(&pair, &["--tables", "Teams,users", "--jobs", "1"]).expect(0);
    assert_eq!(report(&some)["consistency"], "single-reader");
    let mut names = tables(&report(&some)).iter().map(ToString::to_string).collect::<Vec<_>>();
    names.sort();
    assert_eq!(names, ["teams", "users"]);
    pair.target_sql("INSERT INTO public.tokens VALUES ('stray', 0, '', '')").await;
    run(&pair, &["--exclude", "posts"])
        .expect(2)
        .says("error: the copy cannot start: table `tokens` of the target has rows")
        .says("hint: keep these rows: name another database")
        .says("`--truncate-target`");
    let wanted = ["--exclude", "posts", "--truncate-target", "--jobs", "4"];
    let refused = run(&pair, &wanted)
        .expect(1)
        .says("table `tokens`: rows that no copy wrote: 1 (keys: stray)")
        .says("nothing was changed")
        .says("hint: to accept exactly this, add `--delete-target-rows tokens=1`");
    let next = &report(&refused)["next"][0];
    assert_eq!(next["effect"], "delete these rows of the target and copy");
    let command = next["command"].as_str().expect("a command");
    assert!(command.contains(" --delete-target-rows tokens=1"), "{command}");
    let more = [&wanted[..], &["--delete-target-rows", "tokens=2"]].concat();
    run(&pair, &more).expect(1).says("add `--delete-target-rows tokens=1`");
    let exact = [&wanted[..], &["--delete-target-rows", "tokens=1"]].concat();
    let without = run(&pair, &exact).expect(0);
    assert!(!tables(&report(&without)).contains(&"posts"));
    assert_eq!(pair.count("SELECT count(*) FROM public.posts").await, 0);
    // A run that fails at one table leaves it to `--only-failed`.
    pair.target_sql("ALTER TABLE public.posts ADD CONSTRAINT none CHECK (false)").await;
    run(&pair, &[]).expect(2).says("error: cannot copy table `Posts`").says("SQLSTATE 23514");
    pair.target_sql("ALTER TABLE public.posts DROP CONSTRAINT none").await;
    let failed = run(&pair, &["--only-failed", "--full-text"]).expect(0);
    assert_eq!(tables(&report(&failed)), ["posts"]);
    let built = "SELECT count(*) FROM pg_indexes WHERE indexname = 'idx_posts_message_txt'";
    assert_eq!(pair.count(built).await, 1);
    assert_equal(&pair).await;
    pair.sql("DELETE FROM Tokens; UPDATE Teams SET DisplayName = 'new'").await;
    run(&pair, &["--restart", "--tables", "tokens,teams"]).expect(0);
    assert_equal(&pair).await;
    run(&pair, &["--tables", "nosuch"])
        .expect(2)
        .says("table `nosuch` exists neither in the source nor in the target");
}

async fn a_source_that_changes_between_runs_is_reported(source: Source) {
    let pair = Pair::filled(source).await;
    run(&pair, &["--tables", "Users"]).expect(0);
    pair.sql("UPDATE Users SET Nickname = 'changed'").await;
    let second = run(&pair, &[]).expect(0);
    assert_eq!(report(&second)["source_changed_between_runs"], true);
    second
        .says("warning: the source has changed since the first run")
        .says("run `migration-assist copy --quarantine ")
        .says(" --restart`");
    let third = run(&pair, &["--restart"]).expect(0);
    assert_eq!(report(&third)["source_changed_between_runs"], Value::Null);
    assert_equal(&pair).await;
}

async fn rows_of_the_target_alone_and_its_sessions_keep_it_from_being_emptied(source: Source) {
    let pair = Pair::filled(source).await;
    run(&pair, &[]).expect(0);
    run(&pair, &["--restart"]).expect(0);
    pair.target_sql(
        "INSERT INTO public.tokens VALUES ('stray', 0, '', '');
         UPDATE public.users SET nickname = 'new' WHERE id = (SELECT min(id) FROM public.users)",
    )
    .await;
    let application = Some("mattermost".to_owned());
    let dsn = Dsn { application_name: application, ..pair.target.dsn.clone() };
    let session = Connection::connect(&dsn).await.expect("a session");
    run(&pair, &["--restart"])
        .expect(1)
        .says("table `tokens`: rows that no copy wrote: 1 (keys: stray)")
        .says("table `users`: rows that no copy wrote: 1")
        .says(&format!("connected: user {}, host ", dsn.user))
        .says("application mattermost, since 2")
        .says("`--delete-target-rows tokens=1,users=1 --despite-target-sessions`");
    let rows = ["--restart", "--delete-target-rows", "tokens=1,users=1"];
    run(&pair, &rows).expect(1).says("to accept exactly this, add `--despite-target-sessions`");
    assert_eq!(pair.count("SELECT count(*) FROM public.tokens WHERE token = 'stray'").await, 1);
    let all = [&rows[..], &["--despite-target-sessions"]].concat();
    run(&pair, &all).expect(0);
    drop(session);
    assert_equal(&pair).await;
    let again = run(&pair, &["--truncate-target"]).expect(0).says("to copy again, use `--restart`");
    // One line in place of the table of what was copied.
    drop(again.says("copied by earlier runs: ").never_shows("consistent snapshot"));
    run(&pair, &["--only-failed"]).expect(0).says("all rows of these tables are already copied");
}
