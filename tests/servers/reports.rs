//! Saved reports and logs: what `explain` prints again, and that neither has a secret or a value.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::sample::Sample;
use crate::support::mysql::{Source, on_both_flavours, run as run_sql};
use crate::support::postgres::Database;
use crate::support::program::{Run, Watchdog, command_in, finish};
use crate::support::schema;
use crate::workspace::load;

on_both_flavours!(
    every_report_is_explained_as_its_command_printed_it,
    a_script_follows_the_progress_by_lines_of_json,
    a_log_has_servers_steps_and_statements_and_no_value,
    an_interrupted_command_leaves_a_result,
    printed_commands_carry_what_was_given,
);

struct Site {
    source: Source,
    target: Database,
    folder: tempfile::TempDir,
}

impl Site {
    async fn with(source: Source, awkward: bool) -> Self {
        load(&source, Sample { posts: 200, awkward }).await;
        let folder = tempfile::tempdir().expect("a folder");
        Self { source, target: Database::create().await, folder }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        command_in(self.folder.path(), (&self.source.dsn, &self.target.dsn), arguments)
    }

    fn run(&self, arguments: &[&str]) -> Run {
        finish(self.command(arguments)).never_shows(self.source.dsn.password.expose())
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.folder.path().join(file)).expect("a file")
    }

    /// Explains the report of a command, and compares the two texts.
    fn explain(&self, arguments: &[&str], statuses: &[i32]) -> serde_json::Value {
        let run = self.run(&[arguments, &["--format", "json"]].concat());
        assert!(statuses.contains(&run.status), "{arguments:?}: {}: {}", run.status, run.stderr);
        fs::write(self.folder.path().join("report.json"), &run.stdout).expect("a file");
        let explained = self.run(&["explain", "report.json"]).expect(0);
        // The state of long work, which the next state replaces, is in no report.
        let is_state = |line: &&str| {
            line.starts_with("total: ") && line.contains(" %")
                || line.contains(" of ") && line.contains("/s")
        };
        let printed: Vec<&str> = run.stderr.lines().filter(|line| !is_state(line)).collect();
        let shown: Vec<&str> = explained.stdout.lines().collect();
        assert_eq!(shown, printed, "{arguments:?}");
        run.json()
    }

    /// The same for a command that makes data.
    fn explain_data(&self, arguments: &[&str]) {
        let run = self.run(&[arguments, &["--format", "json"]].concat()).expect(0);
        fs::write(self.folder.path().join("report.json"), &run.stdout).expect("a file");
        let explained = self.run(&["explain", "report.json"]).expect(0);
        let text = self.run(arguments).expect(0);
        for part in [text.stdout.trim_end(), text.stderr.trim_end()] {
            assert!(explained.stdout.contains(part), "{part}\nis not in:\n{}", explained.stdout);
        }
    }
}

async fn every_report_is_explained_as_its_command_printed_it(source: Source) {
    let site = Site::with(source, false).await;
    let mut connection = site.source.connect().await;
    run_sql(&mut connection, "UPDATE ChannelMembers SET SchemeAdmin = 3 LIMIT 2").await;
    let refused = site.explain(&["mysql", "--schema-report", "schema.json"], &[1]);
    let findings = refused["report"]["findings"].as_array().expect("findings");
    assert!(findings.iter().any(|it| it["repairable"] == "yes"), "{findings:?}");
    assert!(refused["report"]["next"][0]["command"].is_string());
    assert!(refused["report"]["estimate"]["migration_seconds"].as_u64() > Some(0));
    let given: serde_json::Value =
        serde_json::from_str(&site.read("schema.json")).expect("a schema report");
    schema::check("schema-report", &given);
    let shown = site.run(&["explain", "schema.json"]).expect(0);
    for finding in given["findings"].as_array().expect("findings") {
        let message = finding["message"].as_str().expect("a message");
        assert!(shown.stdout.contains(message), "`{message}` is not in:\n{}", shown.stdout);
    }
    site.explain(&["postgres"], &[0]);
    site.explain(&["migrate"], &[1]);
    site.explain(&["mysql", "--fix", "all", "--dry-run"], &[1]);
    site.explain(&["migrate", "--on-error", "quarantine"], &[1]);
    let verified = site.explain(&["verify"], &[1]);
    let next = verified["report"]["next"][0]["command"].as_str().expect("a command");
    assert_eq!(next, "migration-assist verify --leave-out not-boolean:ChannelMembers.SchemeAdmin");
    let built = site.explain(&["post-migrate"], &[0]);
    assert_eq!(built["report"]["next"][0]["command"], "migration-assist verify");
    site.explain(&["copy"], &[0, 1]);
    let dsn = site.source.dsn.render();
    let config = serde_json::json!({
        "SqlSettings": { "DriverName": "mysql", "DataSource": dsn.expose() },
    });
    fs::write(site.folder.path().join("config.json"), config.to_string()).expect("a file");
    let plan = ["cutover", "--config", "config.json", "--plan"];
    let planned = site.run(&[&plan[..], &["--format", "json"]].concat()).expect(0).json();
    let shown = planned["transcript"].to_string();
    assert!(shown.contains(planned["report"]["steps"][0]["title"].as_str().expect("a title")));
    site.explain_data(&["pgloader", "--no-passwords"]);
    site.explain_data(&["version"]);
    let failed = site.explain(&["mysql", "--undo", "nothing.jsonl"], &[2]);
    assert!(failed["error"]["message"].is_string());
    let text = site.run(&["explain", "config.json"]).expect(2);
    drop(text.says("not a report of this program").says("migration-assist mysql --format json"));
}

