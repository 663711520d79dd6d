//! `postgres`: is the target ready, and building its schema.

use serde::Serialize;

use super::failure::hinted;
use super::{Context, ExitStatus, connect, files, schema};
use crate::cli::{Format, MigrationSetArgs, PostgresArgs};
use crate::compare::ComparisonReport;
use crate::ledger;
use crate::migrations::{self, Directory, RunReport, run, run_directory, tables_with_rows};
use crate::postgres::{self, Connection, Need, Note, Readiness, Repair, Server, read_readiness};
use crate::release::{self, Document, MigrationSet};
use crate::ui::Ui;

/// What the schema is to become.
enum Wanted {
    Set(MigrationSet),
    Directory(Directory),
}

/// Which of the checks that can be switched off are on.
#[derive(Debug, Clone, Copy)]
struct Checks {
    owner: bool,
    empty: bool,
    ledger: Ledger,
}

/// What follows if the account cannot keep a ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ledger {
    /// A note: the command does without one.
    Later,
    /// The command cannot begin.
    Needed,
}

#[derive(Debug, Serialize)]
struct PostgresReport {
    server: String,
    database: String,
    schema: String,
    /// Why nothing can be written to this server at all.
    obstacles: Vec<String>,
    /// What the account lacks, with the statements that give it.
    missing_privileges: Vec<Repair>,
    tables_with_rows: Vec<String>,
    /// What is worth knowing and stops nothing.
    notes: Vec<Note>,
    #[serde(skip_serializing_if = "Option::is_none")]
    migrations: Option<RunReport>,
    /// How the target's set differs from the one that was named and not asked to be built.
    #[serde(skip_serializing_if = "Option::is_none")]
    skew: Option<Skew>,
    #[serde(skip_serializing_if = "Option::is_none")]
    full_schema_check: Option<ComparisonReport>,
}

pub(super) async fn run_command(
    args: PostgresArgs,
    context: Context,
) -> anyhow::Result<ExitStatus> {
    let wanted = wanted(&args.set, context)?;
    let dsn = connect::target_dsn(args.dsn.as_deref(), &args.target)?;
    let mut connection = Connection::connect(&dsn).await?;
    let checks = Checks {
        owner: args.check_schema_owner,
        empty: args.check_tables_empty,
        ledger: Ledger::Later,
    };
    let mut report = check(&connection, &args.schema, checks).await?;
    describe_checks(&report, checks, context);
    let mut status = if report.is_ready() { ExitStatus::Success } else { ExitStatus::Findings };
    if !args.run_migrations {
        if let Some(wanted) = &wanted {
            let skew = compare_sets(&connection, &args.schema, wanted).await?;
            describe_skew(&skew, &args.schema, context);
            if !skew.is_none() {
                status = ExitStatus::Findings;
            }
            report.skew = Some(skew);
        }
    } else if let (Some(wanted), ExitStatus::Success) = (wanted, status) {
        let progress = context.ui.progress();
        let done = match wanted {
            Wanted::Set(set) => run(&mut connection, &args.schema, &set, &progress).await?,
            Wanted::Directory(directory) => {
                run_directory(&mut connection, &args.schema, &directory, &progress).await?
            }
        };
        describe_run(&done, &args.schema, context);
        report.migrations = Some(done);
    } else {
        context.ui.warn("the migrations were not run; nothing was changed");
    }
    report.full_schema_check =
        schema::check_target(&args.full, args.force, &connection, &args.schema, context).await?;
    if !report.full_schema_check.as_ref().is_none_or(ComparisonReport::is_as_expected) {
        status = ExitStatus::Findings;
    }
    if context.format == Format::Json {
        context.json("postgres", &report)?;
    }
    Ok(status)
}

/// What a target has otherwise than a set.
#[derive(Debug, Serialize)]
struct Skew {
    missing: MigrationSet,
    beyond: MigrationSet,
}

impl Skew {
    fn is_none(&self) -> bool {
        self.missing.is_empty() && self.beyond.is_empty()
    }
}

impl PostgresReport {
    fn is_ready(&self) -> bool {
        self.obstacles.is_empty()
            && self.missing_privileges.is_empty()
            && self.tables_with_rows.is_empty()
    }
}

