//! What a unit requires of MySQL's units: relations, conditions, and the links that enabled units have.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::super::{Leftover, Look, Start, name_of};
use super::Setting;

/// Names of MySQL's and MariaDB's units.
const SERVERS: [&str; 3] = ["mysql", "mysqld", "mariadb"];

pub(super) fn condition(look: &mut Look<'_>, setting: &Setting) {
    let value = setting.value.to_ascii_lowercase();
    if SERVERS.iter().any(|server| value.contains(server)) {
        look.found.insert(Leftover {
            path: setting.path.clone(),
            line: setting.line,
            present: format!("{}={}", setting.name, setting.value),
            instead: None,
            why: "Mattermost would not start without MySQL".to_owned(),
        });
    }
}

pub(super) fn relation(look: &mut Look<'_>, unit: &str, setting: &Setting) {
    let name = setting.name.as_str();
    let is_install = matches!(name, "WantedBy" | "RequiredBy" | "UpheldBy");
    let replacement = match name {
        "WantedBy" | "RequiredBy" | "UpheldBy" => Some("multi-user.target"),
        "Also" => None,
        _ => look.search.target_is_local.then_some("postgresql.service"),
    };
    let Some(kept) = without_servers(&setting.value, replacement) else { return };
    let mut why = match name {
        "BindsTo" | "Requires" | "Requisite" | "PartOf" | "StopPropagatedFrom" => {
            "Mattermost would stop, or not start, without MySQL".to_owned()
        }
        "Wants" | "Upholds" => "starting Mattermost would start MySQL".to_owned(),
        "Also" => "enabling Mattermost would enable MySQL".to_owned(),
        _ if is_install => "without MySQL, Mattermost would not be started at boot".to_owned(),
        _ => "Mattermost would wait for MySQL, and not for PostgreSQL".to_owned(),
    };
    if is_install {
        why = format!("{why}; then run `systemctl reenable {unit}`");
    }
    look.found.insert(Leftover {
        path: setting.path.clone(),
        line: setting.line,
        present: format!("{name}={}", setting.value),
        instead: (!kept.is_empty()).then(|| format!("{name}={kept}")),
        why,
    });
}

/// The units that remain when those of MySQL are removed; `None` if there are none of MySQL.
fn without_servers(value: &str, replacement: Option<&'static str>) -> Option<String> {
    let mut kept = Vec::new();
    let mut removed = false;
    for unit in value.split_whitespace() {
        if is_server(unit) {
            removed = true;
            if let Some(replacement) = replacement.filter(|it| !kept.contains(it)) {
                kept.push(replacement);
            }
        } else if !kept.contains(&unit) {
            kept.push(unit);
        }
    }
    removed.then(|| kept.join(" "))
}

fn is_server(unit: &str) -> bool {
    let stem = unit.rsplit_once('.').map_or(unit, |(stem, _)| stem);
    SERVERS.contains(&stem.split('@').next().unwrap_or(stem))
}

/// Links that enabled units have: `mysql.service.wants/mattermost.service`, and the reverse.
pub(super) fn links(look: &mut Look<'_>, folders: &[PathBuf]) {
    let units: BTreeSet<String> = look.starts.iter().filter_map(Start::unit).collect();
    for folder in folders {
        for directory in look.entries(folder) {
            let name = name_of(&directory);
            let Some((owner, "wants" | "requires" | "upholds")) = name.rsplit_once('.') else {
                continue;
            };
            let stem =
                |unit: &str| unit.rsplit_once('.').map_or(unit.to_owned(), |it| it.0.to_owned());
            for path in look.entries(&directory) {
                let linked = name_of(&path);
                let (why, unit) = if is_server(owner) && units.contains(&stem(&linked)) {
                    ("Mattermost is started at boot only with MySQL", stem(&linked))
                } else if is_server(&linked) && units.contains(&stem(owner)) {
                    ("starting Mattermost would start MySQL", stem(owner))
                } else {
                    continue;
                };
                let why = format!("{why}; `systemctl reenable {unit}` renews the links");
                let present = format!("{name}/{linked}");
                look.found.insert(Leftover { path, line: 0, present, instead: None, why });
            }
        }
    }
}

/// Settings of a unit that name other units.
pub(super) const RELATIONS: [&str; 12] = [
    "After",
    "Also",
    "BindsTo",
    "PartOf",
    "RequiredBy",
    "Requires",
    "Requisite",
    "StopPropagatedFrom",
    "UpheldBy",
    "Upholds",
    "WantedBy",
    "Wants",
];

#[cfg(test)]
mod tests {
    use super::without_servers;

    #[test]
    fn only_units_of_mysql_are_removed() {
        assert_eq!(without_servers("a.service b.target", None), None);
        assert_eq!(without_servers("a mariadb@x.service", None).as_deref(), Some("a"));
        assert_eq!(without_servers("mysql.service", Some("x")).as_deref(), Some("x"));
    }
}
