//! The flags of a command line, for printed commands with the same effect.

use std::path::Path;

use crate::cli::{CutoverArgs, MachineArgs};
use crate::shell::shell_word;

/// The configuration as the user named it.
pub(super) fn configuration(args: &CutoverArgs) -> String {
    match &args.config.config {
        Some(path) => format!("--config {}", quoted_path(path)),
        None => "--config-in-database".to_owned(),
    }
}

/// All flags of a `cutover` that matter to the next one, without passwords.
pub(super) fn of_cutover(args: &CutoverArgs) -> String {
    let mut flags = vec![configuration(args)];
    flags.extend(of_sides(args));
    let MachineArgs { unit, unit_dir, env_file, .. } = &args.machine;
    flags.extend(unit.iter().map(|unit| format!("--unit {}", shell_word(unit))));
    flags.extend(unit_dir.iter().map(|path| format!("--unit-dir {}", quoted_path(path))));
    flags.extend(env_file.iter().map(|path| format!("--env-file {}", quoted_path(path))));
    flags.extend(args.replica.iter().map(|_| "--replica 'postgres://…'".to_owned()));
    flags.join(" ")
}

/// The flags of `migrate`, `copy` and `verify`, each with a space first.
pub(super) fn of_other_commands(args: &CutoverArgs) -> String {
    let mut flags = of_sides(args);
    // An empty one first, so that there is a space before each.
    flags.insert(0, String::new());
    flags.join(" ")
}

fn of_sides(args: &CutoverArgs) -> Vec<String> {
    let mut flags = Vec::new();
    if let Some(path) = &args.mysql_dsn_file {
        flags.push(format!("--mysql-dsn-file {}", quoted_path(path)));
    }
    if let Some(path) = &args.target.postgres_dsn_file {
        flags.push(format!("--postgres-dsn-file {}", quoted_path(path)));
    }
    if args.schema != "public" {
        flags.push(format!("--schema {}", shell_word(&args.schema)));
    }
    flags
}

/// The variables of the DSNs that are not in files.
pub(super) fn dsn_variables(args: &CutoverArgs) -> Vec<&'static str> {
    let mut names = Vec::new();
    if args.mysql_dsn_file.is_none() {
        names.push("MIGRATION_ASSIST_MYSQL_DSN");
    }
    if args.target.postgres_dsn_file.is_none() {
        names.push("MIGRATION_ASSIST_POSTGRES_DSN");
    }
    names
}

fn quoted_path(path: &Path) -> String {
    shell_word(&path.display().to_string())
}
