//! What else on this machine sends Mattermost to MySQL: units and their environment.

mod unit;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;

use unit::{assignments, logical_lines};

/// Where units are looked for.
#[derive(Debug, Clone)]
pub struct Search<'a> {
    /// What stands before every path, `/` on a machine that runs.
    pub root: &'a Path,
    /// The folders of units.
    pub unit_dirs: &'a [PathBuf],
    /// Files with variables that no unit names: a container's, for example.
    pub environment_files: &'a [PathBuf],
    /// Whether the target runs on this machine too, so that Mattermost waits for it at the start.
    pub target_is_local: bool,
}

/// A line that still names MySQL, and what is to be done about it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Leftover {
    /// The file.
    pub path: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// What stands there, without any value that may be a password.
    pub present: String,
    /// What should stand there; `None` where the line is to go.
    pub instead: Option<String>,
    /// What happens otherwise.
    pub why: &'static str,
}

/// Names of MySQL's and `MariaDB`'s units.
const SERVERS: [&str; 3] = ["mysql", "mysqld", "mariadb"];
/// Settings of a unit that name other units.
const ORDERS: [&str; 7] =
    ["After", "BindsTo", "PartOf", "Requires", "Requisite", "Upholds", "Wants"];

/// Looks through Mattermost's units, with their drop-ins and environment files. What cannot be read is
/// taken for absent.
#[must_use]
pub fn search(search: &Search<'_>) -> Vec<Leftover> {
    let mut found = BTreeSet::new();
    let mut environment: BTreeSet<PathBuf> = search.environment_files.iter().cloned().collect();
    for path in unit_files(search) {
        let Ok(text) = fs::read_to_string(below(search.root, &path)) else { continue };
        let (lines, files) = in_unit(&path, &text, search.target_is_local);
        found.extend(lines);
        environment.extend(files);
    }
    for path in environment {
        if let Ok(text) = fs::read_to_string(below(search.root, &path)) {
            found.extend(in_environment(&path, &text));
        }
    }
    found.into_iter().collect()
}

/// Mattermost's unit files and their drop-ins, by the paths that they have below the root.
fn unit_files(search: &Search<'_>) -> BTreeSet<PathBuf> {
    let mut files = BTreeSet::new();
    for folder in search.unit_dirs {
        for path in entries(search.root, folder) {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let ours = name.starts_with("mattermost");
            if ours && name.ends_with(".service") {
                files.insert(path);
            } else if ours && name.ends_with(".service.d") {
                let drop_ins = entries(search.root, &path);
                files.extend(drop_ins.filter(|it| it.extension().is_some_and(|it| it == "conf")));
            }
        }
    }
    files
}

fn entries<'a>(root: &'a Path, folder: &'a Path) -> impl Iterator<Item = PathBuf> + 'a {
    let entries = fs::read_dir(below(root, folder)).into_iter().flatten().flatten();
    entries.map(|entry| folder.join(entry.file_name()))
}

fn below(root: &Path, path: &Path) -> PathBuf {
    root.join(path.strip_prefix("/").unwrap_or(path))
}

/// What a unit says, and the environment files it names.
fn in_unit(path: &Path, text: &str, target_is_local: bool) -> (Vec<Leftover>, Vec<PathBuf>) {
    let mut found = Vec::new();
    let mut files = Vec::new();
    for (line, text) in logical_lines(text) {
        let Some((name, value)) = text.split_once('=') else { continue };
        let (name, value) = (name.trim_end(), value.trim_start());
        let leftover = |present: String, instead, why| Leftover {
            path: path.to_owned(),
            line,
            present,
            instead,
            why,
        };
        if ORDERS.contains(&name) {
            if let Some(kept) = without_servers(value, target_is_local) {
                let instead = (!kept.is_empty()).then(|| format!("{name}={kept}"));
                found.push(leftover(format!("{name}={value}"), instead, why_order(name)));
            }
        } else if name == "EnvironmentFile" {
            files.push(PathBuf::from(value.trim_start_matches('-').trim_matches('"')));
        } else if name == "Environment" {
            for (variable, value) in assignments(value) {
                if let Some((present, instead, why)) = judge(&variable, &value) {
                    let setting = |text: String| format!("Environment={text}");
                    found.push(leftover(setting(present), instead.map(setting), why));
                }
            }
        } else if name.starts_with("ExecStart") && value.contains("mysql://") {
            let present = format!("{name}=… --config mysql://…");
            let instead = Some(format!("{name}=… --config postgres://…"));
            found.push(leftover(present, instead, "Mattermost would read its configuration there"));
        }
    }
    (found, files)
}

