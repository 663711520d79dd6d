//! `migrate`: check, schema, copy, indexes and proof in one command.

mod closing;
mod findings;
mod live;
mod verdict;

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use schemars::JsonSchema;
use serde::Serialize;

use self::findings::{is_refused, next};
use super::clock::Clock;
use super::failure::hinted;
use super::live::LiveReport;
use super::mysql::by_hand;
use super::postgres::Accepted;
use super::session_limits::granted_sessions;
use super::target_locale::ChannelOrder;
use super::text_search::{TextSearch, TextSearchReport};
use super::{
    Context, ExitStatus, connect, copy, decisions, postgres, products, target_locale, text_search,
    time_zones, verify,
};
use crate::check::dump::BYTES_CHECKED;
use crate::check::policy::Decisions;
use crate::check::time_zones::zones as zones_of;
use crate::check::{CheckReport, ROWS_CHECKED, Step, Summary, time_zone_findings};
use crate::cli::MigrateArgs;
use crate::convert::TimeZones;
use crate::copy::{CopyOptions, CopyReport, EarlierCopy, FullText, Next, TargetLoss, default_jobs};
use crate::indexes::{self, BuildOptions, BuildReport, RefreshReport, Scope};
use crate::ledger::{self, Phase as LedgerPhase};
use crate::migrations::{self, RunReport};
use crate::postgres::{Connection, Dsn, release_exclusive, take_exclusive};
use crate::progress::Progress;
use crate::quarantine::{Purpose, Quarantine};
use crate::release::MigrationSet;
use crate::source::Source;
use crate::ui::{Phase, Ui};
use crate::verify::{Show, VerifyOptions, VerifyReport};
use crate::workspace::{
    OpenOptions, OpenedSource, RowScan, SourceModels, Unknown, ZoneRequest, offer_on_the_way,
    read_policy, record_decisions,
};

/// The weights are seconds of a migration of a million posts that took 36 s in total (`scripts/bench migrate`,
/// 2 processors).
const PHASES: [Phase; 5] = phases(Phase::of(3.0, &[(ROWS_CHECKED, 1.0)]));
/// The same for a dump, which is checked while it is read.
const PHASES_OF_DUMP: [Phase; 5] = phases(Phase::of(10.0, &[(BYTES_CHECKED, 1.0)]));

const fn phases(check: Phase) -> [Phase; 5] {
    [
        check,
        Phase::of(0.5, &[("migrations", 1.0)]),
        Phase { weight: 25.0, ..copy::COPYING },
        Phase::of(2.0, &[("analyze", 1.0)]),
        Phase::of(5.0, &[(crate::verify::ALL_TABLES, 1.0)]),
    ]
}

