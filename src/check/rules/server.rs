//! The server's version, and the character sets of its text.

use std::collections::BTreeMap;

use crate::check::finding::counted;
use crate::check::{Finding, Rule, Severity};
use crate::mysql::{Flavour, Server};
use crate::schema::Catalog;

/// The oldest version of each server that Mattermost 6.4 and this tool run on.
const OLDEST: [(Flavour, (u16, u16, u16)); 2] =
    [(Flavour::MySql, (5, 7, 8)), (Flavour::MariaDb, (10, 2, 3))];

/// Reports a server that is older than the checks support.
#[must_use]
pub fn server_version(server: &Server) -> Option<Finding> {
    let is_known = OLDEST.iter().any(|&(flavour, version)| server.is_at_least(flavour, version));
    (!is_known).then(|| {
        let message = format!("{server} has no JSON functions or is not recognised");
        Finding::new(Rule::ServerVersion, Severity::Blocks, message).action(
            "the checks need `JSON_VALID`: use MySQL 5.7 or later, or MariaDB 10.2 or later",
        )
    })
}

/// Reports each table with text that the server converts to UTF-8.
#[must_use]
pub fn character_sets(source: &Catalog) -> Vec<Finding> {
    let mut findings = Vec::new();
    for table in source.tables.values() {
        let mut sets: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for column in &table.columns {
            let set = column.character_set.as_deref().filter(|name| !name.starts_with("utf8"));
            if let Some(set) = set {
                sets.entry(set).or_default().push(&column.name);
            }
        }
        for (set, columns) in sets {
            let count = u64::try_from(columns.len()).unwrap_or(u64::MAX);
            let message = format!("character set `{set}`: {}", counted(count, "column"));
            findings.push(
                Finding::new(Rule::CharacterSet, Severity::Note, message)
                    .at(&table.name, None)
                    .count(count)
                    .action("the server converts the text to UTF-8 as it is read")
                    .detail("columns", columns.join(", ")),
            );
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::server_version;
    use crate::mysql::Server;

    #[test]
    fn old_servers_are_named() {
        for (version, is_known) in [
            ("9.7.4", true),
            ("5.7.44", true),
            ("5.6.51", false),
            ("10.11.19-MariaDB", true),
            ("10.1.48-MariaDB", false),
        ] {
            assert_eq!(server_version(&Server::read(version, "")).is_none(), is_known, "{version}");
        }
    }
}
