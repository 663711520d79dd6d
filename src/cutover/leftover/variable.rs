//! A variable of Mattermost's environment: how it is written, and whether it names MySQL.

use std::path::{Path, PathBuf};

use super::Leftover;
use crate::cutover::config::mask;
use crate::mattermost::config::names_postgres;

/// A variable and the line that sets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Variable {
    pub(super) path: PathBuf,
    pub(super) line: usize,
    pub(super) name: String,
    pub(super) value: String,
    pub(super) form: Form,
    /// The name in the file, if the variable gets its value through another one.
    pub(super) written: Option<String>,
}

/// How the line is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `NAME=value`
    Assignment,
    /// `NAME: value`
    Yaml,
    /// `Environment=NAME=value` of a systemd unit.
    Unit,
    /// The value alone: a file that is named after the variable, or one whose variable is unnamed.
    Value,
}

impl Form {
    pub(super) fn show(self, name: &str, value: &str) -> String {
        match self {
            Self::Assignment => format!("{name}={value}"),
            Self::Yaml => format!("{name}: {value}"),
            Self::Unit => format!("Environment={name}={value}"),
            Self::Value => value.to_owned(),
        }
    }
}

impl Variable {
    pub(super) fn new(path: &Path, line: usize, name: &str, value: &str, form: Form) -> Self {
        let (name, value) = (name.to_owned(), value.to_owned());
        Self { path: path.to_owned(), line, name, value, form, written: None }
    }

    /// The finding about it, if it names MySQL. `target` is the new DSN as it may be shown.
    pub(super) fn judge(&self, target: &str) -> Option<Leftover> {
        let verdict = judge(&self.name, &self.value, target)?;
        let mut why = verdict.why.to_owned();
        if self.form == Form::Unit && verdict.after.as_deref() == Some(target) {
            why += "; in a unit, write each `%` as `%%`";
        }
        let name = self.written.as_deref().unwrap_or(&self.name);
        if name != self.name {
            why = format!("{} has this value, and {why}", self.name);
        }
        Some(Leftover {
            path: self.path.clone(),
            line: self.line,
            present: self.form.show(name, &verdict.before),
            instead: verdict.after.map(|after| self.form.show(name, &after)),
            why,
        })
    }
}

/// What is wrong with the value of a variable.
struct Verdict {
    before: String,
    after: Option<String>,
    why: &'static str,
}

const OVERRIDES: &str = "it overrides the configuration";

fn judge(name: &str, value: &str, target: &str) -> Option<Verdict> {
    let value = value.trim();
    if value.is_empty() {
        return None;
    }
    let names_mysql = !names_postgres(value);
    let to_target = || Some(target.to_owned());
    // Mattermost converts the names of all variables to upper case.
    match name.to_ascii_uppercase().as_str() {
        "MM_CONFIG" if starts_with_mysql(value) => Some(Verdict {
            before: masked_url(value),
            after: to_target(),
            why: "Mattermost would read its configuration from MySQL",
        }),
        "MM_SQLSETTINGS_DRIVERNAME" if !value.eq_ignore_ascii_case("postgres") => {
            let before = if value.eq_ignore_ascii_case("mysql") { value } else { "…" };
            Some(Verdict {
                before: before.to_owned(),
                after: Some("postgres".to_owned()),
                why: OVERRIDES,
            })
        }
        "MM_SQLSETTINGS_DATASOURCE" if names_mysql => {
            Some(Verdict { before: mask(value), after: to_target(), why: OVERRIDES })
        }
        "MM_SQLSETTINGS_DATASOURCEREPLICAS"
        | "MM_SQLSETTINGS_DATASOURCESEARCHREPLICAS"
        | "MM_SQLSETTINGS_REPLICALAGSETTINGS"
            if names_mysql && value != "[]" && !value.split_whitespace().all(names_postgres) =>
        {
            Some(Verdict { before: "…".to_owned(), after: None, why: OVERRIDES })
        }
        // Read by Mattermost's operator for Kubernetes.
        "DB_CONNECTION_STRING" if starts_with_mysql(value) => Some(Verdict {
            before: masked_url(value),
            after: to_target(),
            why: "the operator gives it to Mattermost",
        }),
        _ => None,
    }
}

/// A DSN of go-sql-driver after `mysql://`, which is how Mattermost names a configuration in MySQL.
fn masked_url(value: &str) -> String {
    format!("mysql://{}", mask(value))
}

fn starts_with_mysql(value: &str) -> bool {
    value.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("mysql://"))
}

/// Whether a variable can decide which database Mattermost uses.
pub(super) fn concerns_database(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    name == "MM_CONFIG" || name.starts_with("MM_SQLSETTINGS_")
}

/// Of the variables of a process, those that name MySQL: as they may be shown, and what they should
/// be (`None`: unset).
pub(in crate::cutover) fn variables_naming_mysql<'v>(
    variables: impl IntoIterator<Item = (&'v str, &'v str)>,
    target: &str,
) -> Vec<(String, Option<String>)> {
    let judged = variables.into_iter().filter_map(|(name, value)| {
        let verdict = judge(name, value, target)?;
        let after = verdict.after.map(|after| Form::Assignment.show(name, &after));
        Some((Form::Assignment.show(name, &verdict.before), after))
    });
    judged.collect()
}

#[cfg(test)]
mod tests {
    use super::variables_naming_mysql;

    #[test]
    fn variables_of_a_process_are_judged_and_masked() {
        let variables = [
            ("PATH", "/bin"),
            ("mm_sqlsettings_drivername", "mysql"),
            ("MM_SQLSETTINGS_DATASOURCE", "mm:hunter2@tcp(db:3306)/mm"),
            ("MM_SQLSETTINGS_DATASOURCEREPLICAS", "hunter2"),
            ("MM_CONFIG", "/opt/config.json"),
        ];
        let found = variables_naming_mysql(variables, "postgres://mm:****@db/mm");
        let expected = [
            ("mm_sqlsettings_drivername=mysql", Some("mm_sqlsettings_drivername=postgres")),
            (
                "MM_SQLSETTINGS_DATASOURCE=mm:****@tcp(db:3306)/mm",
                Some("MM_SQLSETTINGS_DATASOURCE=postgres://mm:****@db/mm"),
            ),
            ("MM_SQLSETTINGS_DATASOURCEREPLICAS=…", None),
        ];
        let owned = |(before, after): (&str, Option<&str>)| (before.into(), after.map(Into::into));
        assert_eq!(found, expected.map(owned));
        let clear = [
            ("MM_SQLSETTINGS_DRIVERNAME", "postgres"),
            ("MM_SQLSETTINGS_DATASOURCE", "host=db user=mm dbname=mm"),
            ("MM_CONFIG", "postgres://mm@db/mm"),
            ("MM_SQLSETTINGS_DATASOURCEREPLICAS", "postgres://a postgres://b"),
        ];
        assert!(variables_naming_mysql(clear, "").is_empty());
    }
}