#[derive(Debug, Default, Serialize, JsonSchema)]
#[serde(default)]
pub(super) struct MigrateReport {
    checks: Option<CheckReport>,
    /// How the target would list the source's channels, if it sorts by code point.
    #[serde(skip_serializing_if = "Option::is_none")]
    channel_order: Option<ChannelOrder>,
    schema: Option<RunReport>,
    copy: Option<CopyReport>,
    /// An earlier copy whose rows are in the target.
    #[serde(skip_serializing_if = "Option::is_none")]
    earlier: Option<EarlierCopy>,
    /// Rows that would have been deleted from the target.
    #[serde(skip_serializing_if = "Option::is_none")]
    would_delete: Option<TargetLoss>,
    /// The file with the originals of changed values.
    quarantine: Option<PathBuf>,
    indexes: Option<BuildReport>,
    refresh: Option<RefreshReport>,
    text_search: Option<TextSearchReport>,
    verify: Option<VerifyReport>,
    /// The proof of a source that is being written, and following it.
    #[serde(skip_serializing_if = "Option::is_none")]
    live: Option<LiveReport>,
    /// The commands of which one leads on.
    #[serde(skip)]
    next: Vec<Step>,
    /// How long each phase took.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    phases: Vec<PhaseTime>,
    /// When the phase under way began.
    #[serde(skip)]
    phase_began: Option<Instant>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct PhaseTime {
    phase: &'static str,
    seconds: f64,
}

impl MigrateReport {
    /// Ends a phase; the next one begins.
    fn end_phase(&mut self, phase: &'static str, ui: Ui) {
        let now = Instant::now();
        let began = self.phase_began.replace(now).unwrap_or(now);
        let seconds = (now - began).as_secs_f64();
        ui.say(format!("{phase}: done in {seconds:.1} s"));
        self.phases.push(PhaseTime { phase, seconds });
    }
}

/// How far the migration went.
enum MigrateOutcome {
    /// An obstacle was reported.
    Stopped,
    /// To the proof, by these decisions.
    Complete(Decisions),
    /// To the end of following.
    Followed(ExitStatus),
}

pub(super) async fn run(args: MigrateArgs, context: Context) -> anyhow::Result<ExitStatus> {
    let mut report = MigrateReport { phase_began: Some(Instant::now()), ..Default::default() };
    let status = match steps(&args, context, &mut report).await? {
        MigrateOutcome::Stopped => ExitStatus::Findings,
        MigrateOutcome::Followed(status) => status,
        MigrateOutcome::Complete(decided) => {
            report.end_phase("verify", context.ui);
            closing::say(&report, context.ui);
            let dump = args.dump.dump.as_ref().map(|file| file.to_string_lossy());
            verdict::say(&mut report, &decided, dump.as_deref(), context.ui)
        }
    };
    let next = std::mem::take(&mut report.next);
    context.json("migrate", &report, next)?;
    Ok(status)
}

#[expect(clippy::too_many_lines, reason = "the phases stand in one place, in their order")]
async fn steps(
    args: &MigrateArgs,
    context: Context,
    report: &mut MigrateReport,
) -> anyhow::Result<MigrateOutcome> {
    let (spec, target) = connect::named_sides(&args.sides, &args.dump, context.ui)?;
    let (ui, schema) = (context.ui, args.sides.schema.as_str());
    let phases = if args.dump.dump.is_some() { &PHASES_OF_DUMP } else { &PHASES };
    let progress = Arc::new(ui.progress_of(phases));

    let clock = Clock::start();
    ui.title("1. Check of the source");
    let chosen = &args.products.products;
    let sides = (&target, schema);
    let decisions = decisions::of_run(&args.decisions, &args.tables, sides, ui).await?;
    let decided = decisions.applied.clone();
    let opening = OpenOptions { chosen, unknown: Unknown::of(&decided), rows: RowScan::Check };
    let (mut origin, knowledge) = OpenedSource::open(&spec, opening, &*progress).await?;
    // Recorded ones may be about tables that are not asked for now.
    origin.check_decisions(&knowledge, &decisions.given)?;
    let (database, source) = (origin.database(), origin.source());
    let channels = origin.catalog().table("Channels").map(|table| table.name.clone());
    products::warn_of_absent(&knowledge, chosen, ui);
    let products = knowledge.products();
    let models = knowledge.models(&products);
    refuse_unknown(&args.tables.exclude, &knowledge, &origin)?;
    let mut state = time_zones::read_target(&target, schema, ui).await?;
    if args.tables.restart {
        state.recorded = TimeZones::default();
    }
    let request = ZoneRequest::new(&knowledge, &state, time_zones::options(&args.time_zone))
        .of_tables(&args.tables.tables, &args.tables.exclude);
    let zones = origin.time_zones(&request, &*progress).await?;
    let catalog = origin.catalog().clone();
    let mut checks = origin.check(&models, &*progress).await?;
    checks.add(time_zone_findings(&zones));
    if let Some(file) = &args.dump.dump {
        offer_on_the_way(&mut checks.findings, file);
    }
    decided.settle(&mut checks.findings);
    text_search::settle(&mut checks.findings, &args.full_text);
    ui.lines(&checks.lines());
    report.end_phase("check", ui);
    if is_refused(&checks, args, &decided) {
        ui.say(format!("\n{}", Summary::of(&checks)));
        ui.warn("nothing was written");
        report.next = next(&checks, args, &decided);
        decisions::offer(&report.next, ui);
        if report.next.is_empty() {
            ui.hint(by_hand(args.dump.dump.is_some()));
        }
        report.checks = Some(checks);
        return Ok(MigrateOutcome::Stopped);
    }
    report.checks = Some(checks);
    let source = source?;
    let check_seconds = clock.seconds();

    progress.enter(1);
    ui.title("2. Schema");
    let mut connection = Connection::connect(&target).await?;
    let read = (&source, channels.as_deref());
    let text_search = check_target(&connection, args, read, context, report).await?;
    let Some(text_search) = text_search else { return Ok(MigrateOutcome::Stopped) };
    products::refuse_newer(&connection, schema, &knowledge).await?;
    let jobs = args.jobs.map_or_else(default_jobs, usize::from);
    let session_limit = granted_sessions(&source, &connection, jobs, ui).await?;
    let jobs = jobs.min(session_limit);
    take_exclusive(&connection, schema).await?;
    text_search.create(&connection, ui).await?;
    let set = models.applied_set();
    let done = migrations::run(&mut connection, schema, &set, &*progress).await?;
    postgres::describe_run(&done, schema, context);
    report.schema = Some(done);
    ledger::record_phase(&connection, schema, LedgerPhase::Check, check_seconds).await?;
    report.end_phase("schema", ui);

    let policy = read_policy(&decided, &knowledge, &catalog, &source).await?;
    progress.enter(2);
    ui.title("3. Rows");
    let quarantine = Quarantine::open(&args.quarantine, Purpose::Copy, &database)?;
    let copying = CopyOptions {
        jobs,
        session_limit,
        full_text: FullText::Build,
        next: if args.live { Next::Follow } else { Next::Switch },
        text_search: text_search.configuration.clone().filter(|_| text_search.is_asked),
        time_zones: zones_of(&zones),
        policy: policy.clone(),
        decided_anew: decisions.decided_anew(),
        ..copy::table_options(&args.tables, schema)
    };
    products::warn_of_unknown(&knowledge, ui);
    let copying = copy::apply(&knowledge, copying, ui)?;
    let quarantine = Arc::new(Mutex::new(quarantine));
    // The copy takes the lock in a session of its own.
    release_exclusive(&connection, schema).await?;
    let planned = match copy::plan(&source, &target, copying, ui).await? {
        Ok(planned) => planned,
        Err(loss) => {
            report.would_delete = Some(loss);
            return Ok(MigrateOutcome::Stopped);
        }
    };
    if let Some(earlier) = planned.earlier() {
        if !args.live {
            describe_earlier(earlier, ui);
        }
        report.earlier = Some(earlier.clone());
        if !args.live && earlier.source_changed == Some(true) && !planned.changes_rows() {
            offer_to_copy_again(ui);
            return Ok(MigrateOutcome::Stopped);
        }
    }
    copy::explain_no_work(&args.tables, &planned, ui);
    let changes_rows = planned.changes_rows();
    record_decisions(&target, schema, &decided).await?;
    let copied = planned.run(Arc::clone(&quarantine), progress.clone()).await?;
    let altered = quarantine.lock().is_ok_and(|it| it.has_records())
        || copied.tables.iter().any(|it| it.resumed) && args.quarantine.exists();
    report.quarantine = altered.then(|| args.quarantine.clone());
    copy::describe(&copied, context);
    report.copy = Some(copied);
    report.end_phase("copy", ui);

    let step = IndexStep { target: &target, set: &set, text_search: &text_search, jobs };
    let whole = knowledge.verify_options(schema, jobs);
    let comparing =
        VerifyOptions { time_zones: zones_of(&zones), policy, ..comparison(args, whole) };
    if let (true, Source::Server(source)) = (args.live, &source) {
        let steps = live::LiveSteps { source, quarantine: &quarantine, indexes: step, comparing };
        let running = live::run(steps, &connection, args, context, report, progress);
        return Box::pin(running).await;
    }
    progress.enter(3);
    ui.title("4. Indexes, materialized views, statistics");
    let clock = Clock::start();
    take_exclusive(&connection, schema).await?;
    let any_built = build_indexes(&connection, step, args, context, report, &*progress).await?;
    if changes_rows || any_built {
        let seconds = clock.seconds();
        ledger::record_phase(&connection, schema, LedgerPhase::Indexes, seconds).await?;
    }
    release_exclusive(&connection, schema).await?;
    report.end_phase("indexes", ui);

    progress.enter(4);
    ui.title("5. Proof: comparison of all rows");
    let verified = crate::verify::verify(&source, &target, &comparing, progress).await?;
    verify::describe_parts(&verified, ui);
    report.verify = Some(verified);
    Ok(MigrateOutcome::Complete(decided))
}

/// Looks at the target before anything is built; `None` if something is in the way. `channels` is the source's
/// name for the table of channels.
async fn check_target(
    connection: &Connection,
    args: &MigrateArgs,
    (source, channels): (&Source, Option<&str>),
    context: Context,
    report: &mut MigrateReport,
) -> anyhow::Result<Option<TextSearch>> {
    let schema = args.sides.schema.as_str();
    let configuration = &args.full_text.configuration;
    let accepted =
        Accepted { ctype: args.locale.accept_ctype, text_search: configuration.is_asked() };
    if !postgres::check_privileges(connection, schema, accepted, context).await? {
        context.ui.warn("nothing was written");
        return Ok(None);
    }
    let showing = (schema, args.show_values);
    let order =
        target_locale::show_channel_order(connection, source, channels, showing, context.ui);
    report.channel_order = order.await?;
    let text_search = TextSearch::find(connection, schema, configuration, context.ui).await?;
    if text_search.is_none() {
        context.ui.warn("nothing was written");
    }
    Ok(text_search)
}

/// What the indexes of the target are built by.
#[derive(Clone, Copy)]
struct IndexStep<'a> {
    target: &'a Dsn,
    set: &'a MigrationSet,
    text_search: &'a TextSearch,
    jobs: usize,
}

