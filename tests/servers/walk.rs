//! An administrator who reads nothing but the output, from a workspace with every problem to a proven target.
#![allow(clippy::print_stdout, reason = "a failed walk shows its commands")]

use std::collections::BTreeMap;
use std::process::{Command, Stdio};

use migration_assist::mysql::{Access, Flavour};
use regex::Regex;

use crate::dump::program::dump;
use crate::sample::Sample;
use crate::support::mysql::{Source, on_both_flavours, open, run};
use crate::support::postgres::Database;
use crate::support::program::{Run, finish};
use crate::workspace::load;

on_both_flavours!(
    the_first_choice_leads_to_a_proof,
    the_last_choice_leads_to_a_proof,
    the_first_choice_leads_from_a_dump_to_a_proof,
    the_last_choice_leads_from_a_dump_to_a_proof,
    what_was_quarantined_is_accepted_by_name,
);

/// The most commands that a walk may take.
const COMMANDS: usize = 12;

/// Problems that the sample workspace lacks: one for each rule that needs a decision.
const PROBLEMS: &str = r#"
    SET SESSION sql_mode = '', foreign_key_checks = 0;
    UPDATE ChannelBookmarks SET SortOrder = 3000000000 LIMIT 1;
    UPDATE Teams SET Type = 'Z' LIMIT 1;
    UPDATE ChannelMembers SET SchemeAdmin = 3 LIMIT 1;
    UPDATE Users SET Props = '{"a\\u0000": 1, "a": 2}' WHERE Username NOT LIKE 'awk%' LIMIT 1;
    UPDATE PropertyFields SET UpdateAt = NULL LIMIT 1;
    CREATE TABLE notes_of_a_plugin (id int PRIMARY KEY, body text);
    INSERT INTO notes_of_a_plugin VALUES (1, 'a row');
    ALTER TABLE Bots ADD COLUMN Colour varchar(20) DEFAULT 'red';
    INSERT INTO RetentionPoliciesTeams (PolicyId, TeamId)
        VALUES ('aaaaaaaaaaaaaaaaaaaaaaaaaa', 'bbbbbbbbbbbbbbbbbbbbbbbbbb')"#;
/// JSON that cannot be read: MySQL's own type takes none.
const MARIADB_PROBLEMS: &str = r#"
    SET SESSION check_constraint_checks = 0;
    UPDATE Posts SET Props = '{"a":' WHERE Id NOT LIKE 'awk%' LIMIT 1"#;

/// Which of several choices is taken.
#[derive(Clone, Copy)]
enum Pick {
    First,
    Last,
}

struct Site {
    source: Source,
    target: Database,
    folder: tempfile::TempDir,
}

/// The rows of each table, as the server sums them up.
type Sums = BTreeMap<String, Option<u64>>;

impl Site {
    async fn with(source: Source) -> Self {
        load(&source, Sample { posts: 300, awkward: true }).await;
        let mut connection = source.connect().await;
        run(&mut connection, PROBLEMS).await;
        if source.flavour == Flavour::MariaDb {
            run(&mut connection, MARIADB_PROBLEMS).await;
        }
        // Too many different words for a full-text index.
        let words: Vec<String> = (0..150_000).map(|number| format!("lexeme{number}")).collect();
        let text = words.join(" ");
        let long = "UPDATE FileInfo SET Content = '{}' WHERE Id NOT LIKE 'awk%' LIMIT 1";
        run(&mut connection, &long.replace("{}", &text)).await;
        let folder = tempfile::tempdir().expect("a folder");
        Self { source, target: Database::create().await, folder }
    }

    /// Runs a command as a shell reads it.
    fn shell(&self, line: &str) -> Run {
        let binary = std::path::Path::new(env!("CARGO_BIN_EXE_migration-assist"));
        let folder = binary.parent().expect("a folder").to_string_lossy();
        let path = std::env::var("PATH").unwrap_or_default();
        let mut command = Command::new("sh");
        command.args(["-c", line]).env_clear().stdin(Stdio::null());
        command.env("PATH", format!("{folder}:{path}")).current_dir(self.folder.path());
        command.env("MIGRATION_ASSIST_MYSQL_DSN", self.source.dsn.render().expose());
        command.env("MIGRATION_ASSIST_POSTGRES_DSN", self.target.dsn.render());
        finish(command).never_shows(self.source.dsn.password.expose())
    }

