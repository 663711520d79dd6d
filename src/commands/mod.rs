//! The commands: arguments in, a report and an exit status out.

mod clock;
mod connect;
mod copy;
mod cutover;
mod decisions;
mod dump;
mod estimate;
mod explain;
mod failure;
mod files;
mod follow;
#[cfg(test)]
mod json_schemas;
mod live;
mod manual;
mod migrate;
mod mysql;
mod opening;
mod pgloader;
mod post_migrate;
mod postgres;
mod repair;
mod report;
mod result;
mod row_check;
mod schema;
mod text_search;
mod time_zones;
mod verify;
mod version;
mod watch;

use std::time::Duration;

use serde::Serialize;

use self::result::Reported;
use self::watch::Watch;
use crate::check::Step;
use crate::cli::{self, Cli, Color, Command, Format, OutputArgs, PostgresCommand, Rejected};
use crate::mysql as mysql_sessions;
use crate::postgres as postgres_sessions;
use crate::ui::{Drawing, Signal, Signals, Ui, Verbosity};

/// The time that servers have to end this process's statements after a signal.
const END_STATEMENTS_TIMEOUT: Duration = Duration::from_millis(1200);

/// The exit status; the numbers have the same meaning for every command.
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

impl ExitStatus {
    fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Findings => 1,
            Self::Failure => 2,
            Self::Interrupted(signal) => signal.exit_code(),
        }
    }
}

impl From<ExitStatus> for std::process::ExitCode {
    fn from(status: ExitStatus) -> Self {
        Self::from(status.code())
    }
}

/// The output and the format of a command.
#[derive(Debug, Clone, Copy)]
struct Context {
    ui: Ui,
    format: Format,
    result: &'static result::Slot,
}

impl Context {
    fn new(ui: Ui, format: Format) -> Self {
        // One for a process, so that every command can hand it on.
        Self { ui, format, result: Box::leak(Box::default()) }
    }

    /// Keeps the report of a command, and the commands of which one leads on, for the JSON object at its end.
    fn json(self, command: &str, report: &impl Serialize, next: Vec<Step>) -> anyhow::Result<()> {
        if self.format == Format::Json {
            let reported = Reported { report, next };
            self.result.keep_report(command, serde_json::to_value(reported)?);
        }
        Ok(())
    }
}

impl Context {
    /// Writes what the command makes: to standard output, or into the transcript of the JSON report.
    fn data(self, text: &str) -> anyhow::Result<()> {
        match self.format {
            Format::Text => self.ui.data(text)?,
            Format::Json => self.ui.keep(text.trim_end()),
        }
        Ok(())
    }
}

/// Reads the command line of this process, runs the command and returns the exit status.
pub async fn run() -> ExitStatus {
    let mut signals = Signals::install();
    let arguments: Vec<String> =
        std::env::args_os().map(|it| it.to_string_lossy().into_owned()).collect();
    let cli = match Cli::read(&arguments) {
        Ok(cli) => cli,
        Err(rejected) => return refuse(&rejected, &arguments),
    };
    let context = Context::new(terminal(&cli.output), cli.output.format);
    let name = cli.command.name();
    let resumption = cli.command.resumption();
    if context.format == Format::Json {
        context.ui.record();
        let result = result::interrupted(name, resumption).text();
        signals.keep_last_words(result.unwrap_or_default());
    }
    let (carried, completing) = (cli.carried.clone(), cli.carried.clone());
    context.ui.complete_commands(move |text| completing.complete(text));
    if let Err(error) = open_output_files(&cli.output, context) {
        let status = failure::report(context, name, &error);
        return context.result.write(name, status, context);
    }
    let _watch = Watch::start(context.ui);
    let mut work = Box::pin(dispatch(cli.command, context));
    let status = tokio::select! {
        outcome = &mut work => {
            let status = outcome.unwrap_or_else(|error| failure::report(context, name, &error));
            if let Some(note) = carried.missed_dsns() {
                context.ui.note(note);
            }
            context.result.write(name, status, context)
        }
        signal = signals.next() => {
            // The sessions of the work are needed to end the statements that they run.
            end_statements().await;
            context.ui.end_progress();
            // It puts back what it has to.
            drop(work);
            interrupted(context, name, resumption, signal)
        }
    };
    context.ui.end_progress_file(name, status.code());
    status
}

/// Opens the log and the file of progress, if they are asked for.
fn open_output_files(output: &OutputArgs, context: Context) -> anyhow::Result<()> {
    if let Some(path) = &output.log {
        context.ui.log_to(path).map_err(|error| files::unwritable(path, error))?;
    }
    if let Some(path) = &output.progress_file {
        let opened = context.ui.write_progress_to(path);
        opened.map_err(|error| files::unwritable(path, error))?;
    }
    Ok(())
}

/// Prints an error of usage, or the requested help.
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
                let context = Context::new(ui, Format::Json);
                failure::report_usage(context, &ui.without_colours(text));
                return context.result.write("migration-assist", ExitStatus::Failure, context);
            }
            ExitStatus::Failure
        }
    }
}

/// Ends the statements of this process on the servers.
async fn end_statements() {
    let ended = async {
        tokio::join!(mysql_sessions::end_statements(), postgres_sessions::end_statements())
    };
    // Does not wait for a server that does not answer.
    let _ = tokio::time::timeout(END_STATEMENTS_TIMEOUT, ended).await;
}

/// Prints whether the command can be resumed.
fn interrupted(
    context: Context,
    name: &str,
    resumption: Option<&str>,
    signal: Signal,
) -> ExitStatus {
    context.ui.warn(format!("{name} was interrupted"));
    if let Some(resumption) = resumption {
        context.ui.hint(resumption);
    }
    context.result.interrupt(name, resumption);
    context.result.write(name, ExitStatus::Interrupted(signal), context)
}

async fn dispatch(command: Command, context: Context) -> anyhow::Result<ExitStatus> {
    match command {
        Command::Postgres(mut args) => match args.command.take() {
            Some(PostgresCommand::PostMigrate(args)) => post_migrate::run(args, context).await,
            None => postgres::run_command(args, context).await,
        },
        Command::PostMigrate(args) => post_migrate::run(args, context).await,
        Command::Copy(args) => Box::pin(copy::run(args, context)).await,
        Command::Follow(args) => follow::run(args, context).await,
        Command::Migrate(args) => Box::pin(migrate::run(args, context)).await,
        Command::Mysql(args) => mysql::run(args, context).await,
        Command::Verify(args) => verify::run(args, context).await,
        Command::Report(args) => report::run(&args, context),
        Command::Explain(args) => explain::run(&args, context),
        Command::Version => version::run(context),
        Command::Completions { shell } => {
            context.ui.data(&cli::completions(shell))?;
            Ok(ExitStatus::Success)
        }
        Command::Man { directory } => manual::run(&directory, context),
        Command::Pgloader(args) => pgloader::run(&args, context),
        Command::Cutover(args) => cutover::run(args, context).await,
    }
}

fn terminal(output: &OutputArgs) -> Ui {
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