/// Builds the missing indexes, fills the materialized views, analyzes, and sets what searches need; whether
/// any index was built.
async fn build_indexes(
    connection: &Connection,
    step: IndexStep<'_>,
    args: &MigrateArgs,
    context: Context,
    report: &mut MigrateReport,
    progress: &dyn Progress,
) -> anyhow::Result<bool> {
    let IndexStep { target, set, text_search, jobs } = step;
    let schema = args.sides.schema.as_str();
    let model = migrations::known_target_model(set)?;
    let building = BuildOptions::new(schema, Scope::All, jobs);
    let building = text_search.apply(building, &args.full_text);
    let built = indexes::build(target, &model, building, progress).await?;
    let refreshed = indexes::refresh(connection, schema, &model, progress).await?;
    super::post_migrate::describe(&built, &refreshed, context);
    let any_built = !built.built.is_empty();
    (report.indexes, report.refresh) = (Some(built), Some(refreshed));
    report.text_search = Some(text_search.finish(connection, schema, context).await?);
    Ok(any_built)
}

/// The comparison that the flags request.
fn comparison(args: &MigrateArgs, whole: VerifyOptions) -> VerifyOptions {
    VerifyOptions {
        tables: args.tables.tables.clone(),
        exclude: args.tables.exclude.clone(),
        limit: args.limit,
        show: if args.show_values { Show::Values } else { Show::Names },
        ..whole
    }
}

/// Refuses to exclude a table that neither side has, because its name is misspelt.
fn refuse_unknown(
    excluded: &[String],
    knowledge: &SourceModels,
    origin: &OpenedSource,
) -> anyhow::Result<()> {
    match excluded.iter().find(|name| !knowledge.has_table(origin.catalog(), name)) {
        None => Ok(()),
        Some(name) => {
            let message = format!("table `{name}` exists neither in the source nor in the target");
            Err(hinted(message, "correct `--exclude`").into())
        }
    }
}

fn describe_earlier(earlier: &EarlierCopy, ui: Ui) {
    ui.say(format!(
        "the target has the rows of a copy that was started at {} and finished at {} (UTC)",
        earlier.started_at, earlier.finished_at
    ));
    match earlier.source_changed {
        Some(true) => ui.warn("the source has changed since that copy"),
        Some(false) => ui.say("the source has not changed since that copy"),
        None => ui.say("cannot determine whether the source has changed since; the proof will"),
    }
}

fn offer_to_copy_again(ui: Ui) {
    ui.warn("nothing was copied");
    ui.hint("1. stop Mattermost on every node, or freeze the source");
    ui.hint("2. copy again: `migration-assist migrate --restart`");
}
