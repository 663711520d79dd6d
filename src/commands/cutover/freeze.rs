//! `cutover --freeze`: the source is read only until `--undo`.

use super::source_dsn;
use crate::cli::{CutoverArgs, Format};
use crate::commands::{Context, ExitStatus, connect};
use crate::cutover::{Frozen, Means, freeze};
use crate::mysql::{Access, Connection};
use crate::postgres;

pub(super) async fn run(args: &CutoverArgs, context: Context) -> anyhow::Result<ExitStatus> {
    let source = source_dsn(args)?;
    let target = connect::target_dsn(args.postgres.as_deref(), &args.target)?;
    let target = postgres::Connection::connect(&target).await?;
    let mut server = Connection::connect(&source, Access::Writing).await?;
    let name = source.address.to_string();
    let question = format!(
        "Make the whole {} server at {name} read only, with every database on it?",
        server.server().flavour
    );
    if !args.yes && !context.ui.confirm(&question)? {
        context.ui.warn("nothing was changed");
        context.ui.hint(format!(
            "add `--yes` to make the whole {} server at {name} read only until \
             `cutover --undo`",
            server.server().flavour
        ));
        return Ok(ExitStatus::Findings);
    }
    let frozen = freeze(&mut server, &target, &name).await?;
    describe(&frozen, &name, context);
    if context.format == Format::Json {
        context.json("cutover", &frozen)?;
    }
    Ok(match frozen {
        Frozen::Still { .. } => ExitStatus::Success,
        Frozen::Denied { .. } => ExitStatus::Findings,
    })
}

fn describe(frozen: &Frozen, name: &str, context: Context) {
    let ui = context.ui;
    match frozen {
        Frozen::Still { means, already, others } => {
            let now = if *already { "was read only already" } else { "is read only now" };
            ui.good(format!("the server at {name} {now}; a restart of it would end that"));
            if *means == Means::ReadOnly {
                ui.say("its administrators could still write");
            }
            if !others.is_empty() {
                ui.warn(format!(
                    "these databases on it cannot be written either: {}",
                    others.join(", ")
                ));
            }
        }
        Frozen::Denied { instead } => {
            ui.warn("this account may not make the server read only; let an administrator of it");
            for (purpose, statement) in instead {
                ui.warn(format!("  {purpose}:\n    {statement}"));
            }
        }
    }
}
