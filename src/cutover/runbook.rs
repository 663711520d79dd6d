//! The plan of a move: how long users cannot write, what was found, and the steps, with the workspace's
//! own names.

use std::collections::BTreeMap;

use serde::Serialize;

use super::leftover::{Gap, Start};
use super::process::MattermostProcess;
use crate::ledger::PhaseTimes;
use crate::mysql::{Flavour, OpenSessions};

/// What the plan is made from.
#[derive(Debug, Clone)]
pub struct PlanFacts {
    /// The flags of every `cutover`, such as `--config /opt/mattermost/config/config.json`.
    pub cutover_flags: String,
    /// The flags of `migrate`, `copy` and `verify`, such as ` --schema chat`; empty or with a space first.
    pub sides_flags: String,
    /// Whether the DSNs come from the environment, so that a step sets the variables.
    pub dsn_variables: Vec<&'static str>,
    /// Where the source is, without its password.
    pub source: Option<String>,
    /// Where the target is, without its password.
    pub target: String,
    /// How Mattermost is started.
    pub starts: Vec<Start>,
    /// What else has to be edited, as lines to show.
    pub edits: Vec<String>,
    /// What else can give Mattermost a database and was not looked at.
    pub not_looked_at: Vec<Gap>,
    /// The times of the last complete run of each phase.
    pub times: PhaseTimes,
    /// When an earlier copy into the target was finished, in UTC.
    pub earlier_copy: Option<String>,
    /// The source, as it answered.
    pub server: Result<PlannedServer, String>,
    /// What the target's account lacks, with the statement that grants it.
    pub target_issues: Vec<String>,
    /// Processes of Mattermost on this machine.
    pub processes: Vec<MattermostProcess>,
}

/// What the source shows about a move.
#[derive(Debug, Clone)]
pub struct PlannedServer {
    /// The kind of server.
    pub flavour: Flavour,
    /// The database.
    pub database: String,
    /// The account that the plan was made with, as the server knows it.
    pub account: String,
    /// Whether it may freeze the server.
    pub may_freeze: bool,
    /// Whether the server is read only already.
    pub frozen: bool,
    /// Databases that a freeze makes read only, too.
    pub other_databases: Vec<String>,
    /// The sessions of the workspace.
    pub sessions: OpenSessions,
}

/// The plan.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Plan {
    /// How long users cannot write, and what each way costs.
    pub downtime: Vec<String>,
    /// What was found that the plan depends on.
    pub found: Vec<String>,
    /// The steps in their order.
    pub steps: Vec<Step>,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Step {
    /// What it is about.
    pub title: String,
    /// What to run, in this order.
    pub commands: Vec<String>,
    /// What to know or to look at.
    pub notes: Vec<String>,
    /// How long it took the last time, in seconds.
    pub seconds: Option<f64>,
}

/// What a freeze does to the users of a Mattermost that runs on it.
pub const FREEZE_COSTS: [&str; 5] = [
    "posting fails with status 500, saving preferences with status 400",
    "logging in fails with \"invalid credentials\"",
    "`/api/v4/system/ping?get_server_status=true` reports an unhealthy server, so that a load balancer \
     can take the node out of service",
    "a post that is sent at that moment can arrive without its files",
    "Mattermost does not start on a MySQL server that is read only",
];

/// Makes the plan.
#[must_use]
pub fn runbook(facts: &PlanFacts) -> Plan {
    Plan { downtime: downtime(facts.times), found: found(facts), steps: steps(facts) }
}

fn downtime(times: PhaseTimes) -> Vec<String> {
    let phases = [
        ("check", times.check),
        ("copy", times.copy),
        ("indexes", times.indexes),
        ("proof", times.proof),
        ("switch", times.switch),
    ];
    let known: Vec<String> = phases
        .iter()
        .filter_map(|(name, seconds)| Some(format!("{name} {}", duration((*seconds)?))))
        .collect();
    let sum: f64 = phases.iter().filter_map(|(_, seconds)| *seconds).sum();
    let mut lines = Vec::new();
    if times.copy.is_none() || times.proof.is_none() {
        lines.push(
            "how long users cannot write is not known: run `migration-assist migrate` once as a \
             rehearsal, which does not write to the source"
                .to_owned(),
        );
    } else {
        lines.push(format!(
            "users cannot write for about {}, and the time that Mattermost takes to stop and start \
             (measured in the last complete runs: {})",
            duration(sum),
            known.join(", ")
        ));
    }
    lines.push(
        "way 1, recommended: stop Mattermost first (step 3). Users can neither read nor write for that \
         time; nothing is half written"
            .to_owned(),
    );
    lines.push(
        "way 2: freeze the source while Mattermost runs, and stop it before step 7. Users can read \
         meanwhile, but:"
            .to_owned(),
    );
    lines.extend(FREEZE_COSTS.iter().map(|cost| format!("  {cost}")));
    lines
}

