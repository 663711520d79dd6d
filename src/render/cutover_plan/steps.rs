//! The steps of a plan in their order, with commands that work when pasted.

use super::{Step, switch_seconds};
use crate::cutover::{PlanFacts, PlannedServer, Start};
use crate::mysql::Flavour;

pub(super) fn steps(facts: &PlanFacts) -> Vec<Step> {
    let PlanFacts { cutover_flags, starts, .. } = facts;
    let stop: Vec<String> = starts.iter().map(Start::stop).collect();
    let start: Vec<String> = starts.iter().map(ToString::to_string).collect();
    let cutover = format!("migration-assist cutover {cutover_flags}");
    vec![
        step(
            "Make a backup",
            vec![backup(facts.server.as_ref().ok())],
            strings(&[
                "back up the configuration of every node as well",
                "files and plugins stay where they are: the file store is not moved",
            ]),
        ),
        step(
            "Set where both databases are",
            facts.dsn_variables.iter().map(|name| format!("export {name}='…'")).collect(),
            vec![
                format!("source: {}", facts.source.as_deref().unwrap_or("the MySQL database")),
                format!("target: {}", facts.target),
            ],
        ),
        step(
            "Stop Mattermost, on every node",
            stop.clone(),
            strings(&[
                "from here on users wait; take the nodes out of the load balancer",
                "way 2 leaves this out here",
            ]),
        ),
        freeze_step(facts, &cutover),
        migrate_step(facts),
        switch_step(facts, &cutover),
        step(
            "Start Mattermost, on every node",
            reload(starts).chain(start.iter().cloned()).collect(),
            strings(&["put the nodes back into the load balancer after step 8"]),
        ),
        step(
            "Check",
            starts.iter().filter_map(Start::log).collect(),
            strings(&[
                "log in, search for an old message, open a file, post, use each plugin",
                "System Console, Environment, Database: the driver is postgres",
                "keep the source frozen, and its backup, until the new server has run for a while",
            ]),
        ),
        step(
            "To go back instead",
            [stop, vec![format!("{cutover} --undo")], start].concat(),
            strings(&[
                "on every node; `--undo` counts what was written to PostgreSQL meanwhile, which is not in \
                 MySQL",
            ]),
        ),
    ]
}

/// The command after which systemd has read edited units.
fn reload(starts: &[Start]) -> impl Iterator<Item = String> {
    let has_unit = starts.iter().any(|start| matches!(start, Start::Unit { .. }));
    has_unit.then(|| "systemctl daemon-reload".to_owned()).into_iter()
}

/// The command that dumps the source.
fn backup(server: Option<&PlannedServer>) -> String {
    let (program, more) = match server.map(|server| server.flavour) {
        Some(Flavour::MariaDb) => ("mariadb-dump", ""),
        // Without it, the application's account lacks a right on MySQL 9.
        Some(Flavour::MySql) => ("mysqldump", " --set-gtid-purged=OFF"),
        None => ("mysqldump", ""),
    };
    let database = server.map_or("DATABASE", |server| server.database.as_str());
    format!(
        "{program} --single-transaction --hex-blob --default-character-set=utf8mb4{more} '{database}' > \
         mattermost.sql"
    )
}

fn freeze_step(facts: &PlanFacts, cutover: &str) -> Step {
    let mut command = format!("{cutover} --freeze");
    let mut notes = strings(&["every database on that server becomes read only until `--undo`"]);
    if facts.server.as_ref().is_ok_and(|server| !server.may_freeze) {
        command.push_str(" --mysql 'ADMINISTRATOR:PASSWORD@tcp(HOST:3306)/DATABASE'");
        notes.push("with the DSN of an administrator of the server".to_owned());
    }
    Step { seconds: facts.times.freeze, ..step("Freeze the source", vec![command], notes) }
}

fn migrate_step(facts: &PlanFacts) -> Step {
    let flags = &facts.sides_flags;
    let migrate = format!("migration-assist migrate{flags}");
    let proof = "it ends with the proof that both sides are equal: continue only after status 0";
    let sum = [facts.times.check, facts.times.copy, facts.times.indexes, facts.times.proof];
    let seconds = sum.into_iter().sum::<Option<f64>>();
    let base = if facts.earlier_copy.is_some() {
        let notes = vec![
            proof.to_owned(),
            format!("after an interruption run `{migrate}`, without `--restart`: it resumes"),
        ];
        let restart = format!("{migrate} --restart");
        step("Copy again, in place of the earlier copy, and prove", vec![restart], notes)
    } else {
        let resume = "run the same command again after an interruption: it resumes";
        step("Migrate and prove", vec![migrate], strings(&[proof, resume]))
    };
    Step { seconds, ..base }
}

fn switch_step(facts: &PlanFacts, cutover: &str) -> Step {
    let mut notes = strings(&[
        "on every node, since each has its own configuration; with `--config-in-database` once",
        "Mattermost has to be stopped: way 2 stops it here",
    ]);
    if !facts.leftovers.is_empty() {
        notes.push("edit by hand:".to_owned());
        notes.extend(facts.leftovers.iter().map(|it| format!("  {it}")));
    }
    Step {
        seconds: switch_seconds(facts),
        ..step("Switch the configuration", vec![cutover.to_owned()], notes)
    }
}

fn step(title: &str, commands: Vec<String>, notes: Vec<String>) -> Step {
    Step { title: title.to_owned(), commands, notes, seconds: None }
}

fn strings(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|&line| line.to_owned()).collect()
}
