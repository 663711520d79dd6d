//! `cutover`: points Mattermost at PostgreSQL, and back.

mod describe;
mod freeze;
mod plan;
mod undo;

use std::time::SystemTime;

use serde::Serialize;

use super::failure::hinted;
use super::{Context, ExitStatus, connect};
use crate::cli::{CutoverArgs, Format, SourceArgs};
use crate::cutover::{
    Acceptance, Change, ConfigFile, Destination, Error, Leftover, Origin, Proof, ProofStatus,
    RequiredMigration, Search, StoreReport, StoredConfig, Switch, Written, for_mattermost, judge,
    plan_switch, read_config, read_facts, read_proof, read_store, replace, search, switch_store,
};
use crate::postgres::{Connection, Dsn, Host};
use crate::{migrations, mysql};

/// The configuration that Mattermost reads.
enum Configuration {
    File(ConfigFile),
    Stored { schema: String, row: StoredConfig },
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Outcome {
    /// The configuration names the target now.
    Done,
    /// It did before.
    Already,
    /// The target is not proved, or Mattermost would not accept it.
    Refused,
    /// Nobody said yes.
    NotConfirmed,
}

#[derive(Debug, Serialize)]
struct CutoverReport {
    configuration: String,
    outcome: Outcome,
    changes: Vec<Change>,
    /// What was decided about the DSN.
    notes: Vec<String>,
    proof: Proof,
    /// Whether the configuration names what the target was compared with.
    origin: Origin,
    acceptance: Acceptance,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<Written>,
    #[serde(skip_serializing_if = "Option::is_none")]
    row: Option<StoreReport>,
    /// What else names MySQL on this machine.
    leftovers: Vec<Leftover>,
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
    require_configuration(args)?;
    let target = connect::target_dsn(args.postgres.as_deref(), &args.target)?;
    let mut connection = Connection::connect(&target).await?;
    let encrypted = connection.is_encrypted().await?;
    let configuration = configuration(args, &connection).await?;
    let destination = for_mattermost(&target, encrypted);
    let planned = planned(&configuration, &destination, args, encrypted)?;
    let proof = read_proof(&connection, &args.schema).await?;
    let origin = origin(&proof, &planned);
    let mut report = CutoverReport {
        configuration: configuration.place(),
        outcome: Outcome::Already,
        changes: planned.changes.clone(),
        notes: destination.notes,
        proof,
        origin,
        acceptance: acceptance(&mut connection, &args.schema).await?,
        file: None,
        row: None,
        leftovers: leftovers(args, &target),
    };
    describe::before(&report, context);
    report.outcome = decide(&report, args, context)?;
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
    }
    describe::after(&report, args, context);
    if context.format == Format::Json {
        context.json("cutover", &report)?;
    }
    let done = matches!(report.outcome, Outcome::Done | Outcome::Already);
    let clear = done && report.leftovers.is_empty();
    Ok(if clear { ExitStatus::Success } else { ExitStatus::Findings })
}

fn decide(report: &CutoverReport, args: &CutoverArgs, context: Context) -> anyhow::Result<Outcome> {
    if report.changes.is_empty() {
        return Ok(Outcome::Already);
    }
    let proved = report.proof.standing == ProofStatus::Equal
        && report.acceptance.obstacles.is_empty()
        && !matches!(report.origin, Origin::OtherDatabase { .. } | Origin::Dump { .. });
    if !proved && !args.unproven {
        return Ok(Outcome::Refused);
    }
    let question = format!("Change {}?", report.configuration);
    let yes = args.yes || context.ui.confirm(&question)?;
    Ok(if yes { Outcome::Done } else { Outcome::NotConfirmed })
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

/// Whether what was compared is what the configuration names now.
fn origin(proof: &Proof, planned: &Switch) -> Origin {
    let named = planned.data_source.as_ref().map(|dsn| dsn.expose().parse::<mysql::Dsn>());
    let Some(Ok(named)) = named else { return Origin::Unknown };
    let address = named.address.to_string();
    proof.origin(named.database.as_deref().map(|database| (address.as_str(), database)))
}

/// The migrations that a server for PostgreSQL knows.
async fn acceptance(connection: &mut Connection, schema: &str) -> anyhow::Result<Acceptance> {
    let facts = read_facts(connection, schema).await?;
    let known: Vec<RequiredMigration> =
        migrations::target().iter().map(|it| (it.number, it.name.clone())).collect();
    Ok(judge(&facts, &known, migrations::is_known_name))
}

fn leftovers(args: &CutoverArgs, target: &Dsn) -> Vec<Leftover> {
    search(&Search {
        root: &args.machine.root,
        unit_dirs: &args.machine.unit_dir,
        environment_files: &args.machine.env_file,
        target_is_local: is_local(target),
    })
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
