//! Finds the DSN of each side.

use std::path::Path;

use anyhow::Context as _;

use super::failure::{Hinted, hinted};
use super::files;
use crate::cli::{DumpArgs, Side, SidesArgs, SourceArgs, TargetArgs, side_of};
use crate::dump::require_dump;
use crate::file;
use crate::mattermost::config::{Database, read_sql_settings};
use crate::parameter::Unrecognised;
use crate::secret::Secret;
use crate::shell::shell_word;
use crate::source::Accepted;
use crate::ui::Ui;
use crate::workspace::{DumpSpec, SourceSpec};
use crate::{mysql, postgres};

/// The source's DSN: the argument, else a file, else the variable, else Mattermost's configuration.
pub(super) fn source_dsn(argument: Option<&str>, args: &SourceArgs) -> anyhow::Result<mysql::Dsn> {
    let text = match (argument, &args.mysql_dsn_file, &args.config, &args.mysql_dsn) {
        (Some(dsn), ..) => dsn.to_owned(),
        (_, Some(file), ..) => first_line(file)?,
        (_, _, Some(config), _) => data_source(config)?,
        (.., Some(dsn)) => dsn.clone(),
        _ => return Err(SOURCE.missing().into()),
    };
    if text.trim().is_empty() {
        return Err(SOURCE.empty().into());
    }
    if side_of(&text) == Some(Side::Target) {
        let hint = "a MySQL or MariaDB DSN is needed here, such as `mm:password@tcp(host:3306)/mattermost`; the \
                    checks of a PostgreSQL target are in `migration-assist postgres`";
        return Err(hinted("a PostgreSQL DSN was given for the source", hint).into());
    }
    Ok(text.parse()?)
}

/// The target's DSN: the argument, else a file, else the variable.
pub(super) fn target_dsn(
    argument: Option<&str>,
    args: &TargetArgs,
) -> anyhow::Result<postgres::Dsn> {
    let text = match (argument, &args.postgres_dsn_file, &args.postgres_dsn) {
        (Some(dsn), ..) => dsn.to_owned(),
        (_, Some(file), _) => first_line(file)?,
        (.., Some(dsn)) => dsn.clone(),
        _ => return Err(TARGET.missing().into()),
    };
    if text.trim().is_empty() {
        return Err(TARGET.empty().into());
    }
    parse_target(&text)
}

/// Reads a PostgreSQL DSN, completed with libpq's defaults.
pub(super) fn parse_target(text: &str) -> anyhow::Result<postgres::Dsn> {
    if side_of(text) == Some(Side::Source) {
        let hint = "a PostgreSQL DSN is needed here, such as `postgres://mm:password@host/mattermost`; the checks \
                    of a MySQL source are in `migration-assist mysql`";
        return Err(hinted("a MySQL DSN was given for the target", hint).into());
    }
    Ok(postgres::Dsn::parse(text, &defaults())?)
}

/// Both DSNs of a command that reads the one side and writes the other.
pub(super) fn sides(args: &SidesArgs, ui: Ui) -> anyhow::Result<(mysql::Dsn, postgres::Dsn)> {
    let source = source_dsn(args.mysql.as_deref(), &args.source)?;
    let target = target_dsn(args.postgres.as_deref(), &args.target)?;
    note_unrecognised("MySQL", &source.unrecognised(), ui);
    note_unrecognised("PostgreSQL", &target.unrecognised(), ui);
    Ok((source, target))
}

/// The same if the source may be a dump.
pub(super) fn named_sides(
    args: &SidesArgs,
    dump: &DumpArgs,
    ui: Ui,
) -> anyhow::Result<(SourceSpec, postgres::Dsn)> {
    let named = match &dump.dump {
        None => {
            let dsn = source_dsn(args.mysql.as_deref(), &args.source).map_err(or_dump)?;
            note_unrecognised("MySQL", &dsn.unrecognised(), ui);
            SourceSpec::Server(dsn)
        }
        Some(_) if args.mysql.is_some() || args.source.config.is_some() => {
            let hint = "leave out `--mysql` and `--config`, or `--dump`";
            return Err(hinted("both a server and a dump were named", hint).into());
        }
        Some(file) => {
            // Before the target is connected to.
            require_dump(file)?;
            SourceSpec::Dump(dump_spec(file, dump))
        }
    };
    let target = target_dsn(args.postgres.as_deref(), &args.target)?;
    note_unrecognised("PostgreSQL", &target.unrecognised(), ui);
    Ok((named, target))
}

