//! `cutover`: points Mattermost at PostgreSQL, and back.

mod describe;
mod flags;
mod freeze;
mod plan;
mod questions;
mod undo;

use std::time::{Instant, SystemTime};

use serde::Serialize;

use self::questions::Answer;
use super::failure::hinted;
use super::{Context, ExitStatus, connect};
use crate::cli::{CutoverArgs, Format, SourceArgs};
use crate::cutover::{
    Acceptance, Change, Changed, ConfigFile, Destination, Error, MissingUnit, Objection, Proof,
    RequiredMigration, Search, SourceEvidence, SourceMatch, StoreReport, StoredConfig,
    Surroundings, Switch, SwitchEvidence, Written, ask_source, find_processes, for_mattermost,
    judge, judge_switch, plan_switch, read_config, read_facts, read_proof, read_store, replace,
    search, switch_store,
};
use crate::ledger::{self, Phase};
use crate::mattermost::config::read_sql_settings;
use crate::postgres::{Connection, Dsn, Host};
use crate::secret::Secret;
use crate::{migrations, mysql};

/// The configuration that Mattermost reads.
enum Configuration {
    File(ConfigFile),
    Stored { schema: String, row: StoredConfig },
}

/// The outcome of a switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Outcome {
    /// The configuration names the target now.
    Done,
    /// It did before.
    Already,
    /// Something speaks against it that was not accepted.
    Refused,
    /// It was not confirmed.
    NotConfirmed,
}

#[derive(Debug, Serialize)]
struct CutoverReport {
    configuration: String,
    outcome: Outcome,
    changes: Vec<Change>,
    /// What was decided about the DSN.
    notes: Vec<String>,
    /// What the switch is decided by.
    #[serde(flatten)]
    evidence: SwitchEvidence,
    /// What speaks against it.
    objections: Vec<Objection>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<Written>,
    #[serde(skip_serializing_if = "Option::is_none")]
    row: Option<StoreReport>,
    /// What else names MySQL on this machine, and where that was looked for.
    #[serde(flatten)]
    surroundings: Surroundings,
}

