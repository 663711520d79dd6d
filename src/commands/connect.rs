//! Finds each side's DSN where it was given.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::dump::accepted;
use super::failure::{Hinted, hinted};
use super::files;
use crate::cli::{DumpArgs, SidesArgs, SourceArgs, TargetArgs};
use crate::file;
use crate::mattermost::config::{Database, read_sql_settings};
use crate::secret::Secret;
use crate::source::Accepted;
use crate::{mysql, postgres};

/// What a command reads from, as it was named.
#[derive(Debug, Clone)]
pub(super) enum SourceSpec {
    /// A server.
    Server(mysql::Dsn),
    /// A file, and which of its databases.
    Dump { file: PathBuf, database: Option<String>, accepted: Accepted },
}

/// The source's DSN: the argument, else a file, else the variable, else Mattermost's configuration.
pub(super) fn source_dsn(argument: Option<&str>, args: &SourceArgs) -> anyhow::Result<mysql::Dsn> {
    let text = match (argument, &args.mysql_dsn_file, &args.config, &args.mysql_dsn) {
        (Some(dsn), ..) => dsn.to_owned(),
        (_, Some(file), ..) => first_line(file)?,
        (_, _, Some(config), _) => data_source(config)?,
        (.., Some(dsn)) => dsn.clone(),
        _ => return Err(missing("MySQL", "--mysql-dsn-file", "MIGRATION_ASSIST_MYSQL_DSN").into()),
    };
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
        _ => {
            let variable = "MIGRATION_ASSIST_POSTGRES_DSN";
            return Err(missing("PostgreSQL", "--postgres-dsn-file", variable).into());
        }
    };
    parse_target(&text)
}

/// Reads a PostgreSQL DSN, completed by what libpq would take for the parts it leaves out.
pub(super) fn parse_target(text: &str) -> anyhow::Result<postgres::Dsn> {
    Ok(postgres::Dsn::parse(text, &defaults())?)
}

/// Both DSNs of a command that reads the one side and writes the other.
pub(super) fn sides(args: &SidesArgs) -> anyhow::Result<(mysql::Dsn, postgres::Dsn)> {
    Ok((
        source_dsn(args.mysql.as_deref(), &args.source)?,
        target_dsn(args.postgres.as_deref(), &args.target)?,
    ))
}

/// The same where a dump may stand in the source's place.
pub(super) fn named_sides(
    args: &SidesArgs,
    dump: &DumpArgs,
) -> anyhow::Result<(SourceSpec, postgres::Dsn)> {
    let named = match &dump.dump {
        None => {
            SourceSpec::Server(source_dsn(args.mysql.as_deref(), &args.source).map_err(or_dump)?)
        }
        Some(_) if args.mysql.is_some() || args.source.config.is_some() => {
            let hint = "leave out `--mysql` and `--config`, or `--dump`";
            return Err(hinted("both a server and a dump were named", hint).into());
        }
        Some(file) => SourceSpec::Dump {
            file: file.clone(),
            database: dump.database.clone(),
            accepted: accepted(dump),
        },
    };
    Ok((named, target_dsn(args.postgres.as_deref(), &args.target)?))
}

/// Where no server was named, a dump would do.
fn or_dump(error: anyhow::Error) -> anyhow::Error {
    match error.downcast::<Hinted>() {
        Ok(hinted) => hinted.or("a dump will do, too: `--dump FILE`").into(),
        Err(error) => error,
    }
}

/// What libpq would take for the parts that a DSN leaves out: its variables, the password file, the
/// sockets of local servers, the name of this process's user.
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
        hinted(format!("`{}` holds no DSN", file.display()), hint).into()
    })
}

/// The MySQL DSN of a configuration, as Mattermost would read it in this environment. `MM_CONFIG`
/// can be a DSN itself, of the database with the configuration.
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
                 (MM_SQLSETTINGS_DATASOURCE) or, after a cutover, in `{path}.mysql-…`"
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

fn missing(side: &str, flag: &str, variable: &str) -> Hinted {
    hinted(
        format!("no {side} DSN was given"),
        format!("give it as an argument, in a file with `{flag}`, or in `{variable}`"),
    )
}