/// The dump of the flags.
pub(super) fn dump_spec(file: &Path, args: &DumpArgs) -> DumpSpec {
    DumpSpec {
        file: file.to_owned(),
        database: args.database.clone(),
        accepted: Accepted {
            incomplete: args.accept_incomplete_dump,
            lossy: args.accept_lossy_dump,
        },
    }
}

/// Adds a hint at dumps if no server is named.
fn or_dump(error: anyhow::Error) -> anyhow::Error {
    match error.downcast::<Hinted>() {
        Ok(hinted) => hinted.or("or name a dump: `--dump FILE`").into(),
        Err(error) => error,
    }
}

/// Names the parameters of a DSN that have no effect here.
pub(super) fn note_unrecognised(side: &str, found: &[Unrecognised], ui: Ui) {
    for parameter in found {
        let name = &parameter.name;
        let text = format!("parameter `{name}` of the {side} DSN has no effect on this command");
        ui.note(match parameter.nearest {
            Some(nearest) => format!("{text}; the nearest name that has one is `{nearest}`"),
            None => text,
        });
    }
}

/// libpq's defaults for the parts that a DSN leaves out: its variables, the password file, the sockets of local
/// servers, the name of this process's user.
fn defaults() -> postgres::Defaults {
    let variable = |name: &str| std::env::var(name).ok();
    let home = || variable("HOME").map(|home| Path::new(&home).join(".pgpass"));
    let passfile = variable("PGPASSFILE").map(Into::into).or_else(home);
    let mut defaults = postgres::Defaults::from_lookup(variable).with_local_sockets();
    defaults.os_user = variable("USER").or_else(|| variable("LOGNAME"));
    defaults.passfile =
        passfile.and_then(|path| file::read_regular_text(&path, file::LIMIT).ok()).map(Secret::new);
    defaults
}

fn first_line(file: &Path) -> anyhow::Result<String> {
    let text = files::read(file)?;
    let line = text.lines().map(str::trim).find(|line| !line.is_empty());
    line.map(str::to_owned).ok_or_else(|| {
        let hint = "put the DSN on its first line";
        hinted(format!("`{}` contains no DSN", file.display()), hint).into()
    })
}

/// The MySQL DSN of a configuration, as Mattermost would read it in this environment. `MM_CONFIG` can be a DSN
/// itself, of the database with the configuration.
fn data_source(config: &Path) -> anyhow::Result<String> {
    if let Some(text) = config.to_str().filter(|text| text.starts_with("mysql://")) {
        return Ok(text.to_owned());
    }
    let text = files::read(config)?;
    let settings = read_sql_settings(&text)
        .with_context(|| format!("`{}` is not a Mattermost configuration", config.display()))?;
    let settings = settings.overridden_by(|name| std::env::var(name).ok());
    let path = config.display();
    match settings.database() {
        Database::MySql(dsn) => Ok(dsn.expose().to_owned()),
        Database::Postgres(_) => {
            let message = format!("`{path}` names a PostgreSQL database, not MySQL");
            let hint = format!(
                "give the MySQL DSN itself; Mattermost's own is in its environment \
                 (MM_SQLSETTINGS_DATASOURCE) or, after a cutover, in the configuration that was kept, which \
                 `ls {}.mysql-*` lists",
                shell_word(&path.to_string())
            );
            Err(hinted(message, hint).into())
        }
        Database::Unnamed => {
            let message = format!("`{path}` names no database: SqlSettings.DataSource is not set");
            let hint = "give the MySQL DSN itself; Mattermost's own is in its environment \
                        (MM_SQLSETTINGS_DATASOURCE)";
            Err(hinted(message, hint).into())
        }
    }
}

/// How the DSN of one side is given.
struct Giving {
    side: &'static str,
    flag: &'static str,
    /// A command that gives it.
    export: &'static str,
}

const SOURCE: Giving = Giving {
    side: "MySQL",
    flag: "--mysql-dsn-file",
    export: "export MIGRATION_ASSIST_MYSQL_DSN='user:password@tcp(host:3306)/database'",
};

const TARGET: Giving = Giving {
    side: "PostgreSQL",
    flag: "--postgres-dsn-file",
    export: "export MIGRATION_ASSIST_POSTGRES_DSN='postgres://user:password@host:5432/database'",
};

impl Giving {
    fn missing(&self) -> Hinted {
        let Self { side, flag, export } = self;
        let hint =
            format!("give it as an argument, in a file with `{flag} FILE`, or as `{export}`");
        hinted(format!("no {side} DSN was given"), hint)
    }

    fn empty(&self) -> Hinted {
        let Self { side, export, .. } = self;
        let hint = format!("set the variable that the command uses: `{export}`");
        hinted(format!("the {side} DSN is empty"), hint)
    }
}