    /// Follows what each output offers, until the target is proven; gives the commands and the last output.
    fn walk(&self, start: &str, pick: Pick) -> (Vec<String>, Run) {
        let mut commands = vec![start.to_owned()];
        loop {
            let line = commands.last().expect("a command");
            let run = self.shell(line);
            println!("status {}: {line}", run.status);
            if run.status == 0 && run.stderr.contains("the target is proven equal") {
                return (commands, run);
            }
            assert!(commands.len() < COMMANDS, "no proof after {commands:#?}:\n{}", run.stderr);
            let next = offered(&run.stderr, pick);
            commands.push(next.unwrap_or_else(|| panic!("no way on:\n{}", run.stderr)));
        }
    }

    async fn sums(&self) -> Sums {
        let mut connection = open(&self.source.dsn, Access::ReadOnly).await;
        let names = "SELECT table_name FROM information_schema.tables
            WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'";
        let tables: Vec<String> = connection.query(names).await.expect("names");
        let list = tables.iter().map(|table| format!("`{table}`")).collect::<Vec<_>>().join(", ");
        let sums: Vec<(String, Option<u64>)> =
            connection.query(&format!("CHECKSUM TABLE {list}")).await.expect("sums");
        sums.into_iter().collect()
    }

    /// The lines of the quarantine that record this action.
    fn quarantined(&self, action: &str) -> usize {
        let path = self.folder.path().join("quarantine.jsonl");
        let text = std::fs::read_to_string(path).expect("a quarantine");
        let of_action = format!("\"action\":\"{action}\"");
        text.lines().filter(|line| line.contains(&of_action)).count()
    }

    /// How many rows the last comparison left out.
    async fn left_out(&self) -> i64 {
        let connection = self.target.connect().await;
        let statement = "SELECT left_out FROM migration_assist.proofs ORDER BY id DESC LIMIT 1";
        connection.query_one(statement, &[]).await.expect("a proof").get(0)
    }
}

/// The command that an output offers at its end.
fn offered(output: &str, pick: Pick) -> Option<String> {
    let hint = &output[output.rfind("hint: ")?..];
    let choices = Regex::new(r"(?m)^    (migration-assist .*)$").expect("sound");
    let quoted = Regex::new("`(migration-assist [^`]*)`").expect("sound");
    let found = |pattern: &Regex| -> Vec<String> {
        pattern.captures_iter(hint).map(|it| it[1].to_owned()).collect()
    };
    let mut commands = found(&choices);
    if commands.is_empty() {
        commands = found(&quoted);
    }
    match pick {
        Pick::First => commands.into_iter().next(),
        Pick::Last => commands.pop(),
    }
}

async fn the_first_choice_leads_to_a_proof(source: Source) {
    let site = Site::with(source).await;
    let before = site.sums().await;
    let (commands, last) = site.walk("migration-assist migrate", Pick::First);
    assert!(commands[1].starts_with("migration-assist mysql "), "{}", commands[1]);
    let last = last.says("copied by the types of their columns: notes_of_a_plugin");
    drop(last.says("cutover --config"));
    assert_eq!(site.left_out().await, 0);
    // Everything that the repair changed is in the quarantine.
    let undo = site.shell("migration-assist mysql --undo quarantine.jsonl").expect(0);
    drop(undo.says("not restored: 0"));
    assert_eq!(site.sums().await, before);
}

async fn the_last_choice_leads_to_a_proof(source: Source) {
    let site = Site::with(source).await;
    let before = site.sums().await;
    let (_, last) = site.walk("migration-assist migrate", Pick::Last);
    drop(last.says("with rows left out by decision: ").says("listed in `quarantine.jsonl`"));
    assert_eq!(site.sums().await, before, "the source stays as it is");
    let left_out = site.left_out().await;
    assert!(left_out >= 20, "{left_out}");
    let quarantined = i64::try_from(site.quarantined("deleted")).expect("a count");
    // A table that was copied again leaves its rows out again.
    assert!(quarantined >= left_out, "{quarantined} of {left_out}");
    let verified = site.shell("migration-assist verify").expect(0);
    let proven = format!("the target is proven equal, with rows left out by decision: {left_out}");
    drop(verified.says(&proven));
    // Recorded decisions stop no run that is about other tables.
    let narrower = site.shell("migration-assist migrate --products playbooks");
    assert!(!narrower.stderr.contains("cannot use a decision"), "{}", narrower.stderr);
}

