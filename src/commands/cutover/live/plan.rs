//! `cutover --live --plan`: what the switch of a followed source does, and how long writes will stop.

use std::fmt::Write as _;

use schemars::JsonSchema;
use serde::Serialize;

use super::super::{configuration, configured_source, flags, named_database};
use crate::cli::CutoverArgs;
use crate::commands::{Context, ExitStatus};
use crate::foreign_text::spell_out_lines;
use crate::ledger::{self, BaseProof, FollowingRecord, PhaseTimes};
use crate::mysql::binlog::log_files;
use crate::mysql::{self, Access, writers_on_read_only};
use crate::postgres::Connection;
use crate::render::{FREEZE_COSTS, extent};
use crate::shell::shell_word;

/// The longest time for which the freeze waits, in seconds.
const FREEZE_LIMIT: f64 = 4.0;
/// From how many changed rows on a new proof before the switch is advised.
const MANY: u64 = 2_000_000;

/// What the plan is made from.
struct Facts {
    following: FollowingRecord,
    base: Option<BaseProof>,
    touched: u64,
    /// Changed rows that the last comparison of such rows read in a second.
    rate: Option<f64>,
    times: PhaseTimes,
    /// How far the log is ahead, in bytes.
    behind: Option<u64>,
    /// Mattermost's account, if it can write to a server that is read-only.
    writer: Option<String>,
}

/// The plan.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::commands) struct LivePlan {
    /// The parts of the time without writes.
    window: Vec<Part>,
    /// Their sum in seconds, without those that are unknown.
    seconds: f64,
    /// What is in the way or advisable.
    found: Vec<String>,
    /// What users notice while nothing can be written.
    notices: Vec<&'static str>,
    /// The commands in their order.
    commands: Vec<String>,
}

/// A part of the time without writes.
#[derive(Debug, Serialize, JsonSchema)]
struct Part {
    step: String,
    /// `None` if it was never measured.
    seconds: Option<f64>,
}

/// Prints the plan.
pub(super) async fn run(
    session: &Connection,
    source: &mysql::Dsn,
    following: FollowingRecord,
    args: &CutoverArgs,
    context: Context,
) -> anyhow::Result<ExitStatus> {
    let schema = &args.schema;
    let mut server = mysql::Connection::connect(source, Access::ReadOnly).await?;
    let behind = bytes_behind(&log_files(&mut server).await?, &following);
    let settings = configuration(args, session).await?;
    let named = configured_source(named_database(settings.secret(), &settings.place())?.as_ref())?;
    let writers = writers_on_read_only(&mut server).await?.unwrap_or_default();
    let is_mattermost = |account: &String| {
        let user = account.rsplit_once('@').map_or(account.as_str(), |(user, _)| user);
        named.as_ref().is_some_and(|dsn| dsn.user == user)
    };
    let facts = Facts {
        writer: writers.into_iter().find(is_mattermost),
        base: ledger::base_proof(session, schema).await?,
        touched: ledger::touched_tables(session, schema).await?.values().sum(),
        rate: ledger::touched_rate(session, schema).await?,
        times: ledger::phase_times(session, schema).await?,
        following,
        behind,
    };
    let plan = plan(&facts, args);
    context.data(&spell_out_lines(&render(&plan)))?;
    context.json("cutover", &plan, Vec::new())?;
    Ok(ExitStatus::Success)
}

/// How many bytes of the log are behind what is applied; `None` if the server does not list the file.
fn bytes_behind(files: &[mysql::binlog::Position], following: &FollowingRecord) -> Option<u64> {
    let applied = &following.position;
    let current = files.iter().position(|file| file.file == applied.file)?;
    let later: u64 = files[current + 1..].iter().map(|file| file.offset).sum();
    Some(files[current].offset.saturating_sub(applied.offset) + later)
}

