//! `cutover --live --plan`: what the switch of a followed source does, and how long writes will stop.

use super::super::{configuration, configured_source, flags, named_database};
use crate::cli::CutoverArgs;
use crate::commands::{Context, ExitStatus};
use crate::cutover::LiveFacts;
use crate::foreign_text::spell_out_lines;
use crate::ledger::FollowingRecord;
use crate::mysql::{self, Access};
use crate::postgres::Connection;
use crate::render::{LiveCommands, LivePlan};

/// Prints the plan.
pub(super) async fn run(
    session: &Connection,
    source: &mysql::Dsn,
    following: FollowingRecord,
    args: &CutoverArgs,
    context: Context,
) -> anyhow::Result<ExitStatus> {
    let settings = configuration(args, session).await?;
    let named = configured_source(named_database(settings.secret(), &settings.place())?.as_ref())?;
    let user = named.as_ref().map(|dsn| dsn.user.as_str());
    let mut server = mysql::Connection::connect(source, Access::ReadOnly).await?;
    let facts = LiveFacts::read(&mut server, session, &args.schema, following, user).await?;
    let commands = LiveCommands {
        cutover_flags: &flags::of_cutover(args),
        sides_flags: &flags::of_other_commands(args),
        start: args.start_command.as_deref(),
    };
    let plan = LivePlan::of(&facts, &commands);
    context.data(&spell_out_lines(&plan.to_string()))?;
    context.json("cutover", &plan, Vec::new())?;
    Ok(ExitStatus::Success)
}