async fn dumped(source: Source, pick: Pick) {
    let site = Site::with(source).await;
    let flags = ["--single-transaction", "--hex-blob", "--default-character-set=utf8mb4"];
    let file = site.folder.path().join("a workspace.sql");
    std::fs::write(&file, dump(&site.source, &flags)).expect("a dump");
    let before = site.sums().await;
    let start = "migration-assist migrate --dump 'a workspace.sql'";
    let (_, last) = site.walk(start, pick);
    drop(last.says("with rows left out by decision: "));
    assert_eq!(site.sums().await, before);
    let left_out = site.left_out().await;
    assert!(left_out > 0);
    assert!(i64::try_from(site.quarantined("deleted")).expect("a count") >= left_out);
}

async fn the_first_choice_leads_from_a_dump_to_a_proof(source: Source) {
    dumped(source, Pick::First).await;
}

async fn the_last_choice_leads_from_a_dump_to_a_proof(source: Source) {
    dumped(source, Pick::Last).await;
}

/// `--on-error quarantine` lets rows pass without a decision; the proof does not, and names them.
async fn what_was_quarantined_is_accepted_by_name(source: Source) {
    load(&source, Sample { posts: 100, awkward: false }).await;
    let mut connection = source.connect().await;
    let number = "UPDATE ChannelMembers SET SchemeAdmin = 3 LIMIT 2";
    run(&mut connection, number).await;
    let folder = tempfile::tempdir().expect("a folder");
    let site = Site { source, target: Database::create().await, folder };
    let quarantined = site.shell("migration-assist migrate --on-error quarantine").expect(1);
    let accept = "migration-assist migrate --leave-out not-boolean:ChannelMembers.SchemeAdmin";
    let next = offered(&quarantined.stderr, Pick::First);
    drop(quarantined.says("the target is not proven equal: rows that differ: 2"));
    assert_eq!(next.as_deref(), Some(accept));
    let failed = site.shell("migration-assist copy --only-failed").expect(1);
    let next = offered(&failed.stderr, Pick::First);
    drop(failed.says("quarantined by earlier runs: 2 rows"));
    assert_eq!(next.as_deref(), Some("migration-assist verify"));
    drop(site.shell(accept).expect(0).says("with rows left out by decision: 2"));
    // The decision holds until the source has changed.
    run(&mut connection, "UPDATE ChannelMembers SET SchemeAdmin = 1 WHERE SchemeAdmin = 3").await;
    drop(site.shell("migration-assist verify").expect(1).says("missing on the target"));
    drop(
        site.shell("migration-assist migrate --restart")
            .expect(0)
            .says("the target is proven equal: "),
    );
    // A table of no known product is no row: it is not passed over.
    let table = "CREATE TABLE mine (id int PRIMARY KEY); INSERT INTO mine VALUES (1)";
    run(&mut connection, table).await;
    let refused = site.shell("migration-assist migrate --restart --on-error quarantine").expect(1);
    let next = offered(&refused.stderr, Pick::Last);
    drop(refused.says("nothing was written"));
    assert_eq!(next.as_deref(), Some("migration-assist migrate --leave-behind mine"));
    drop(site.shell("migration-assist migrate --restart --leave-behind mine").expect(0));
    let misspelt = "migration-assist migrate --leave-out not-bolean:ChannelMembers.SchemeAdmin";
    drop(site.shell(misspelt).expect(2).says("--leave-out not-boolean:TABLE.COLUMN"));
    let misspelt = "migration-assist migrate --on-invalid ChannelMember.SchemeAdmin=value:0";
    drop(site.shell(misspelt).expect(2).says("nearest name: ChannelMembers.SchemeAdmin"));
    let unfit = "migration-assist migrate --on-invalid ChannelMembers.SchemeAdmin=value:7";
    drop(
        site.shell(unfit)
            .expect(2)
            .says("allowed for `ChannelMembers.SchemeAdmin`: value:0, value:1"),
    );
}
