//! `postgres`: checks the target, and builds its schema.

mod wanted;

use schemars::JsonSchema;
use serde::Serialize;

use super::target_locale::{self, CaselessCtype};
use super::{Context, ExitStatus, connect, schema, text_search};
use crate::check::Step;
use crate::cli::PostgresArgs;
use crate::compare::ComparisonReport;
use crate::ledger;
use crate::migrations::{self, RunReport, run, run_directory, tables_with_rows};
use crate::postgres::{
    Connection, Locale, Need, Note, Readiness, Repair, Server, read_readiness, take_exclusive,
};
use crate::ui::Ui;
use wanted::{Skew, Wanted, compare_sets, describe_skew, wanted};

/// The checks that can be switched off.
#[derive(Debug, Clone, Copy)]
struct Checks {
    owner: bool,
    empty: bool,
    ledger: Ledger,
    accepted: Accepted,
}

/// What was decided about a target's searches.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Accepted {
    /// Whether a target is accepted in which letters outside ASCII have no case.
    pub(super) ctype: bool,
    /// Whether a text search configuration is chosen, so that what is there now does not matter.
    pub(super) text_search: bool,
}

/// The consequence if the account cannot keep a ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ledger {
    /// A note: the command does not need it.
    Later,
    /// The command cannot start.
    Needed,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct PostgresReport {
    server: String,
    database: String,
    encoding: String,
    locale: Locale,
    schema: String,
    /// Why nothing can be written to this server at all.
    obstacles: Vec<String>,
    /// That letters outside ASCII have no case, if they have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    ctype: Option<CaselessCtype>,
    /// The server and the database in one line.
    #[serde(skip)]
    target: String,
    /// The missing privileges, with the statements that grant them.
    missing_privileges: Vec<Repair>,
    tables_with_rows: Vec<String>,
    /// Notes, which do not stop anything.
    notes: Vec<Note>,
    #[serde(skip_serializing_if = "Option::is_none")]
    migrations: Option<RunReport>,
    /// How the target's set differs from the requested one, if it is not to be built.
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
    connect::note_unrecognised("PostgreSQL", &dsn.unrecognised(), context.ui);
    let mut connection = Connection::connect(&dsn).await?;
    let checks = Checks {
        owner: args.check_schema_owner,
        empty: args.check_tables_empty,
        ledger: Ledger::Later,
        accepted: Accepted { ctype: args.locale.accept_ctype, text_search: false },
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
        take_exclusive(&connection, &args.schema).await?;
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
    let next = next(&report, status);
    context.json("postgres", &report, next)?;
    Ok(status)
}

/// The command that leads on.
fn next(report: &PostgresReport, status: ExitStatus) -> Vec<Step> {
    let is_built = report.migrations.is_some()
        || report.skew.as_ref().is_some_and(|skew| skew.missing.is_empty());
    if status != ExitStatus::Success {
        return Vec::new();
    }
    if is_built {
        return vec![Step::new("copy all rows", "migration-assist copy")];
    }
    let command = "migration-assist postgres --run-migrations --applied-migrations mysql.output";
    vec![Step::new("build the schema of the source's own migrations", command)]
}

impl PostgresReport {
    fn is_ready(&self) -> bool {
        self.obstacles.is_empty()
            && self.ctype.as_ref().is_none_or(|ctype| ctype.accepted)
            && self.missing_privileges.is_empty()
            && self.tables_with_rows.is_empty()
    }
}

/// Checks the server and the account's privileges, prints the result, and returns whether there are no
/// problems.
pub(super) async fn check_privileges(
    connection: &Connection,
    schema: &str,
    accepted: Accepted,
    context: Context,
) -> anyhow::Result<bool> {
    let checks = Checks { owner: true, empty: false, ledger: Ledger::Needed, accepted };
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
    let mut notes: Vec<Note> = readiness.locale.order_note().into_iter().collect();
    notes.extend(readiness.notes());
    if checks.accepted.text_search {
        notes.retain(|note| note.id != "text-search");
    }
    for note in notes.iter_mut().filter(|note| note.id == "text-search") {
        note.plan = text_search::explain(connection, schema, &readiness).await?;
    }
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
    let is_utf8 = readiness.encoding == "UTF8";
    let creation =
        if is_utf8 { None } else { target_locale::right_database(connection, &readiness).await? };
    Ok(PostgresReport {
        obstacles: obstacles(&readiness, creation.as_deref()),
        ctype: CaselessCtype::find(connection, &readiness, checks.accepted.ctype).await?,
        target: target_locale::describe(&readiness),
        notes,
        server: readiness.server.to_string(),
        database: readiness.database,
        encoding: readiness.encoding,
        locale: readiness.locale,
        schema: schema.to_owned(),
        missing_privileges,
        tables_with_rows,
        migrations: None,
        skew: None,
        full_schema_check: None,
    })
}

/// The note about an account that cannot keep a ledger.
fn ledger_note(statements: &[String]) -> Note {
    Note {
        id: "ledger",
        message: "the account may not create or use schema `migration_assist`, which `copy` and `migrate` need"
            .to_owned(),
        statement: Some(statements.join(" ")),
        plan: Vec::new(),
    }
}

/// `creation` is the statement that creates a right database.
fn obstacles(readiness: &Readiness, creation: Option<&str>) -> Vec<String> {
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
            "database `{}` is encoded in {}; create another and name it in the DSN: {}",
            readiness.database,
            readiness.encoding,
            creation.unwrap_or("CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0;")
        ));
    }
    if readiness.read_only {
        obstacles.push("the server accepts no writes: it is a standby or read-only".to_owned());
    }
    obstacles
}