fn found(facts: &PlanFacts) -> Vec<String> {
    let mut lines = Vec::new();
    match &facts.server {
        Err(reason) => lines.push(format!(
            "the source was not asked ({reason}): not known: who is connected, and whether the account may \
             freeze it"
        )),
        Ok(server) => found_on_server(server, &mut lines),
    }
    for process in &facts.processes {
        lines.push(format!("Mattermost runs on this machine as process {}", process.pid));
    }
    lines.extend(
        facts.not_looked_at.iter().map(|gap| format!("not looked at: {} ({})", gap.what, gap.why)),
    );
    lines.extend(facts.target_issues.iter().map(|issue| format!("target: {issue}")));
    if let Some(at) = &facts.earlier_copy {
        lines.push(format!(
            "the target has the rows of a copy that was finished at {at} (UTC): step 5 copies again"
        ));
    }
    lines
}

fn found_on_server(server: &PlannedServer, lines: &mut Vec<String>) {
    let mut hosts: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for session in &server.sessions.sessions {
        *hosts.entry((&session.host, &session.user)).or_default() += 1;
    }
    for ((host, user), sessions) in &hosts {
        lines.push(format!("connected to the source: {user} from {host} (sessions: {sessions})"));
    }
    if hosts.len() > 1 {
        lines.push(
            "the configuration of each node needs its own `cutover`: repeat step 7 on every node"
                .to_owned(),
        );
    }
    if !server.sessions.complete {
        lines.push(format!(
            "sessions of other accounts are not visible to {}; an administrator grants it: {}",
            server.account,
            grant("PROCESS", &server.account)
        ));
    }
    if !server.may_freeze {
        lines.push(format!(
            "{} may not freeze the server: step 4 needs the DSN of an administrator, as shown there",
            server.account
        ));
    }
    if server.frozen {
        lines.push("the source is read only already".to_owned());
    }
    if !server.other_databases.is_empty() {
        lines.push(format!(
            "a freeze makes the other databases of the server read only, too: {}",
            server.other_databases.join(", ")
        ));
    }
}

/// The statement that grants a right on the whole server.
#[must_use]
pub fn grant(right: &str, account: &str) -> String {
    format!("GRANT {right} ON *.* TO {};", quoted_account(account))
}

/// `user@host` as statements take it.
#[must_use]
pub fn quoted_account(account: &str) -> String {
    let (user, host) = account.rsplit_once('@').unwrap_or((account, "%"));
    let quote = |name: &str| format!("'{}'", name.replace('\'', "''"));
    format!("{}@{}", quote(user), quote(host))
}

fn strings(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|&line| line.to_owned()).collect()
}

fn step(title: &str, commands: Vec<String>, notes: Vec<String>) -> Step {
    Step { title: title.to_owned(), commands, notes, seconds: None }
}

