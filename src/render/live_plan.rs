//! The plan of a live switch: how long users cannot write, what was found, and the commands.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use super::compared::extent;
use super::cutover_plan::FREEZE_COSTS;
use crate::cutover::LiveFacts;
use crate::figures::{grouped, human_bytes};
use crate::shell::shell_word;

/// The longest time for which the freeze waits, in seconds.
const FREEZE_LIMIT: f64 = 4.0;
/// From how many changed rows on a new proof before the switch is advised.
const MANY: u64 = 2_000_000;

/// The plan.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LivePlan {
    /// The parts of the time without writes.
    pub window: Vec<Part>,
    /// Their sum in seconds, without those that are unknown.
    pub seconds: f64,
    /// What is in the way or advisable.
    pub found: Vec<String>,
    /// What users notice while nothing can be written.
    pub notices: Vec<&'static str>,
    /// The commands in their order.
    pub commands: Vec<String>,
}

/// A part of the time without writes.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Part {
    /// What is done.
    pub step: String,
    /// `None` if it was never measured.
    pub seconds: Option<f64>,
}

/// What the printed commands are made from.
#[derive(Debug, Clone, Copy)]
pub struct LiveCommands<'a> {
    /// The flags of every `cutover`, such as `--config /opt/mattermost/config/config.json`.
    pub cutover_flags: &'a str,
    /// The flags of `migrate`, such as ` --schema chat`; empty or with a space first.
    pub sides_flags: &'a str,
    /// The command that starts Mattermost, if one was given.
    pub start: Option<&'a str>,
}

impl LivePlan {
    /// Makes the plan.
    #[must_use]
    pub fn of(facts: &LiveFacts, commands: &LiveCommands<'_>) -> Self {
        let window = window(facts);
        Self {
            seconds: window.iter().filter_map(|it| it.seconds).sum(),
            window,
            found: found(facts, commands),
            notices: FREEZE_COSTS.to_vec(),
            commands: commands.of(facts),
        }
    }
}

fn window(facts: &LiveFacts) -> Vec<Part> {
    let part = |step: String, seconds| Part { step, seconds };
    let comparing = if facts.base.is_some() {
        let seconds = facts.rate.map(|rate| quotient(facts.touched, rate));
        part(
            format!("comparing the rows changed since the proof ({})", grouped(facts.touched)),
            seconds,
        )
    } else {
        part("comparing all rows".to_owned(), facts.times.proof)
    };
    let behind = facts.behind.map_or_else(
        || "applying the last changes".to_owned(),
        |bytes| format!("applying the last changes ({} behind now)", human_bytes(bytes)),
    );
    vec![
        part("making the source read-only, at most".to_owned(), Some(FREEZE_LIMIT)),
        part(behind, None),
        comparing,
        part("switching the configuration".to_owned(), facts.times.switch),
        part("the start of Mattermost".to_owned(), None),
    ]
}

#[expect(clippy::cast_precision_loss, reason = "an estimate")]
fn quotient(count: u64, rate: f64) -> f64 {
    count as f64 / rate
}

fn found(facts: &LiveFacts, commands: &LiveCommands<'_>) -> Vec<String> {
    let mut found = Vec::new();
    match &facts.base {
        Some(base) => found.push(format!(
            "proof of all rows: {} UTC, {}",
            base.verified_at,
            extent(base.rows, base.tables)
        )),
        None => found.push(
            "no proof of all rows was made while the source was followed: all rows are compared while \
             writes are stopped"
                .to_owned(),
        ),
    }
    if let Some(reason) = &facts.following.stopped_by {
        found.push(format!("following has stopped: {reason}"));
    }
    if facts.following.overlap.is_some() {
        found.push("the log is not yet applied up to the end of the copy".to_owned());
    }
    if let Some((account, statement)) = &facts.writer {
        found.push(format!(
            "Mattermost's account {account} can write to a read-only server, so that the switch would be given \
             up: let an administrator run `{statement}`, and restart Mattermost, whose sessions keep the right"
        ));
    }
    if facts.touched > MANY {
        found.push(
            "many rows were changed since the proof: make a new one before the switch".to_owned(),
        );
    }
    if commands.start.is_none() {
        found.push(
            "without `--start-command` the time until you start Mattermost is added to the stop"
                .to_owned(),
        );
    }
    found
}

impl LiveCommands<'_> {
    fn of(&self, facts: &LiveFacts) -> Vec<String> {
        let Self { cutover_flags, sides_flags, start } = self;
        let start = shell_word(start.unwrap_or("systemctl restart mattermost"));
        let prove = (facts.base.is_none() || facts.touched > MANY)
            .then(|| format!("migration-assist migrate --live{sides_flags}"));
        let switch = [
            format!("migration-assist cutover --live {cutover_flags} --start-command {start}"),
            format!("migration-assist cutover --undo {cutover_flags}"),
        ];
        prove.into_iter().chain(switch).collect()
    }
}

