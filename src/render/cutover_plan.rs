//! The plan of a move: how long users cannot write, what was found, and the steps, with the workspace's
//! own names.

mod found;
mod steps;

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use crate::cutover::{Patience, PlanFacts};
use found::found;
use steps::steps;

/// The plan.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Plan {
    /// How long users cannot write, and what each way costs.
    pub downtime: Vec<String>,
    /// What was found that the plan depends on.
    pub found: Vec<String>,
    /// The steps in their order.
    pub steps: Vec<Step>,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
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
    "a post that is sent at that time can arrive without its files",
    "Mattermost does not start on a MySQL server that is read only",
];

impl Plan {
    /// Makes the plan.
    #[must_use]
    pub fn of(facts: &PlanFacts) -> Self {
        Self { downtime: downtime(facts), found: found(facts), steps: steps(facts) }
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "How long users cannot write")?;
        self.downtime.iter().try_for_each(|line| writeln!(f, "   {line}"))?;
        if !self.found.is_empty() {
            writeln!(f, "\nFound")?;
        }
        self.found.iter().try_for_each(|line| writeln!(f, "   {line}"))?;
        writeln!(f, "\nSteps\n")?;
        (1..).zip(&self.steps).try_for_each(|(number, step)| write_step(f, number, step))
    }
}

fn write_step(f: &mut fmt::Formatter<'_>, number: u32, step: &Step) -> fmt::Result {
    let took = step.seconds.map(|seconds| format!(" (took {} the last time)", duration(seconds)));
    writeln!(f, "{number}. {}{}", step.title, took.unwrap_or_default())?;
    step.notes.iter().try_for_each(|note| writeln!(f, "   {note}"))?;
    step.commands.iter().try_for_each(|command| writeln!(f, "     {command}"))?;
    writeln!(f)
}

/// The time for which a freeze looks whether rows still arrive is the least that it takes.
fn freeze_seconds(facts: &PlanFacts) -> f64 {
    facts.times.freeze.unwrap_or_else(|| Patience::default().look.as_secs_f64())
}

/// The switch asks what the plan has asked. If it has to read all tables as well, that takes no longer than
/// the proof, which reads them meanwhile.
fn switch_seconds(facts: &PlanFacts) -> Option<f64> {
    if let Some(seconds) = facts.times.switch {
        return Some(seconds);
    }
    let reads_tables = facts.server.as_ref().is_ok_and(|server| !server.position_is_evidence);
    let reading = if reads_tables { facts.times.proof? } else { 0.0 };
    Some(facts.asked_seconds? + reading)
}

/// How long users cannot write: the sum of the steps, if each phase was measured.
fn downtime(facts: &PlanFacts) -> Vec<String> {
    let times = facts.times;
    let phases = [
        ("freeze", Some(freeze_seconds(facts))),
        ("check", times.check),
        ("copy", times.copy),
        ("indexes", times.indexes),
        ("proof", times.proof),
        ("switch", switch_seconds(facts)),
    ];
    let known: Vec<String> = phases
        .iter()
        .filter_map(|(name, seconds)| Some(format!("{name} {}", duration((*seconds)?))))
        .collect();
    let unknown: Vec<&str> =
        phases.iter().filter_map(|(name, seconds)| seconds.is_none().then_some(*name)).collect();
    let sum: f64 = phases.iter().filter_map(|(_, seconds)| *seconds).sum();
    let mut lines = Vec::new();
    if unknown.is_empty() {
        lines.push(format!(
            "users cannot write for about {}, and the time that Mattermost takes to stop and start \
             (measured in the last complete runs: {})",
            duration(sum),
            known.join(", ")
        ));
    } else {
        lines.push(format!(
            "how long users cannot write is not known (not measured: {}): run `migration-assist \
             migrate{sides_flags}` once as a rehearsal, which does not write to the source",
            unknown.join(", "),
            sides_flags = facts.sides_flags
        ));
    }
    lines.push(
        "way 1, recommended: stop Mattermost first (step 3). Users can neither read nor write for that \
         time; nothing is half written"
            .to_owned(),
    );
    lines.push(
        "way 2: freeze the source while Mattermost runs, and stop it before step 6. Users can read \
         meanwhile, but:"
            .to_owned(),
    );
    lines.extend(FREEZE_COSTS.iter().map(|cost| format!("  {cost}")));
    lines
}

