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
mod products;
mod repair;
mod schema;
mod time_zones;
mod verify;
mod version;

use std::time::Duration;

use serde::Serialize;

use crate::cli::{self, Cli, Color, Command, Format, OutputArgs, PostgresCommand, Rejected};
use crate::mysql as mysql_sessions;
use crate::postgres as postgres_sessions;
use crate::ui::{Drawing, Signal, Signals, Ui, Verbosity};

/// The version of the JSON objects on standard output; it grows when a field changes its meaning.
const REPORT_VERSION: u32 = 1;

/// How long servers may take to end this process's statements after a signal.
const END_STATEMENTS_TIMEOUT: Duration = Duration::from_millis(1200);

/// How a process ends; the numbers mean the same for every command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitStatus {
    /// Nothing wrong.
    Success,
    /// The command worked and found problems.
    Findings,
    /// The command failed.
    Failure,
    /// A signal interrupted it.
    Interrupted(Signal),
}

impl From<ExitStatus> for std::process::ExitCode {
    fn from(status: ExitStatus) -> Self {
        Self::from(match status {
            ExitStatus::Success => 0,
            ExitStatus::Findings => 1,
            ExitStatus::Failure => 2,
            ExitStatus::Interrupted(signal) => signal.exit_code(),
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

/// Reads the command line of this process, runs the command and returns how to exit.
pub async fn run() -> ExitStatus {
    let mut signals = Signals::install();
    let arguments: Vec<String> =
        std::env::args_os().map(|it| it.to_string_lossy().into_owned()).collect();
    let cli = match Cli::read(&arguments) {
        Ok(cli) => cli,
        Err(rejected) => return refuse(&rejected, &arguments),
    };
    let context = Context { ui: terminal(cli.output), format: cli.output.format };
    let name = cli.command.name();
    let resumption = cli.command.resumption();
    // Not dropped at a signal: its sessions are needed to end the statements that they run.
    let mut work = std::pin::pin!(dispatch(cli.command, context));
    let outcome = tokio::select! {
        outcome = &mut work => outcome,
        signal = signals.next() => return interrupted(context, name, resumption, signal).await,
    };
    outcome.unwrap_or_else(|error| failure::report(context, name, &error))
}

/// Prints why the arguments lead to no command, or the help that they ask for.
fn refuse(rejected: &Rejected, arguments: &[String]) -> ExitStatus {
    let ui = Ui::new(Verbosity::Normal, Drawing::Lines, None);
    match rejected {
        Rejected::Help(text) => match ui.data(&ui.without_colours(text)) {
            Ok(()) => ExitStatus::Success,
            Err(_) => ExitStatus::Failure,
        },
        Rejected::Usage(text) => {
            ui.usage(text);
            let asks_for_json = arguments.iter().any(|it| it == "--format=json")
                || arguments.windows(2).any(|pair| pair[0] == "--format" && pair[1] == "json");
            if asks_for_json {
                let context = Context { ui, format: Format::Json };
                failure::report_usage(context, &ui.without_colours(text));
            }
            ExitStatus::Failure
        }
    }
}

/// Ends the statements that this process started on the servers, and says whether the command resumes.
async fn interrupted(
    context: Context,
    name: &str,
    resumption: Option<&str>,
    signal: Signal,
) -> ExitStatus {
    let ended = async {
        tokio::join!(mysql_sessions::end_statements(), postgres_sessions::end_statements())
    };
    // A server that does not answer is not waited for.
    let _ = tokio::time::timeout(END_STATEMENTS_TIMEOUT, ended).await;
    context.ui.end_progress();
    context.ui.warn(format!("{name} was interrupted"));
    if let Some(resumption) = resumption {
        context.ui.hint(resumption);
    }
    if context.format == Format::Json {
        failure::report_interruption(context, name, resumption);
    }
    ExitStatus::Interrupted(signal)
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
        Command::Completions { shell } => {
            context.ui.data(&cli::completions(shell))?;
            Ok(ExitStatus::Success)
        }
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
