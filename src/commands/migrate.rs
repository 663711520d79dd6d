//! `migrate`: check, schema, copy, indexes and proof in one command.

mod findings;
mod remedies;

use std::io;
use std::sync::Arc;

use self::findings::{drop_followed, is_refused, next};
use self::remedies::remedies;
use super::follow::{StatusLines, on_problem};
use super::live::report_outcome;
use super::mysql::by_hand;
use super::verify::PLAN;
use super::{Context, ExitStatus, connect, copy, decisions, text_search, time_zones};
use crate::check::dump::BYTES_CHECKED;
use crate::check::policy::Decisions;
use crate::check::{CheckReport, ROWS_CHECKED, Step, Summary};
use crate::cli::MigrateArgs;
use crate::copy::{CopyOptions, FullText, Next, TargetLoss};
use crate::indexes::ANALYZE;
use crate::migrations::MIGRATIONS;
use crate::progress::Progress;
use crate::shell::shell_word;
use crate::ui::{Bars, Phase, Ui};
use crate::verify::{Show, VerifyReport};
use crate::workers::default_jobs;
use crate::workspace::{
    self, AcceptedTarget, LiveMigration, LiveProof, MigrationEvent, MigrationObserver,
    MigrationOutcome, MigrationPhase, MigrationReport, MigrationRequest, Opening, ProofObserver,
    RowScan,
};

/// The weights are seconds of a migration of a million posts that took 32 s in total (`scripts/bench migrate`,
/// 2 processors).
const PHASES: [Phase; 5] = phases(Phase::of(2.4, &[(ROWS_CHECKED, 1.0)]));
/// The same for a dump, which is checked while it is read.
const PHASES_OF_DUMP: [Phase; 5] = phases(Phase::of(10.0, &[(BYTES_CHECKED, 1.0)]));

const fn phases(check: Phase) -> [Phase; 5] {
    [
        check,
        Phase::of(0.5, &[(MIGRATIONS, 1.0)]),
        Phase { weight: 20.0, ..copy::COPYING },
        // Views are refreshed before.
        Phase::of(4.8, &[(ANALYZE, 1.0)]),
        Phase::of(3.8, &[(crate::verify::ALL_TABLES, 1.0)]),
    ]
}

pub(super) async fn run(args: MigrateArgs, context: Context) -> anyhow::Result<ExitStatus> {
    let ui = context.ui;
    let (spec, target) = connect::named_sides(&args.sides, &args.dump, ui)?;
    let phases = if args.dump.dump.is_some() { &PHASES_OF_DUMP } else { &PHASES };
    let progress = Arc::new(ui.progress_of(phases));
    let schema = args.sides.schema.as_str();
    let decisions = decisions::of_run(&args.decisions, &args.tables, (&target, schema), ui).await?;
    let opening = Opening {
        source: &spec,
        target,
        schema,
        decisions,
        products: &args.products.products,
        rows: RowScan::Check,
        zones: time_zones::request(&args.time_zone, &args.tables),
    };
    let (status_lines, proof_printer) = (StatusLines::new(ui), ProofPrinter { ui, args: &args });
    let live = LiveMigration {
        on_problem: on_problem(args.tables.on_error),
        observer: &status_lines,
        proof: &proof_printer,
    };
    let request = request(&args, args.live.then_some(live));
    let printer = Printer { args: &args, ui, bars: &progress };
    let bars = Arc::clone(&progress) as Arc<dyn Progress>;
    let mut report = MigrationReport::default();
    let migrating = workspace::migrate(opening, &request, &printer, bars, &mut report);
    let outcome = Box::pin(migrating).await?;
    let (status, next) = conclude(&outcome, &report, &args, context)?;
    context.json("migrate", &report, next)?;
    Ok(status)
}

fn request<'a>(args: &'a MigrateArgs, live: Option<LiveMigration<'a>>) -> MigrationRequest<'a> {
    let configuration = &args.full_text.configuration;
    MigrationRequest {
        accepted: AcceptedTarget {
            ctype: args.locale.accept_ctype,
            text_search: configuration.is_asked(),
        },
        text_search: text_search::request(configuration),
        full_text: text_search::options(&args.full_text),
        jobs: args.jobs.map_or_else(default_jobs, usize::from),
        quarantine: &args.quarantine,
        copying: CopyOptions {
            full_text: FullText::Build,
            next: if args.live { Next::Follow } else { Next::Switch },
            ..copy::table_options(&args.tables, &args.sides.schema)
        },
        limit: args.limit,
        show: if args.show_values { Show::Values } else { Show::Names },
        live,
    }
}

/// Prints a migration while it runs.
struct Printer<'a> {
    args: &'a MigrateArgs,
    ui: Ui,
    bars: &'a Bars,
}