/// A time in the unit that fits it.
fn duration(seconds: f64) -> String {
    if seconds < 90.0 {
        format!("{:.0} s", seconds.ceil())
    } else if seconds < 600.0 {
        // A whole minute would be a quarter of such a time.
        format!("{:.0} min {:.0} s", (seconds / 60.0).floor(), (seconds % 60.0).floor())
    } else if seconds < 5400.0 {
        format!("{:.0} min", (seconds / 60.0).ceil())
    } else {
        format!("{:.1} h", seconds / 3600.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{Plan, duration};
    use crate::cutover::{Gap, Leftover, PlanFacts, PlannedServer, Start, TargetIssue};
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
            leftovers: vec![Leftover {
                path: "/etc/default/mattermost".into(),
                line: 2,
                present: "X=mysql".to_owned(),
                instead: None,
                why: "it overrides the configuration".to_owned(),
            }],
            not_looked_at: vec![Gap {
                what: "/srv/vars".to_owned(),
                why: "denied".to_owned(),
                is_unreadable: true,
            }],
            times: PhaseTimes {
                check: Some(3.0),
                copy: Some(60.0),
                indexes: Some(10.0),
                proof: Some(20.2),
                switch: None,
                freeze: None,
            },
            asked_seconds: Some(1.0),
            earlier_copy: Some("2026-01-31 23:59".to_owned()),
            server: Ok(PlannedServer {
                flavour: Flavour::MariaDb,
                database: "mm".to_owned(),
                account: "mm@10.0.%".to_owned(),
                may_freeze: false,
                position_is_evidence: true,
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
    fn the_plan_says_how_long_users_cannot_write_what_was_found_and_what_to_run() {
        let mut facts = facts();
        facts.target_issues = vec![
            TargetIssue::MayNotCreate { role: "mm".to_owned(), schema: "chat".to_owned() },
            TargetIssue::NoLedger {
                role: "mm".to_owned(),
                statements: vec!["GRANT CREATE ON DATABASE chat TO mm;".to_owned()],
            },
        ];
        let plan = Plan::of(&facts);
        // 2 s of the freeze, 3 + 60 + 10 + 20.2 s of the rehearsal, 1 s for what the plan asked.
        insta::assert_snapshot!(plan, @r#"
        How long users cannot write
           users cannot write for about 1 min 36 s, and the time that Mattermost takes to stop and start (measured in the last complete runs: freeze 2 s, check 3 s, copy 60 s, indexes 10 s, proof 21 s, switch 1 s)
           way 1, recommended: stop Mattermost first (step 3). Users can neither read nor write for that time; nothing is half written
           way 2: freeze the source while Mattermost runs, and stop it before step 6. Users can read meanwhile, but:
             posting fails with status 500, saving preferences with status 400
             logging in fails with "invalid credentials"
             `/api/v4/system/ping?get_server_status=true` reports an unhealthy server, so that a load balancer can take the node out of service
             a post that is sent at that time can arrive without its files
             Mattermost does not start on a MySQL server that is read only

        Found
           connected to the source: mm from node-1 (sessions: 1)
           connected to the source: mm from node-2 (sessions: 1)
           the configuration of each node needs its own `cutover`: repeat step 6 on every node
           sessions of other accounts are not visible to mm@10.0.%; an administrator grants it: GRANT PROCESS ON *.* TO 'mm'@'10.0.%';
           mm@10.0.% may not freeze the server: step 4 needs the DSN of an administrator, as shown there
           a freeze makes the other databases of the server read only, too: blog
           not looked at: /srv/vars (denied)
           target: "mm" may not create tables; an administrator grants it: GRANT USAGE, CREATE ON SCHEMA "chat" TO "mm";
           target: "mm" may not create or use the schema `migration_assist`; an administrator runs: GRANT CREATE ON DATABASE chat TO mm;
           the target has the rows of a copy that was finished at 2026-01-31 23:59 (UTC): step 5 copies again

        Steps

        1. Make a backup
           back up the configuration of every node as well
           files and plugins stay where they are: the file store is not moved
             mariadb-dump --single-transaction --hex-blob --default-character-set=utf8mb4 'mm' > mattermost.sql

        2. Set where both databases are
           source: mm:****@tcp(db:3306)/mm
           target: postgres://mm:****@pg:5432/mm
             export MIGRATION_ASSIST_MYSQL_DSN='…'

        3. Stop Mattermost, on every node
           from here on users wait; take the nodes out of the load balancer
           way 2 leaves this out here
             systemctl stop mattermost

        4. Freeze the source
           every database on that server becomes read only until `--undo`
           with the DSN of an administrator of the server
             migration-assist cutover --config /opt/mm/config.json --schema chat --unit-dir etc --freeze --mysql 'ADMINISTRATOR:PASSWORD@tcp(HOST:3306)/DATABASE'

        5. Copy again, in place of the earlier copy, and prove (took 1 min 33 s the last time)
           it ends with the proof that both sides are equal: continue only after status 0
           after an interruption run `migration-assist migrate --schema chat`, without `--restart`: it resumes
             migration-assist migrate --schema chat --restart

        6. Switch the configuration (took 1 s the last time)
           on every node, since each has its own configuration; with `--config-in-database` once
           Mattermost has to be stopped: way 2 stops it here
           edit by hand:
             /etc/default/mattermost, line 2: remove `X=mysql` (it overrides the configuration)
             migration-assist cutover --config /opt/mm/config.json --schema chat --unit-dir etc

        7. Start Mattermost, on every node
           put the nodes back into the load balancer after step 8
             systemctl daemon-reload
             systemctl start mattermost

        8. Check
           log in, search for an old message, open a file, post, use each plugin
           System Console, Environment, Database: the driver is postgres
           keep the source frozen, and its backup, until the new server has run for a while
             journalctl -u mattermost -f

        9. To go back instead
           on every node; `--undo` counts what was written to PostgreSQL meanwhile, which is not in MySQL
             systemctl stop mattermost
             migration-assist cutover --config /opt/mm/config.json --schema chat --unit-dir etc --undo
             systemctl start mattermost
        "#);
        assert_eq!(plan.steps[4].seconds, Some(93.2));
    }

    #[test]
    fn without_a_rehearsal_no_time_is_claimed() {
        let mut facts = facts();
        (facts.times, facts.earlier_copy) = (PhaseTimes::default(), None);
        let plan = Plan::of(&facts);
        assert!(plan.downtime[0].contains("not known (not measured: check, copy, indexes, proof)"));
        assert_eq!(plan.steps[4].commands, ["migration-assist migrate --schema chat"]);
    }

    #[test]
    fn the_steps_of_a_container_are_its_own() {
        let mut facts = facts();
        let (engine, name) = ("docker", "chat".to_owned());
        facts.starts = vec![Start::Container { engine, name }];
        let plan = Plan::of(&facts);
        let commands: Vec<&str> =
            plan.steps.iter().flat_map(|step| &step.commands).map(String::as_str).collect();
        for command in ["docker stop chat", "docker start chat", "docker logs -f chat"] {
            assert!(commands.contains(&command), "`{command}` is not in {commands:?}");
        }
        assert!(!commands.iter().any(|command| command.starts_with("systemctl")), "{commands:?}");
    }

    #[test]
    fn times_are_rounded_by_less_than_a_tenth() {
        let printed = [3.2, 89.5, 96.9, 599.0, 700.0, 9000.0].map(duration);
        assert_eq!(printed, ["4 s", "90 s", "1 min 36 s", "9 min 59 s", "12 min", "2.5 h"]);
    }
}