fn plan(facts: &Facts, args: &CutoverArgs) -> LivePlan {
    let part = |step: String, seconds| Part { step, seconds };
    let comparing = if facts.base.is_some() {
        let seconds = facts.rate.map(|rate| quotient(facts.touched, rate));
        part(format!("comparing the rows changed since the proof: {}", facts.touched), seconds)
    } else {
        part("comparing all rows".to_owned(), facts.times.proof)
    };
    let behind = facts.behind.map_or_else(
        || "applying the last changes".to_owned(),
        |bytes| format!("applying the last changes; behind now: {} KiB", bytes.div_ceil(1024)),
    );
    let window = vec![
        part("making the source read-only, at most".to_owned(), Some(FREEZE_LIMIT)),
        part(behind, None),
        comparing,
        part("switching the configuration".to_owned(), facts.times.switch),
        part("the start of Mattermost".to_owned(), None),
    ];
    LivePlan {
        seconds: window.iter().filter_map(|it| it.seconds).sum(),
        window,
        found: found(facts, args),
        notices: FREEZE_COSTS.to_vec(),
        commands: commands(facts, args),
    }
}

#[expect(clippy::cast_precision_loss, reason = "an estimate")]
fn quotient(count: u64, rate: f64) -> f64 {
    count as f64 / rate
}

fn found(facts: &Facts, args: &CutoverArgs) -> Vec<String> {
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
    if let Some(account) = &facts.writer {
        found.push(format!(
            "Mattermost's account {account} can write to a read-only server, so that the switch would be given \
             up: revoke its right SUPER or READ ONLY ADMIN"
        ));
    }
    if facts.touched > MANY {
        found.push(
            "many rows were changed since the proof: make a new one before the switch".to_owned(),
        );
    }
    if args.start_command.is_none() {
        found.push(
            "without `--start-command` the time until you start Mattermost is added to the stop"
                .to_owned(),
        );
    }
    found
}

fn commands(facts: &Facts, args: &CutoverArgs) -> Vec<String> {
    let mut commands = Vec::new();
    if facts.base.is_none() || facts.touched > MANY {
        let flags = flags::of_other_commands(args);
        commands.push(format!("migration-assist migrate --live{flags}"));
    }
    let start = args.start_command.as_deref().unwrap_or("systemctl restart mattermost");
    let flags = flags::of_cutover(args);
    let start = shell_word(start);
    commands.push(format!("migration-assist cutover --live {flags} --start-command {start}"));
    commands.push(format!("migration-assist cutover --undo {flags}"));
    commands
}

fn render(plan: &LivePlan) -> String {
    let mut text = String::from("How long users cannot write\n");
    let line = |text: &mut String, line: &str| {
        writeln!(text, "   {line}").expect("a string takes everything");
    };
    line(&mut text, &format!("known parts together: {:.1} s", plan.seconds));
    for part in &plan.window {
        match part.seconds {
            Some(seconds) => line(&mut text, &format!("{}: {seconds:.1} s", part.step)),
            None => line(&mut text, &format!("{}: not measured", part.step)),
        }
    }
    text.push_str("\nWhat users notice meanwhile\n");
    plan.notices.iter().for_each(|notice| line(&mut text, notice));
    text.push_str("\nFound\n");
    plan.found.iter().for_each(|found| line(&mut text, found));
    text.push_str("\nSteps\n");
    plan.commands.iter().for_each(|command| line(&mut text, command));
    text.push_str(
        "\nThe last one leads back, as long as nothing was written on PostgreSQL. If a step of the switch \
         fails or takes too long, the source accepts writes again and nothing has changed.\n",
    );
    text
}

#[cfg(test)]
mod tests {
    use super::{FollowingRecord, bytes_behind, quotient};
    use crate::ledger::FollowingCounts;

    #[test]
    fn the_log_is_ahead_by_whole_files_and_a_rest() {
        let at = |text: &str| text.parse().expect("a position");
        let following = |position| FollowingRecord {
            position: at(position),
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
        };
        let files = ["b.000002:300", "b.000003:200"].map(at);
        assert_eq!(bytes_behind(&files, &following("b.000002:100")), Some(400));
        assert_eq!(bytes_behind(&files, &following("b.000001:100")), None);
        assert!((quotient(30, 10.0) - 3.0).abs() < 1e-9);
    }
}
