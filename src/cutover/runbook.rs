//! The plan of a move: how long users cannot write, what was found, and the steps, with the workspace's
//! own names.

mod found;
mod steps;

use schemars::JsonSchema;
use serde::Serialize;

use super::freeze::Patience;
use super::leftover::{Gap, Start};
use super::process::MattermostProcess;
use crate::ledger::PhaseTimes;
use crate::mysql::{Flavour, OpenSessions, quoted_account};
use found::found;
use steps::steps;

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
    /// How long it took to ask both servers for this plan, in seconds. The switch asks the same.
    pub asked_seconds: Option<f64>,
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
    /// Whether its log position shows that nothing was written; otherwise the switch reads all tables.
    pub position_is_evidence: bool,
    /// Whether the server is read only already.
    pub frozen: bool,
    /// Databases that a freeze makes read only, too.
    pub other_databases: Vec<String>,
    /// The sessions of the workspace.
    pub sessions: OpenSessions,
}

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
    "a post that is sent at that moment can arrive without its files",
    "Mattermost does not start on a MySQL server that is read only",
];

/// Makes the plan.
#[must_use]
pub fn runbook(facts: &PlanFacts) -> Plan {
    Plan { downtime: downtime(facts), found: found(facts), steps: steps(facts) }
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

/// The statement that grants a right on the whole server.
#[must_use]
pub fn grant(right: &str, account: &str) -> String {
    format!("GRANT {right} ON *.* TO {};", quoted_account(account))
}

/// A time in the unit that fits it.
#[must_use]
pub fn duration(seconds: f64) -> String {
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
    use super::super::leftover::{Gap, Start};
    use super::{PlanFacts, PlannedServer, duration, runbook};
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
    fn the_plan_says_how_long_users_cannot_write_and_repeats_the_flags() {
        let plan = runbook(&facts());
        // 2 s of the freeze, 3 + 60 + 10 + 20.2 s of the rehearsal, 1 s for what the plan asked.
        assert!(plan.downtime[0].contains("for about 1 min 36 s,"), "{:?}", plan.downtime);
        assert!(plan.downtime[0].contains("freeze 2 s, check 3 s"), "{:?}", plan.downtime);
        assert_eq!(plan.steps[4].seconds, Some(93.2));
        let commands: Vec<_> = plan.steps.iter().flat_map(|step| &step.commands).collect();
        let cutovers: Vec<_> = commands.iter().filter(|it| it.contains(" cutover ")).collect();
        assert_eq!(cutovers.len(), 3);
        assert!(cutovers.iter().all(|it| it.contains("--schema chat --unit-dir etc")));
        assert!(commands.iter().any(|it| it.ends_with("migrate --schema chat --restart")));
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
        assert!(plan.downtime[0].contains("not known (not measured: check, copy, indexes, proof)"));
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
    fn times_are_rounded_by_less_than_a_tenth() {
        let printed = [3.2, 89.5, 96.9, 599.0, 700.0, 9000.0].map(duration);
        assert_eq!(printed, ["4 s", "90 s", "1 min 36 s", "9 min 59 s", "12 min", "2.5 h"]);
    }
}
