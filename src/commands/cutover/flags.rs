//! The flags of a command line again, so that printed commands do the same.

use std::path::Path;

use crate::cli::{CutoverArgs, MachineArgs};

/// The configuration as it was named.
pub(super) fn configuration(args: &CutoverArgs) -> String {
    match &args.config.config {
        Some(path) => format!("--config {}", quoted_path(path)),
        None => "--config-in-database".to_owned(),
    }
}

/// All flags of a `cutover` that matter to the next one; passwords are not among them.
pub(super) fn of_cutover(args: &CutoverArgs) -> String {
    let mut flags = vec![configuration(args)];
    flags.extend(of_sides(args));
    let MachineArgs { unit, unit_dir, env_file, .. } = &args.machine;
    if unit != "mattermost" {
        flags.push(format!("--unit {}", quoted(unit)));
    }
    let is_default = |path: &Path| {
        ["/etc/systemd/system", "/lib/systemd/system", "/usr/lib/systemd/system"]
            .iter()
            .any(|it| path == Path::new(it))
    };
    if !unit_dir.iter().all(|path| is_default(path)) {
        flags.extend(unit_dir.iter().map(|path| format!("--unit-dir {}", quoted_path(path))));
    }
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
        flags.push(format!("--schema {}", quoted(&args.schema)));
    }
    flags
}

/// The variables that hold the DSNs that no file does.
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
    quoted(&path.display().to_string())
}

/// A text as a shell takes it.
fn quoted(text: &str) -> String {
    let is_plain = |it: char| it.is_ascii_alphanumeric() || "/._-+@:".contains(it);
    if !text.is_empty() && text.chars().all(is_plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}