/// The set that the arguments name, before anything is connected to.
fn wanted(args: &MigrationSetArgs, context: Context) -> anyhow::Result<Option<Wanted>> {
    if args.git.is_some() {
        context
            .ui
            .note("`--git` has no effect: the migrations of every supported release are built in");
    }
    let ignored = [
        ("--mattermost-version", args.mattermost_version.is_some()),
        ("--migrations-dir", args.migrations_dir.is_some()),
    ];
    if let Some(path) = &args.applied_migrations {
        for (flag, _) in ignored.into_iter().filter(|(_, given)| *given) {
            context.ui.note(format!("`{flag}` has no effect next to `--applied-migrations`"));
        }
        let document = Document::parse(&files::read(path)?).map_err(|error| {
            let message = format!("cannot use `{}`", path.display());
            let hint = "write it again with `migration-assist mysql DSN --output mysql.output`";
            anyhow::Error::new(error).context(hinted(message, hint))
        })?;
        migrations::target_model(&document.applied_migrations)?;
        return Ok(Some(Wanted::Set(document.applied_migrations)));
    }
    if let Some(path) = &args.migrations_dir {
        if args.mattermost_version.is_some() {
            context.ui.note("`--mattermost-version` has no effect next to `--migrations-dir`");
        }
        return Ok(Some(Wanted::Directory(Directory::read(path)?)));
    }
    let Some(version) = &args.mattermost_version else { return Ok(None) };
    Ok(Some(Wanted::Set(set_of_release(version, context)?)))
}

async fn compare_sets(
    connection: &Connection,
    schema: &str,
    wanted: &Wanted,
) -> anyhow::Result<Skew> {
    let rows = postgres::applied_migrations(connection, schema).await?.unwrap_or_default();
    let present: MigrationSet = rows.into_iter().map(|(number, _)| number).collect();
    let wanted = match wanted {
        Wanted::Set(set) => set.clone(),
        Wanted::Directory(directory) => directory.migrations.iter().map(|it| it.number).collect(),
    };
    Ok(Skew { missing: wanted.without(&present), beyond: present.without(&wanted) })
}

fn describe_skew(skew: &Skew, schema: &str, context: Context) {
    let ui = context.ui;
    if skew.is_none() {
        ui.good(format!("schema `{schema}` has exactly the migrations of that set"));
    }
    if !skew.missing.is_empty() {
        ui.warn(format!("schema `{schema}` lacks the migrations {}", skew.missing));
        ui.hint("add `--run-migrations` to build them");
    }
    if !skew.beyond.is_empty() {
        ui.warn(format!("schema `{schema}` has the migrations {} too much", skew.beyond));
    }
}

fn set_of_release(version: &str, context: Context) -> anyhow::Result<MigrationSet> {
    let found = release::resolve(version).map_err(|error| {
        let hint = format!(
            "name a release from {} to {}, or use the source's own set: `--applied-migrations FILE`",
            release::releases()[0],
            release::newest()
        );
        anyhow::Error::new(error).context(hinted("cannot tell which schema to build", hint))
    })?;
    let release = found.release;
    if let Some(asked) = found.stands_in_for {
        context.ui.warn(format!(
            "Mattermost {asked} is not in the list; building the schema of {release}, the nearest \
             earlier release of its line"
        ));
    }
    if let Some(later) = found.later {
        context.ui.warn(format!(
            "building the schema of Mattermost {release}, the first patch release of its line; later \
             ones have more migrations"
        ));
        context.ui.hint(format!("name the patch release, such as `--mattermost-version {later}`"));
    }
    if !release.exact {
        context.ui.warn(format!(
            "the schema of Mattermost {release} is deduced from its neighbours; \
             `--applied-migrations` with the source's own document leaves no doubt"
        ));
    }
    Ok(release.migrations.clone())
}

/// Checks the server and the account's privileges, says what it found, and whether all is well.
pub(super) async fn check_privileges(
    connection: &Connection,
    schema: &str,
    context: Context,
) -> anyhow::Result<bool> {
    let checks = Checks { owner: true, empty: false, ledger: Ledger::Needed };
    let report = check(connection, schema, checks).await?;
    describe_checks(&report, checks, context);
    Ok(report.is_ready())
}

