//! `cutover --freeze`: the source is read only until `--undo`.

use serde::Serialize;

use super::source_dsn;
use crate::cli::{CutoverArgs, Format};
use crate::commands::{Context, ExitStatus, connect};
use crate::cutover::{FreezeMode, Frozen, freeze, written_since_copy};
use crate::mysql::{Access, Connection};
use crate::postgres;

#[derive(Debug, Default, Serialize)]
struct FreezeReport {
    /// Absent where nobody said yes.
    #[serde(flatten)]
    frozen: Option<Frozen>,
    /// Whether the source was written since its rows were read; absent where nobody can tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    written_since_copy: Option<bool>,
}

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
        if context.format == Format::Json {
            context.json("cutover", &FreezeReport::default())?;
        }
        return Ok(ExitStatus::Findings);
    }
    let frozen = freeze(&mut server, &target, &name).await?;
    describe(&frozen, &name, context);
    let written = written_since_copy(&mut server, &target, &args.schema).await?;
    if written == Some(true) {
        context.ui.warn("the server was written since its rows were copied: copy again");
    }
    let is_still = matches!(frozen, Frozen::Still { .. });
    if context.format == Format::Json {
        let report = FreezeReport { frozen: Some(frozen), written_since_copy: written };
        context.json("cutover", &report)?;
    }
    Ok(if is_still { ExitStatus::Success } else { ExitStatus::Findings })
}

fn describe(frozen: &Frozen, name: &str, context: Context) {
    let ui = context.ui;
    match frozen {
        Frozen::Still { means, already, others } => {
            let now = if *already { "was read only already" } else { "is read only now" };
            ui.good(format!("the server at {name} {now}; a restart of it would end that"));
            if *means == FreezeMode::ReadOnly {
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
