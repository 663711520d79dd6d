//! `cutover`: switches Mattermost to PostgreSQL, and back.

mod flags;
pub(super) mod freeze;
pub(super) mod live;
mod plan;
mod questions;
pub(super) mod undo;

use std::time::SystemTime;

use anyhow::Context as _;

use self::questions::Answer;
use super::clock::Clock;
use super::failure::hinted;
use super::{Context, ExitStatus, connect};
use crate::check::Step;
use crate::cli::{CutoverArgs, SourceArgs};
use crate::cutover::{
    Acceptance, Changed, ConfigFile, Destination, Error, MissingUnit, Proof, RequiredMigration,
    Search, SourceEvidence, SourceMatch, StoredConfig, Surroundings, Switch, SwitchEvidence,
    SwitchOutcome, SwitchReport, ask_source, find_processes, for_mattermost, judge, judge_switch,
    plan_switch, read_config, read_facts, read_proof, read_store, replace, search, switch_store,
};
use crate::ledger::{self, Phase};
use crate::mattermost::config::{names_postgres, read_sql_settings};
use crate::postgres::{Connection, Dsn};
use crate::render::Named;
use crate::secret::Secret;
use crate::{migrations, mysql};

/// The configuration that Mattermost reads.
enum Configuration {
    File(ConfigFile),
    Stored { schema: String, row: StoredConfig },
}

pub(super) async fn run(args: Box<CutoverArgs>, context: Context) -> anyhow::Result<ExitStatus> {
    if args.live {
        Box::pin(live::run(args, context)).await
    } else if args.plan {
        plan::run(&args, context).await
    } else if args.freeze {
        freeze::run(&args, context).await
    } else if args.undo {
        undo::run(&args, context).await
    } else {
        switch(&args, context).await
    }
}

async fn switch(args: &CutoverArgs, context: Context) -> anyhow::Result<ExitStatus> {
    let mut clock = Clock::start();
    require_configuration(args)?;
    let target = connect::target_dsn(args.postgres.as_deref(), &args.target)?;
    require_file(args)?;
    let mut connection = Connection::connect(&target).await?;
    let encrypted = connection.is_encrypted().await?;
    let configuration = configuration(args, &connection).await?;
    let destination = for_mattermost(&target, encrypted);
    let surroundings = surroundings(args, &destination.dsn, MissingUnit::Refuse)?;
    let planned = planned(&configuration, &destination, args, encrypted)?;
    let evidence = read_evidence(args, &mut connection, &planned).await?;
    let objections = judge_switch(&evidence);
    let mut report = SwitchReport {
        configuration: configuration.place(),
        outcome: SwitchOutcome::Already,
        changes: planned.changes.clone(),
        notes: destination.notes,
        evidence,
        objections,
        file: None,
        row: None,
        seconds: None,
        surroundings,
    };
    context.ui.lines(&report.lines_before());
    let mut answer = clock.without(|| decide(&mut report, args, context))?;
    if report.outcome == SwitchOutcome::Done && !args.yes {
        // An answer can take long: states that appear in the meantime were not accepted.
        report.evidence = read_evidence(args, &mut connection, &planned).await?;
        let mut news = judge_switch(&report.evidence);
        news.retain(|new| report.objections.iter().all(|it| it.id != new.id));
        if !news.is_empty() {
            questions::describe(&news, context);
            (report.outcome, answer) = (SwitchOutcome::Refused, Answer::Changed);
            report.objections.extend(news);
        }
    }
    if report.outcome == SwitchOutcome::Done {
        match &configuration {
            Configuration::File(file) => {
                report.file = Some(replace(file, planned.text.expose(), SystemTime::now())?);
            }
            Configuration::Stored { schema, row } => {
                report.row =
                    switch_store(&mut connection, schema, row, planned.text.expose()).await?;
            }
        }
        let seconds = clock.seconds();
        report.seconds = Some(seconds);
        record_time(&connection, args, Phase::Switch, seconds, context).await;
    }
    let named = Named {
        cutover_flags: &flags::of_cutover(args),
        unit: args.machine.unit.as_deref(),
        has_environment_files: !args.machine.env_file.is_empty(),
    };
    context.ui.lines(&report.lines_after(named));
    questions::refuse(&answer, context);
    context.json("cutover", &report, next(&report, args))?;
    let done = matches!(report.outcome, SwitchOutcome::Done | SwitchOutcome::Already);
    let clear = done
        && report.surroundings.leftovers.is_empty()
        && report.evidence.processes.iter().all(|it| it.variables.iter().all(Vec::is_empty))
        && report.surroundings.is_evidence(named.has_environment_files);
    Ok(if clear { ExitStatus::Success } else { ExitStatus::Findings })
}