/// What an environment file says.
fn in_environment(path: &Path, text: &str) -> Vec<Leftover> {
    let mut found = Vec::new();
    for (line, text) in logical_lines(text) {
        let text = text.strip_prefix("export ").unwrap_or(&text);
        for (variable, value) in assignments(text).into_iter().take(1) {
            if let Some((present, instead, why)) = judge(&variable, &value) {
                found.push(Leftover { path: path.to_owned(), line, present, instead, why });
            }
        }
    }
    found
}

/// The units that remain where MySQL's are among them; `None` where they are not.
fn without_servers(value: &str, target_is_local: bool) -> Option<String> {
    let mut kept = Vec::new();
    let mut removed = false;
    for unit in value.split_whitespace() {
        let stem = unit.strip_suffix(".service").unwrap_or(unit);
        if SERVERS.contains(&stem.split('@').next().unwrap_or(stem)) {
            removed = true;
            if target_is_local && !kept.contains(&"postgresql.service") {
                kept.push("postgresql.service");
            }
        } else {
            kept.push(unit);
        }
    }
    removed.then(|| kept.join(" "))
}

fn why_order(name: &str) -> &'static str {
    match name {
        "BindsTo" | "Requires" | "Requisite" | "PartOf" => {
            "Mattermost would stop, or not start, without MySQL"
        }
        "Wants" | "Upholds" => "starting Mattermost would start MySQL",
        _ => "Mattermost would wait for MySQL, and not for PostgreSQL",
    }
}

/// What a variable of Mattermost's environment should be, where it names MySQL.
fn judge(variable: &str, value: &str) -> Option<(String, Option<String>, &'static str)> {
    let overrides = "it overrides the configuration";
    let names_mysql = !value.is_empty() && !names_postgres(value);
    match variable {
        "MM_CONFIG" if value.starts_with("mysql://") => Some((
            "MM_CONFIG=mysql://…".into(),
            Some("MM_CONFIG=postgres://… (the DSN that SqlSettings.DataSource has now)".into()),
            "Mattermost would read its configuration from MySQL",
        )),
        "MM_SQLSETTINGS_DRIVERNAME" if value != "postgres" && !value.is_empty() => {
            let instead = "MM_SQLSETTINGS_DRIVERNAME=postgres".to_owned();
            Some((format!("{variable}=…"), Some(instead), overrides))
        }
        "MM_SQLSETTINGS_DATASOURCE" if names_mysql => {
            let instead =
                "MM_SQLSETTINGS_DATASOURCE=postgres://… (the DSN of the target)".to_owned();
            Some((format!("{variable}=…"), Some(instead), overrides))
        }
        "MM_SQLSETTINGS_DATASOURCEREPLICAS"
        | "MM_SQLSETTINGS_DATASOURCESEARCHREPLICAS"
        | "MM_SQLSETTINGS_REPLICALAGSETTINGS"
            if names_mysql && value != "[]" =>
        {
            Some((format!("{variable}=…"), None, overrides))
        }
        _ => None,
    }
}

fn names_postgres(value: &str) -> bool {
    ["postgres://", "postgresql://"].iter().any(|scheme| value.starts_with(scheme))
}

#[cfg(test)]
mod tests;
