//! Finds each side's DSN where it was given, and connects.

use std::path::Path;

use super::failure::hinted;
use super::files;
use crate::cli::TargetArgs;
use crate::postgres;
use crate::secret::Secret;

/// The target's DSN: the argument, else a file, else the variable.
pub(super) fn target_dsn(
    argument: Option<&str>,
    args: &TargetArgs,
) -> anyhow::Result<postgres::Dsn> {
    let text = match (argument, &args.postgres_dsn_file, &args.postgres_dsn) {
        (Some(dsn), ..) => dsn.to_owned(),
        (_, Some(file), _) => first_line(file)?,
        (_, _, Some(dsn)) => dsn.clone(),
        _ => {
            let variable = "MIGRATION_ASSIST_POSTGRES_DSN";
            return Err(missing("PostgreSQL", "--postgres-dsn-file", variable).into());
        }
    };
    Ok(postgres::Dsn::parse(&text, &defaults())?)
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
        passfile.and_then(|path| std::fs::read_to_string(path).ok()).map(Secret::new);
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

fn missing(side: &str, flag: &str, variable: &str) -> super::failure::Hinted {
    hinted(
        format!("no {side} DSN was given"),
        format!("give it as an argument, in a file with `{flag}`, or in `{variable}`"),
    )
}