/// The command that leads on.
fn next(report: &SwitchReport, args: &CutoverArgs) -> Vec<Step> {
    let of_cutover =
        |flag: &str| ["migration-assist cutover", &flags::of_cutover(args), flag].join(" ");
    match report.outcome {
        SwitchOutcome::Done | SwitchOutcome::Already => Vec::new(),
        SwitchOutcome::Refused => {
            vec![Step::new("print the steps of the switch", of_cutover("--plan"))]
        }
        SwitchOutcome::NotConfirmed => vec![Step::new("switch", of_cutover("--yes"))],
    }
}

/// Records how long a step took. It is done, whatever the plan of the next move can show.
async fn record_time(
    connection: &Connection,
    args: &CutoverArgs,
    phase: Phase,
    seconds: f64,
    context: Context,
) {
    if let Err(error) = ledger::record_phase(connection, &args.schema, phase, seconds).await {
        context.ui.warn(format!("cannot record how long this step took: {error}"));
    }
}

/// Reads the evidence. A configuration that names the target already has no source.
async fn read_evidence(
    args: &CutoverArgs,
    connection: &mut Connection,
    planned: &Switch,
) -> anyhow::Result<SwitchEvidence> {
    let proof = read_proof(connection, &args.schema).await?;
    let configured = configured_source(planned.data_source.as_ref());
    let source = match (&configured, is_source_given(args)) {
        _ if planned.changes.is_empty() => SourceEvidence::Unnamed,
        (Err(error), false) => SourceEvidence::Unreachable {
            address: "the address in the configuration".to_owned(),
            reason: format!("{error:#}"),
        },
        (configured, _) => {
            let configured = configured.as_ref().ok().and_then(Option::as_ref);
            match source_of(args, configured)? {
                Some(dsn) => {
                    let user = configured.map_or(&dsn.user, |it| &it.user);
                    ask_source(&dsn, user, &proof).await?
                }
                None => SourceEvidence::Unnamed,
            }
        }
    };
    // An unreadable DSN in the configuration is an objection already.
    let configured = configured.unwrap_or_default();
    let changed = changed(args);
    let processes = find_processes(&args.machine.root, changed);
    Ok(SwitchEvidence {
        source_match: source_match(&proof, configured.as_ref()),
        proof,
        acceptance: acceptance(connection, &args.schema).await?,
        source,
        processes: processes.into_iter().filter(|process| process.may_use(changed)).collect(),
    })
}

/// Asks about the objections, then for confirmation of the change.
fn decide(
    report: &mut SwitchReport,
    args: &CutoverArgs,
    context: Context,
) -> anyhow::Result<Answer> {
    if report.changes.is_empty() {
        report.objections.clear();
        return Ok(Answer::Accepted);
    }
    questions::describe(&report.objections, context);
    let answer = questions::ask(&report.objections, args.accept, context)?;
    report.outcome = if answer != Answer::Accepted {
        SwitchOutcome::Refused
    } else if args.yes || context.ui.confirm(&format!("Change {}?", report.configuration))? {
        SwitchOutcome::Done
    } else {
        SwitchOutcome::NotConfirmed
    };
    Ok(answer)
}

fn planned(
    configuration: &Configuration,
    destination: &Destination,
    args: &CutoverArgs,
    encrypted: bool,
) -> anyhow::Result<Switch> {
    let replicas = args
        .replica
        .iter()
        .map(|text| Ok(for_mattermost(&connect::parse_target(text)?, encrypted).dsn));
    let replicas = replicas.collect::<anyhow::Result<Vec<Dsn>>>()?;
    let planned = plan_switch(configuration.text(), &destination.dsn, &replicas);
    let place = configuration.place();
    Ok(planned.map_err(|source| Error::Malformed { place, source })?)
}

/// The database of MySQL that a configuration names; `None` if it names one of PostgreSQL, or none.
fn configured_source(data_source: Option<&Secret>) -> anyhow::Result<Option<mysql::Dsn>> {
    let Some(text) = data_source.map(Secret::expose) else { return Ok(None) };
    if text.is_empty() || names_postgres(text) {
        return Ok(None);
    }
    let dsn = text.parse().context("cannot read the MySQL DSN in Mattermost's configuration")?;
    Ok(Some(dsn))
}