impl MigrationObserver for Printer<'_> {
    fn began(&self, phase: MigrationPhase) {
        self.bars.enter(phase as usize);
        self.ui.title(phase.title(self.args.live));
    }

    fn happened(&self, event: MigrationEvent<'_>) {
        self.ui.lines(&event.lines());
    }

    fn judge(&self, checks: &mut CheckReport, decided: &Decisions) -> bool {
        drop_followed(&mut checks.findings, &self.args.full_text);
        self.ui.lines(&checks.lines());
        is_refused(checks, self.args, decided)
    }

    fn accepts(&self, loss: &TargetLoss) -> io::Result<bool> {
        copy::accepts_loss(loss, self.ui)
    }
}

/// Prints a proof before following continues.
struct ProofPrinter<'a> {
    args: &'a MigrateArgs,
    ui: Ui,
}

impl ProofObserver for ProofPrinter<'_> {
    fn compared(&self, proof: &VerifyReport) {
        self.ui.lines(&proof.lines_without_verdict());
    }

    fn proven(&self, proof: &LiveProof<'_>) {
        self.ui.lines(&proof.lines(&switch_command(self.args)));
    }
}

/// The command that switches, with the flags that it needs.
fn switch_command(args: &MigrateArgs) -> String {
    let mut command =
        "migration-assist cutover --live --config /opt/mattermost/config/config.json".to_owned();
    if args.sides.schema != "public" {
        command.push_str(" --schema ");
        command.push_str(&shell_word(&args.sides.schema));
    }
    command
}

/// Prints how the migration ended, and what follows; the status, and the commands of which one leads on.
fn conclude(
    outcome: &MigrationOutcome,
    report: &MigrationReport,
    args: &MigrateArgs,
    context: Context,
) -> anyhow::Result<(ExitStatus, Vec<Step>)> {
    let ui = context.ui;
    let next = match outcome {
        MigrationOutcome::Refused => refused(report, args, ui),
        MigrationOutcome::TargetUnfit => {
            ui.warn("nothing was written");
            Vec::new()
        }
        MigrationOutcome::WouldDelete => {
            let loss = report.would_delete.iter();
            loss.map(|loss| copy::accept_loss("migration-assist migrate", loss)).collect()
        }
        MigrationOutcome::SourceChanged => offer_to_copy_again(ui),
        MigrationOutcome::Followed(outcome) => {
            let live = report.live.as_ref();
            return Ok((report_outcome("migrate", outcome, live, context)?, Vec::new()));
        }
        MigrationOutcome::Complete => {
            ui.lines(&report.closing_lines());
            if let Some(log) = ui.log_file() {
                ui.say(format!("log: {}", log.display()));
            }
            ui.lines(&[report.verdict()]);
            let is_proven = report.lacks().is_empty();
            let status = if is_proven { ExitStatus::Success } else { ExitStatus::Findings };
            let dump = args.dump.dump.as_ref().map(|file| file.to_string_lossy());
            return Ok((status, lead_on(report, is_proven, dump.as_deref(), ui)));
        }
    };
    Ok((ExitStatus::Findings, next))
}

/// Prints what stops the migration, and what leads on.
fn refused(report: &MigrationReport, args: &MigrateArgs, ui: Ui) -> Vec<Step> {
    let Some(checks) = &report.checks else { return Vec::new() };
    ui.say(format!("\n{}", Summary::of(checks)));
    ui.warn("nothing was written");
    let next = next(checks, args, &report.decisions);
    decisions::offer(&next, ui);
    if next.is_empty() {
        ui.hint(by_hand(args.dump.dump.is_some()));
    }
    next
}

/// Prints the next step after all phases. A proof against a dump says nothing about later writes to its source.
fn lead_on(report: &MigrationReport, is_proven: bool, dump: Option<&str>, ui: Ui) -> Vec<Step> {
    if !is_proven {
        let steps = remedies(report, dump);
        decisions::offer(&steps, ui);
        if steps.is_empty() {
            ui.hint("fix the problems listed above and run the same command again; finished work is kept");
        }
        return steps;
    }
    if !report.verify.as_ref().is_some_and(|it| it.proof) {
        ui.hint(
            "for a proof, run the same command without `--tables`, `--exclude` and `--products`",
        );
    } else if dump.is_some() {
        ui.hint(
            "put the DSN of the source's server into the file mysql.dsn, and run `migration-assist verify \
             --mysql-dsn-file mysql.dsn` next, for what was written since the dump; if no server is left, \
             `migration-assist cutover --config /opt/mattermost/config/config.json --unproven`",
        );
    } else {
        ui.hint(format!("print the steps of the switch next: `{PLAN}`"));
        return vec![Step::new("print the steps of the switch", PLAN)];
    }
    Vec::new()
}

/// Prints how the rows are copied again, and returns the command.
fn offer_to_copy_again(ui: Ui) -> Vec<Step> {
    ui.warn("nothing was copied");
    ui.hint(
        "stop Mattermost on every node, or freeze the source, and copy again: `migration-assist migrate \
         --restart`",
    );
    vec![Step::new("copy again, once Mattermost is stopped", "migration-assist migrate --restart")]
}
