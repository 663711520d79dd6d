//! One file per command: from what was typed to a report and a status.

mod connect;
mod copy;
mod cutover;
mod dump;
mod failure;
mod files;
mod migrate;
mod models;
mod mysql;
mod origin;
mod pgloader;
mod post_migrate;
mod postgres;
mod repair;
mod schema;
mod verify;
mod version;

use clap::Parser as _;
use serde::Serialize;

use crate::cli::{Cli, Color, Command, Format, OutputArgs, PostgresCommand};
use crate::ui::{Drawing, Ui, Verbosity};

/// The version of the JSON objects on standard output; it grows when a field changes its meaning.
const REPORT_VERSION: u32 = 1;

/// How a process ends, the same for every command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitStatus {
    /// Nothing wrong.
    Success,
    /// It worked, and found problems.
    Findings,
    /// It could not work.
    Failure,
    /// A person interrupted it.
    Interrupted,
}

impl From<ExitStatus> for std::process::ExitCode {
    fn from(status: ExitStatus) -> Self {
        Self::from(match status {
            ExitStatus::Success => 0,
            ExitStatus::Findings => 1,
            ExitStatus::Failure => 2,
            ExitStatus::Interrupted => 130,
        })
    }
}

/// What a command works with besides its own arguments.
#[derive(Debug, Clone, Copy)]
struct Context {
    ui: Ui,
    format: Format,
}

impl Context {
    /// Hands a report to standard output as one versioned JSON object.
    fn json(self, command: &str, report: &impl Serialize) -> anyhow::Result<()> {
        self.json_object(command, "report", report)
    }

    fn json_object(self, command: &str, key: &str, value: &impl Serialize) -> anyhow::Result<()> {
        let mut object = serde_json::Map::new();
        object.insert("version".to_owned(), REPORT_VERSION.into());
        object.insert("command".to_owned(), command.into());
        object.insert(key.to_owned(), serde_json::to_value(value)?);
        let text = serde_json::to_string_pretty(&object)?;
        self.ui.data(&format!("{text}\n"))?;
        Ok(())
    }
}

/// Parses the command line of this process, runs the command and says how to end.
pub async fn run() -> ExitStatus {
    let cli = Cli::parse();
    let context = Context { ui: terminal(cli.output), format: cli.output.format };
    let name = cli.command.name();
    let outcome = tokio::select! {
        outcome = dispatch(cli.command, context) => outcome,
        _ = tokio::signal::ctrl_c() => {
            context.ui.warn(format!("{name} was interrupted; the same command goes on from here"));
            return ExitStatus::Interrupted;
        }
    };
    outcome.unwrap_or_else(|error| failure::report(context, name, &error))
}

async fn dispatch(command: Command, context: Context) -> anyhow::Result<ExitStatus> {
    match command {
        Command::Postgres(mut args) => match args.command.take() {
            Some(PostgresCommand::PostMigrate(args)) => post_migrate::run(args, context).await,
            None => postgres::run_command(args, context).await,
        },
        Command::PostMigrate(args) => post_migrate::run(args, context).await,
        Command::Copy(args) => copy::run(args, context).await,
        Command::Migrate(args) => migrate::run(args, context).await,
        Command::Mysql(args) => mysql::run(args, context).await,
        Command::Verify(args) => verify::run(args, context).await,
        Command::Version => version::run(context),
        Command::Pgloader(args) => pgloader::run(&args, context),
        Command::Cutover(args) => cutover::run(args, context).await,
    }
}

fn terminal(output: OutputArgs) -> Ui {
    let verbosity = match (output.quiet, output.verbose) {
        (true, _) => Verbosity::Quiet,
        (_, true) => Verbosity::Verbose,
        _ => Verbosity::Normal,
    };
    let drawing = if output.no_progress { Drawing::Lines } else { Drawing::Bars };
    let color = match output.color {
        Color::Auto => None,
        Color::Always => Some(true),
        Color::Never => Some(false),
    };
    Ui::new(verbosity, drawing, color)
}