impl fmt::Display for LivePlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "How long users cannot write")?;
        writeln!(f, "   known parts together: {:.1} s", self.seconds)?;
        for Part { step, seconds } in &self.window {
            match seconds {
                Some(seconds) => writeln!(f, "   {step}: {seconds:.1} s")?,
                None => writeln!(f, "   {step}: not measured")?,
            }
        }
        section(f, "What users notice meanwhile", &self.notices)?;
        section(f, "Found", &self.found)?;
        section(f, "Steps", &self.commands)?;
        writeln!(
            f,
            "\nThe last one leads back, as long as nothing was written on PostgreSQL. If a step of the switch \
             fails or takes too long, the source accepts writes again and nothing has changed."
        )
    }
}

fn section(f: &mut fmt::Formatter<'_>, title: &str, lines: &[impl fmt::Display]) -> fmt::Result {
    writeln!(f, "\n{title}")?;
    lines.iter().try_for_each(|line| writeln!(f, "   {line}"))
}

#[cfg(test)]
mod tests {
    use super::{LiveCommands, LivePlan};
    use crate::cutover::LiveFacts;
    use crate::ledger::{BaseProof, FollowingCounts, FollowingRecord, PhaseTimes};

    const COMMANDS: LiveCommands<'_> = LiveCommands {
        cutover_flags: "--config /c.json",
        sides_flags: " --schema chat",
        start: None,
    };

    fn facts() -> LiveFacts {
        LiveFacts {
            following: FollowingRecord {
                position: "b.000002:100".parse().expect("a position"),
                server: String::new(),
                replica_id: 1,
                overlap: None,
                source_time: None,
                counts: FollowingCounts::default(),
                stopped_by: None,
                handover: false,
                generation: 1,
                log_created: None,
                gtid: None,
            },
            base: None,
            touched: 0,
            rate: None,
            times: PhaseTimes::default(),
            behind: None,
            writer: None,
        }
    }

    #[test]
    fn without_a_proof_all_rows_are_compared_in_the_stop() {
        let mut facts = facts();
        facts.following.stopped_by = Some("ALTER TABLE `Posts`".to_owned());
        facts.following.overlap = Some("b.000002:200".parse().expect("a position"));
        facts.writer = Some(("mmuser@%".to_owned(), "REVOKE …;".to_owned()));
        facts.times.proof = Some(30.0);
        insta::assert_snapshot!(LivePlan::of(&facts, &COMMANDS), @r#"
        How long users cannot write
           known parts together: 34.0 s
           making the source read-only, at most: 4.0 s
           applying the last changes: not measured
           comparing all rows: 30.0 s
           switching the configuration: not measured
           the start of Mattermost: not measured

        What users notice meanwhile
           posting fails with status 500, saving preferences with status 400
           logging in fails with "invalid credentials"
           `/api/v4/system/ping?get_server_status=true` reports an unhealthy server, so that a load balancer can take the node out of service
           a post that is sent at that time can arrive without its files
           Mattermost does not start on a MySQL server that is read only

        Found
           no proof of all rows was made while the source was followed: all rows are compared while writes are stopped
           following has stopped: ALTER TABLE `Posts`
           the log is not yet applied up to the end of the copy
           Mattermost's account mmuser@% can write to a read-only server, so that the switch would be given up: let an administrator run `REVOKE …;`, and restart Mattermost, whose sessions keep the right
           without `--start-command` the time until you start Mattermost is added to the stop

        Steps
           migration-assist migrate --live --schema chat
           migration-assist cutover --live --config /c.json --start-command 'systemctl restart mattermost'
           migration-assist cutover --undo --config /c.json

        The last one leads back, as long as nothing was written on PostgreSQL. If a step of the switch fails or takes too long, the source accepts writes again and nothing has changed.
        "#);
    }

    #[test]
    fn behind_a_proof_the_changed_rows_are_compared() {
        let mut facts = facts();
        facts.base = Some(BaseProof {
            id: 1,
            rows: 1_000_000,
            tables: 60,
            verified_at: "2026-01-31 10:00".to_owned(),
            position: None,
            left_out: 0,
            doubts: Vec::new(),
        });
        (facts.touched, facts.rate, facts.behind) = (30, Some(10.0), Some(2_000));
        facts.times.switch = Some(0.5);
        let commands = LiveCommands { start: Some("docker compose up -d mm"), ..COMMANDS };
        let plan = LivePlan::of(&facts, &commands).to_string();
        let (parts, rest) = plan.split_once("What users notice").expect("a heading");
        let (_, rest) = rest.split_once("Found\n").expect("a heading");
        insta::assert_snapshot!(format!("{parts}{rest}"), @r"
        How long users cannot write
           known parts together: 7.5 s
           making the source read-only, at most: 4.0 s
           applying the last changes (2.0 KiB behind now): not measured
           comparing the rows changed since the proof (30): 3.0 s
           switching the configuration: 0.5 s
           the start of Mattermost: not measured

           proof of all rows: 2026-01-31 10:00 UTC, 1,000,000 rows of 60 tables

        Steps
           migration-assist cutover --live --config /c.json --start-command 'docker compose up -d mm'
           migration-assist cutover --undo --config /c.json

        The last one leads back, as long as nothing was written on PostgreSQL. If a step of the switch fails or takes too long, the source accepts writes again and nothing has changed.
        ");
    }
}