async fn check(
    connection: &Connection,
    schema: &str,
    checks: Checks,
) -> anyhow::Result<PostgresReport> {
    let mut readiness = read_readiness(connection, schema).await?;
    readiness.set_others_apart(migrations::is_known_name);
    let mut missing_privileges = if checks.owner { readiness.repairs() } else { Vec::new() };
    let mut notes = readiness.notes();
    let of_ledger = ledger::missing_rights(connection, &readiness).await?;
    match checks.ledger {
        Ledger::Needed => {
            let repair = |statement| Repair { need: Need::Ledger, statement };
            missing_privileges.extend(of_ledger.into_iter().map(repair));
        }
        Ledger::Later if of_ledger.is_empty() => {}
        Ledger::Later => notes.push(ledger_note(&of_ledger)),
    }
    let tables_with_rows = if checks.empty && readiness.schema_owner.is_some() {
        tables_with_rows(connection, schema).await?
    } else {
        Vec::new()
    };
    Ok(PostgresReport {
        obstacles: obstacles(&readiness),
        notes,
        server: readiness.server.to_string(),
        database: readiness.database,
        schema: schema.to_owned(),
        missing_privileges,
        tables_with_rows,
        migrations: None,
        skew: None,
        full_schema_check: None,
    })
}

/// What to know of an account that cannot keep a ledger.
fn ledger_note(statements: &[String]) -> Note {
    Note {
        id: "ledger",
        message: "the account may not create or use schema `migration_assist`, which `copy` and `migrate` need"
            .to_owned(),
        statement: Some(statements.join(" ")),
    }
}

fn obstacles(readiness: &Readiness) -> Vec<String> {
    let mut obstacles = Vec::new();
    if !readiness.server.is_supported() {
        obstacles.push(format!(
            "{} is too old for Mattermost, which needs {} or later",
            readiness.server,
            Server::OLDEST_SUPPORTED
        ));
    }
    if readiness.encoding != "UTF8" {
        obstacles.push(format!(
            "database `{}` is encoded in {}; create one with ENCODING 'UTF8' TEMPLATE template0",
            readiness.database, readiness.encoding
        ));
    }
    if readiness.read_only {
        obstacles
            .push("the server takes no writes: it is a standby or set to read only".to_owned());
    }
    obstacles
}

fn describe_checks(report: &PostgresReport, checks: Checks, context: Context) {
    let ui = &context.ui;
    ui.say(format!("target: {}, database `{}`", report.server, report.database));
    for obstacle in &report.obstacles {
        ui.warn(obstacle);
    }
    report.notes.iter().for_each(|note| describe_note(note, *ui));
    if !report.missing_privileges.is_empty() {
        let is_of_ledger = |it: &Repair| it.need == Need::Ledger;
        ui.warn(if report.missing_privileges.iter().all(is_of_ledger) {
            "this account may not create or use schema `migration_assist`, in which the copy is recorded; \
             let an administrator of the database run"
                .to_owned()
        } else {
            format!(
                "this account cannot build and own the tables of schema `{}`; let an administrator of \
                 the database run",
                report.schema
            )
        });
        for repair in &report.missing_privileges {
            ui.warn(format!("  {}", repair.statement));
        }
    } else if checks.owner {
        ui.good(format!("the account may build and own the tables of schema `{}`", report.schema));
    }
    if !report.tables_with_rows.is_empty() {
        ui.warn(format!("these tables hold rows: {}", report.tables_with_rows.join(", ")));
        ui.hint(
            "load into an empty schema: drop and create it again, or go on all the same with \
             `--check-tables-empty=false`",
        );
    } else if checks.empty {
        ui.good("no table holds rows");
    }
}

/// Prints something worth knowing of a target.
pub(super) fn describe_note(note: &Note, ui: Ui) {
    ui.warn(&note.message);
    if let Some(statement) = &note.statement {
        ui.hint(format!("run as an administrator of the database: {statement}"));
    }
}

pub(super) fn describe_run(report: &RunReport, schema: &str, context: Context) {
    let ui = &context.ui;
    if report.applied.is_empty() {
        ui.good(format!(
            "schema `{schema}` has all {} migrations already; nothing was changed",
            report.present
        ));
    } else {
        ui.good(format!(
            "schema `{schema}`: {} migrations applied ({}), {} were there before",
            report.applied.len(),
            report.applied,
            report.present
        ));
    }
    if !report.beyond.is_empty() {
        ui.warn(format!(
            "schema `{schema}` also has the migrations {}, which the asked set has not",
            report.beyond
        ));
    }
}