/// The source: the one given, otherwise the one in the configuration.
fn source_of(
    args: &CutoverArgs,
    configured: Option<&mysql::Dsn>,
) -> anyhow::Result<Option<mysql::Dsn>> {
    if is_source_given(args) {
        return source_dsn(args).map(Some);
    }
    Ok(configured.cloned())
}

/// Whether the source was named by something else than the configuration.
fn is_source_given(args: &CutoverArgs) -> bool {
    args.mysql.is_some() || args.mysql_dsn_file.is_some() || args.mysql_dsn.is_some()
}

/// Whether the configuration names the compared source.
fn source_match(proof: &Proof, configured: Option<&mysql::Dsn>) -> SourceMatch {
    let Some(named) = configured else { return SourceMatch::Unknown };
    let address = named.address.to_string();
    proof.source_match(named.database.as_deref().map(|database| (address.as_str(), database)))
}

/// The DSN that a configuration names, whatever the kind of database.
fn named_database(text: &Secret, place: &str) -> anyhow::Result<Option<Secret>> {
    let settings = read_sql_settings(text.expose());
    let settings =
        settings.map_err(|source| Error::Malformed { place: place.to_owned(), source })?;
    Ok(settings.data_source)
}

fn changed(args: &CutoverArgs) -> Changed<'_> {
    args.config.config.as_deref().map_or(Changed::Stored, Changed::File)
}

/// Whether the target has the schema that Mattermost expects.
async fn acceptance(connection: &mut Connection, schema: &str) -> anyhow::Result<Acceptance> {
    let facts = read_facts(connection, schema).await?;
    let known: Vec<RequiredMigration> =
        migrations::target().iter().map(|it| (it.number, it.name.clone())).collect();
    let applied = facts.applied.iter().flatten().map(|(number, _)| *number).collect();
    let model = migrations::known_target_model(&applied)?;
    let tables: Vec<String> = model.tables.keys().cloned().collect();
    Ok(judge(&facts, &known, &tables, migrations::is_known_name))
}

/// What else on this machine names a database for Mattermost.
fn surroundings(
    args: &CutoverArgs,
    target: &Dsn,
    missing_unit: MissingUnit,
) -> anyhow::Result<Surroundings> {
    let machine = &args.machine;
    Ok(search(&Search {
        root: &machine.root,
        unit: machine.unit.as_deref(),
        missing_unit,
        unit_dirs: &machine.unit_dir,
        environment_files: &machine.env_file,
        configuration: args.config.config.as_deref(),
        working_dir: &std::env::current_dir()?,
        target: &target.render_masked(),
        target_is_local: target.is_local(),
    })?)
}

fn require_configuration(args: &CutoverArgs) -> anyhow::Result<()> {
    if args.config.config.is_some() || args.config.config_in_database {
        return Ok(());
    }
    Err(hinted(
        "no configuration was named",
        "name the file that Mattermost reads, `--config /opt/mattermost/config/config.json`, or \
         `--config-in-database` where MM_CONFIG is a DSN",
    )
    .into())
}

/// Fails if the configuration is a file that cannot be read, before a server is connected to.
fn require_file(args: &CutoverArgs) -> Result<(), Error> {
    args.config.config.as_deref().map_or(Ok(()), |path| read_config(path).map(drop))
}

async fn configuration(
    args: &CutoverArgs,
    connection: &Connection,
) -> anyhow::Result<Configuration> {
    if let Some(path) = &args.config.config {
        return Ok(Configuration::File(read_config(path)?));
    }
    let row = read_store(connection, &args.schema).await?.ok_or(Error::NoStoredConfig)?;
    Ok(Configuration::Stored { schema: args.schema.clone(), row })
}

impl Configuration {
    fn text(&self) -> &str {
        self.secret().expose()
    }

    fn secret(&self) -> &Secret {
        match self {
            Self::File(file) => &file.text,
            Self::Stored { row, .. } => &row.text,
        }
    }

    fn place(&self) -> String {
        match self {
            Self::File(file) => file.path.display().to_string(),
            Self::Stored { schema, row } => format!("{schema}.configurations, row {}", row.id),
        }
    }
}

/// The source's DSN: the argument, a file, the variable, else what the configuration names.
fn source_dsn(args: &CutoverArgs) -> anyhow::Result<mysql::Dsn> {
    let source = SourceArgs {
        mysql_dsn_file: args.mysql_dsn_file.clone(),
        mysql_dsn: args.mysql_dsn.clone(),
        config: args.config.config.clone().filter(|_| !is_source_given(args)),
    };
    connect::source_dsn(args.mysql.as_deref(), &source)
}