/// What can be done about a target with rows; the rows stay, whatever is chosen.
const TARGET_WITH_ROWS: &str = "choose one:
  copy into these tables: an earlier copy is resumed, and other rows are listed before anything is deleted:
    migration-assist migrate
  load into a new database, which the DSN then names:
    CREATE DATABASE mattermost_new ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8' TEMPLATE template0;
  load into a new schema of this database:
    migration-assist postgres --schema mattermost_new
  keep these rows, and skip this check:
    migration-assist postgres --check-tables-empty=false";

fn describe_checks(report: &PostgresReport, checks: Checks, context: Context) {
    let ui = &context.ui;
    ui.say(format!("target: {}", report.target));
    for obstacle in &report.obstacles {
        ui.warn(obstacle);
    }
    if let Some(ctype) = &report.ctype {
        ctype.describe(*ui);
    }
    report.notes.iter().for_each(|note| describe_note(note, *ui));
    if !report.missing_privileges.is_empty() {
        if report.missing_privileges.iter().any(|it| it.need == Need::RenamedSchema) {
            ui.warn(format!(
                "schema `{}` is missing, and another schema has Mattermost's tables: a run of pgloader \
                 that breaks leaves the schema renamed",
                report.schema
            ));
        }
        let is_of_ledger = |it: &Repair| it.need == Need::Ledger;
        ui.warn(if report.missing_privileges.iter().all(is_of_ledger) {
            "this account may not create or use schema `migration_assist`, in which the copy is recorded; \
             let an administrator of the database run"
                .to_owned()
        } else {
            format!(
                "the account may not create and own the tables of schema `{}`; let an administrator of \
                 the database run",
                report.schema
            )
        });
        for repair in &report.missing_privileges {
            ui.warn(format!("  {}", repair.statement));
        }
    } else if checks.owner {
        ui.good(format!("the account may create and own the tables of schema `{}`", report.schema));
    }
    if !report.tables_with_rows.is_empty() {
        ui.warn(format!("tables with rows: {}", report.tables_with_rows.join(", ")));
        ui.hint(TARGET_WITH_ROWS);
    } else if checks.empty {
        ui.good("no table has rows");
    }
}

/// Prints a note about a target.
pub(super) fn describe_note(note: &Note, ui: Ui) {
    ui.warn(&note.message);
    for line in &note.plan {
        ui.warn(format!("  {line}"));
    }
    if let Some(statement) = &note.statement {
        ui.hint(format!("run as an administrator of the database: {statement}"));
    }
}

pub(super) fn describe_run(report: &RunReport, schema: &str, context: Context) {
    let ui = &context.ui;
    if report.applied.is_empty() {
        ui.good(format!(
            "schema `{schema}` already has all {} migrations; nothing was changed",
            report.present
        ));
    } else {
        ui.good(format!(
            "schema `{schema}`: {} migrations applied ({}), {} existed before",
            report.applied.len(),
            report.applied,
            report.present
        ));
    }
    if !report.beyond.is_empty() {
        ui.warn(format!(
            "schema `{schema}` also has migrations that the requested set lacks: {}",
            report.beyond
        ));
    }
}