fn steps(facts: &PlanFacts) -> Vec<Step> {
    let PlanFacts { cutover_flags, sides_flags, starts, .. } = facts;
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
        Step {
            seconds: facts.times.proof,
            ..step(
                "Prove that both sides are equal",
                vec![format!("migration-assist verify{sides_flags}")],
                strings(&["`migrate` ends with this proof; continue only after status 0"]),
            )
        },
        switch_step(facts, &cutover),
        step(
            "Start Mattermost, on every node",
            reload(starts).chain(start.iter().cloned()).collect(),
            strings(&["put the nodes back into the load balancer after step 9"]),
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
    step("Freeze the source", vec![command], notes)
}

fn migrate_step(facts: &PlanFacts) -> Step {
    let flags = &facts.sides_flags;
    let migrate = format!("migration-assist migrate{flags}");
    let notes = strings(&["run the same command again after an interruption: it resumes"]);
    let sum = [facts.times.check, facts.times.copy, facts.times.indexes, facts.times.proof];
    let seconds = facts.times.copy.map(|_| sum.into_iter().flatten().sum());
    let base = if facts.earlier_copy.is_some() {
        let restart = format!("migration-assist copy{flags} --restart");
        step("Copy again, in place of the earlier copy", vec![restart, migrate], notes)
    } else {
        step("Migrate", vec![migrate], notes)
    };
    Step { seconds, ..base }
}

fn switch_step(facts: &PlanFacts, cutover: &str) -> Step {
    let mut notes = strings(&[
        "on every node, since each has its own configuration; with `--config-in-database` once",
        "Mattermost has to be stopped: way 2 stops it here",
    ]);
    if !facts.edits.is_empty() {
        notes.push("edit by hand:".to_owned());
        notes.extend(facts.edits.iter().map(|edit| format!("  {edit}")));
    }
    Step {
        seconds: facts.times.switch,
        ..step("Switch the configuration", vec![cutover.to_owned()], notes)
    }
}

/// A time in the unit that fits it.
#[must_use]
pub fn duration(seconds: f64) -> String {
    if seconds < 90.0 {
        format!("{:.0} s", seconds.ceil())
    } else if seconds < 5400.0 {
        format!("{:.0} min", (seconds / 60.0).ceil())
    } else {
        format!("{:.1} h", seconds / 3600.0)
    }
}

#[cfg(test)]
mod tests {
    use super::super::leftover::{Gap, Start};
    use super::{PlanFacts, PlannedServer, quoted_account, runbook};
    use crate::ledger::PhaseTimes;
    use crate::mysql::{Flavour, OpenSession, OpenSessions};

    fn session(host: &str) -> OpenSession {
        OpenSession {
            id: 1,
            user: "mm".to_owned(),
            host: host.to_owned(),
            database: Some("mm".to_owned()),
            is_active: false,
            seconds: 1,
        }
    }

    fn facts() -> PlanFacts {
        PlanFacts {
            cutover_flags: "--config /opt/mm/config.json --schema chat --unit-dir etc".to_owned(),
            sides_flags: " --schema chat".to_owned(),
            dsn_variables: vec!["MIGRATION_ASSIST_MYSQL_DSN"],
            source: Some("mm:****@tcp(db:3306)/mm".to_owned()),
            target: "postgres://mm:****@pg:5432/mm".to_owned(),
            starts: vec![Start::Unit { name: "mattermost".to_owned() }],
            edits: vec!["/etc/default/mattermost:2: X=…".to_owned()],
            not_looked_at: vec![Gap { what: "/srv/vars".to_owned(), why: "denied".to_owned() }],
            times: PhaseTimes {
                check: Some(3.0),
                copy: Some(60.0),
                indexes: Some(10.0),
                proof: Some(20.2),
                switch: None,
            },
            earlier_copy: Some("2026-01-31 23:59".to_owned()),
            server: Ok(PlannedServer {
                flavour: Flavour::MariaDb,
                database: "mm".to_owned(),
                account: "mm@10.0.%".to_owned(),
                may_freeze: false,
                frozen: false,
                other_databases: vec!["blog".to_owned()],
                sessions: OpenSessions {
                    sessions: vec![session("node-1"), session("node-2")],
                    complete: false,
                },
            }),
            target_issues: Vec::new(),
            processes: Vec::new(),
        }
    }

    #[test]
    fn the_plan_says_how_long_users_cannot_write_and_repeats_the_flags() {
        let plan = runbook(&facts());
        assert!(plan.downtime[0].contains("for about 2 min"), "{:?}", plan.downtime);
        let commands: Vec<_> = plan.steps.iter().flat_map(|step| &step.commands).collect();
        let cutovers: Vec<_> = commands.iter().filter(|it| it.contains(" cutover ")).collect();
        assert_eq!(cutovers.len(), 3);
        assert!(cutovers.iter().all(|it| it.contains("--schema chat --unit-dir etc")));
        assert!(commands.iter().any(|it| it.ends_with("copy --schema chat --restart")));
        assert!(plan.steps[3].commands[0].contains("--mysql 'ADMINISTRATOR"));
    }

    #[test]
    fn the_plan_names_nodes_rights_and_other_databases() {
        let found = runbook(&facts()).found.join("\n");
        for part in [
            "mm from node-2 (sessions: 1)",
            "needs its own `cutover`",
            "GRANT PROCESS ON *.* TO 'mm'@'10.0.%';",
            "may not freeze the server",
            "read only, too: blog",
            "not looked at: /srv/vars (denied)",
        ] {
            assert!(found.contains(part), "`{part}` is not in:\n{found}");
        }
    }

    #[test]
    fn without_a_rehearsal_no_time_is_claimed() {
        let mut facts = facts();
        (facts.times, facts.earlier_copy) = (PhaseTimes::default(), None);
        let plan = runbook(&facts);
        assert!(plan.downtime[0].contains("not known"));
        assert_eq!(plan.steps[4].commands, ["migration-assist migrate --schema chat"]);
    }

    #[test]
    fn the_steps_of_a_container_are_its_own() {
        let mut facts = facts();
        let (engine, name) = ("docker", "chat".to_owned());
        facts.starts = vec![Start::Container { engine, name }];
        let plan = runbook(&facts);
        let commands: Vec<&str> =
            plan.steps.iter().flat_map(|step| &step.commands).map(String::as_str).collect();
        for command in ["docker stop chat", "docker start chat", "docker logs -f chat"] {
            assert!(commands.contains(&command), "`{command}` is not in {commands:?}");
        }
        assert!(!commands.iter().any(|command| command.starts_with("systemctl")), "{commands:?}");
    }

    #[test]
    fn accounts_are_quoted() {
        assert_eq!(quoted_account("mm'user@10.0.%"), "'mm''user'@'10.0.%'");
    }
}