async fn a_script_follows_the_progress_by_lines_of_json(source: Source) {
    let site = Site::with(source, false).await;
    site.run(&["mysql", "--fix", "all"]).expect(0);
    site.run(&["migrate", "--progress-file", "progress.jsonl"]).expect(0);
    site.run(&["copy", "--progress-file", "progress.jsonl", "--schema", "no"]).expect(2);
    let lines: Vec<Value> = site
        .read("progress.jsonl")
        .lines()
        .map(|it| serde_json::from_str(it).expect("JSON"))
        .collect();
    for line in &lines {
        schema::check("progress", line);
    }
    let named = |event: &str, task: &str| {
        lines.iter().find(|it| it["event"] == event && it["task"] == task).cloned()
    };
    let begun = named("task_begun", "all tables").expect("the copy's line");
    let finished = named("task_finished", "all tables").expect("the copy's line");
    assert!(begun["total"].as_u64() > Some(0) && finished["done"].as_u64() > Some(0));
    assert!(finished["overall"].as_f64() > Some(0.0), "{finished}");
    let ended = lines.iter().filter(|it| it["event"] == "command_ended");
    let ended: Vec<_> = ended.map(|it| (it["command"].as_str(), it["status"].as_u64())).collect();
    assert_eq!(ended, [(Some("migrate"), Some(0)), (Some("copy"), Some(2))]);
    assert_eq!(lines.last().expect("a line")["event"], "command_ended");
    let refused = site.run(&["version", "--progress-file", "no/progress.jsonl"]).expect(2);
    drop(refused.says("mkdir -p no"));
}

async fn a_log_has_servers_steps_and_statements_and_no_value(source: Source) {
    const PLANTED: &str = "planted-by-the-test";
    let site = Site::with(source, false).await;
    let mut connection = site.source.connect().await;
    let plant = format!(
        "UPDATE Posts SET Message = CONCAT('{PLANTED}', CHAR(0)) LIMIT 3;
         UPDATE Users SET Nickname = '{PLANTED}', Password = '{PLANTED}' LIMIT 2;
         UPDATE Systems SET Value = '{PLANTED}' WHERE Name = 'AsymmetricSigningKey'"
    );
    run_sql(&mut connection, &plant).await;
    let repair = ["mysql", "--fix", "all", "--log", "run.log"];
    site.run(&repair).expect(0);
    site.run(&["migrate", "--log", "run.log"]).expect(0);
    site.run(&["verify", "--log", "run.log"]).expect(0);
    site.run(&["post-migrate", "--create-indexes", "--log", "run.log"]).expect(0);
    let log = site.read("run.log");
    for expected in
        ["the target is proven equal", "source, session ", "UPDATE ", "COPY ", "PostgreSQL "]
    {
        assert!(log.contains(expected), "`{expected}` is not in the log");
    }
    let target = site.target.dsn.password.expose();
    let source = site.source.dsn.password.expose();
    for secret in [PLANTED, source, target] {
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "the log has what it must not have");
    }
    let cells: Vec<(String, String)> = connection
        .query("SELECT Username, Email FROM Users WHERE Email <> ''")
        .await
        .expect("users");
    assert!(!cells.is_empty());
    for (_, email) in &cells {
        assert!(!log.contains(email.as_str()), "{email}");
    }
    let is_dated = |line: &str| line.get(4..5) == Some("-") && line.get(19..20) == Some("Z");
    let undated: Vec<&str> = log.lines().filter(|line| !is_dated(line)).collect();
    assert!(undated.is_empty(), "{undated:?}");
}

async fn an_interrupted_command_leaves_a_result(source: Source) {
    let site = Site::with(source, false).await;
    let mut command = site.command(&["migrate", "--format", "json"]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the binary runs");
    let _watchdog = Watchdog::over(child.id());
    let mut printed = BufReader::new(child.stderr.take().expect("a pipe")).lines();
    printed
        .by_ref()
        .find(|line| line.as_ref().is_ok_and(|it| it.starts_with("2. ")))
        .expect("a step")
        .expect("text");
    let process = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &process]).status().expect("kill").success());
    let rest: Vec<String> = printed.map_while(Result::ok).collect();
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(130), "{rest:?}");
    let last = rest.last().expect("a line");
    assert!(last.contains("run the same command again to resume"), "{rest:?}");
    let result: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one object");
    schema::check("migrate", &result);
    assert_eq!((&result["interrupted"], &result["status"]), (&true.into(), &130.into()));
    let hint = result["error"]["hint"].as_str().expect("a hint");
    assert!(hint.contains("run the same command again"), "{hint}");
}

async fn printed_commands_carry_what_was_given(source: Source) {
    let site = Site::with(source, true).await;
    let flags =
        ["migrate", "--quarantine", "its own.jsonl", "--schema", "mm", "--products", "mattermost"];
    let refused = site.run(&flags).expect(1);
    let offered: Vec<&str> = refused
        .stderr
        .lines()
        .map(str::trim)
        .filter(|it| it.starts_with("migration-assist migrate "))
        .collect();
    assert!(!offered.is_empty(), "{}", refused.stderr);
    for command in offered {
        let carried = "migration-assist migrate --products mattermost --quarantine 'its own.jsonl' --schema mm";
        assert!(command.starts_with(carried) || command.contains("--products "), "{command}");
        assert!(command.contains("--quarantine 'its own.jsonl' --schema mm"), "{command}");
    }
}