pub(super) async fn run(args: Box<CutoverArgs>, context: Context) -> anyhow::Result<ExitStatus> {
    if args.plan {
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
    let since = Instant::now();
    require_configuration(args)?;
    let target = connect::target_dsn(args.postgres.as_deref(), &args.target)?;
    let mut connection = Connection::connect(&target).await?;
    let encrypted = connection.is_encrypted().await?;
    let configuration = configuration(args, &connection).await?;
    let destination = for_mattermost(&target, encrypted);
    let surroundings = surroundings(args, &destination.dsn, MissingUnit::Refuse)?;
    let planned = planned(&configuration, &destination, args, encrypted)?;
    let evidence = read_evidence(args, &mut connection, &planned).await?;
    let objections = judge_switch(&evidence);
    let mut report = CutoverReport {
        configuration: configuration.place(),
        outcome: Outcome::Already,
        changes: planned.changes.clone(),
        notes: destination.notes,
        evidence,
        objections,
        file: None,
        row: None,
        surroundings,
    };
    describe::before(&report, context);
    let mut answer = decide(&mut report, args, context)?;
    if report.outcome == Outcome::Done && !args.yes {
        // An answer can take long: what was not there when it was asked has not been accepted.
        report.evidence = read_evidence(args, &mut connection, &planned).await?;
        let mut news = judge_switch(&report.evidence);
        news.retain(|new| report.objections.iter().all(|it| it.id != new.id));
        if !news.is_empty() {
            questions::describe(&news, context);
            (report.outcome, answer) = (Outcome::Refused, Answer::Changed);
            report.objections.extend(news);
        }
    }
    if report.outcome == Outcome::Done {
        match &configuration {
            Configuration::File(file) => {
                report.file = Some(replace(file, planned.text.expose(), SystemTime::now())?);
            }
            Configuration::Stored { schema, row } => {
                report.row =
                    switch_store(&mut connection, schema, row, planned.text.expose()).await?;
            }
        }
        let seconds = since.elapsed().as_secs_f64();
        if let Err(error) =
            ledger::record_phase(&connection, &args.schema, Phase::Switch, seconds).await
        {
            // The configuration is switched, whatever the plan of the next move can show.
            context.ui.warn(format!("cannot record how long the switch took: {error}"));
        }
    }
    describe::after(&report, args, context);
    questions::refuse(&answer, context);
    if context.format == Format::Json {
        context.json("cutover", &report)?;
    }
    let done = matches!(report.outcome, Outcome::Done | Outcome::Already);
    let clear = done && report.surroundings.leftovers.is_empty();
    Ok(if clear { ExitStatus::Success } else { ExitStatus::Findings })
}

/// Reads what the switch is decided by. A configuration that names the target already has no source.
async fn read_evidence(
    args: &CutoverArgs,
    connection: &mut Connection,
    planned: &Switch,
) -> anyhow::Result<SwitchEvidence> {
    let proof = read_proof(connection, &args.schema).await?;
    let configured = configured_source(planned.data_source.as_ref());
    let source = match source_of(args, configured.as_ref())? {
        Some(dsn) if !planned.changes.is_empty() => {
            let user = configured.as_ref().map_or(&dsn.user, |it| &it.user);
            ask_source(&dsn, user, &proof).await?
        }
        _ => SourceEvidence::Unnamed,
    };
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

/// Answers what speaks against the switch, then whether to change the configuration.
fn decide(
    report: &mut CutoverReport,
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
        Outcome::Refused
    } else if args.yes || context.ui.confirm(&format!("Change {}?", report.configuration))? {
        Outcome::Done
    } else {
        Outcome::NotConfirmed
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

/// The database of MySQL that a configuration names.
fn configured_source(data_source: Option<&Secret>) -> Option<mysql::Dsn> {
    data_source?.expose().parse().ok()
}

/// The source: as it was given, else as the configuration names it.
fn source_of(
    args: &CutoverArgs,
    configured: Option<&mysql::Dsn>,
) -> anyhow::Result<Option<mysql::Dsn>> {
    if args.mysql.is_some() || args.mysql_dsn_file.is_some() || args.mysql_dsn.is_some() {
        return source_dsn(args).map(Some);
    }
    Ok(configured.cloned())
}

/// Whether the configuration names what was compared.
fn source_match(proof: &Proof, configured: Option<&mysql::Dsn>) -> SourceMatch {
    let Some(named) = configured else { return SourceMatch::Unknown };
    let address = named.address.to_string();
    proof.source_match(named.database.as_deref().map(|database| (address.as_str(), database)))
}

/// The DSN that a configuration names, whatever the kind of database.
fn named_database(text: &Secret) -> Option<Secret> {
    read_sql_settings(text.expose()).ok()?.data_source
}

fn changed(args: &CutoverArgs) -> Changed<'_> {
    args.config.config.as_deref().map_or(Changed::Stored, Changed::File)
}

/// Whether Mattermost accepts the target.
async fn acceptance(connection: &mut Connection, schema: &str) -> anyhow::Result<Acceptance> {
    let facts = read_facts(connection, schema).await?;
    let known: Vec<RequiredMigration> =
        migrations::target().iter().map(|it| (it.number, it.name.clone())).collect();
    let applied = facts.applied.iter().flatten().map(|(number, _)| *number).collect();
    let model = migrations::known_target_model(&applied)?;
    let tables: Vec<String> = model.tables.keys().cloned().collect();
    Ok(judge(&facts, &known, &tables, migrations::is_known_name))
}

/// What else on this machine gives Mattermost a database.
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
        target_is_local: is_local(target),
    })?)
}

fn is_local(dsn: &Dsn) -> bool {
    match &dsn.host {
        Host::Socket(_) => true,
        Host::Tcp(name) => name == "localhost" || name == "::1" || name.starts_with("127."),
    }
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
        match self {
            Self::File(file) => file.text.expose(),
            Self::Stored { row, .. } => row.text.expose(),
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
    let given = args.mysql.is_some() || args.mysql_dsn_file.is_some() || args.mysql_dsn.is_some();
    let source = SourceArgs {
        mysql_dsn_file: args.mysql_dsn_file.clone(),
        mysql_dsn: args.mysql_dsn.clone(),
        config: args.config.config.clone().filter(|_| !given),
    };
    connect::source_dsn(args.mysql.as_deref(), &source)
}
