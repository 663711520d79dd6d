//! The server's version, and the character sets of its text.

use std::collections::BTreeMap;

use crate::check::{Finding, Rule, Severity};
use crate::figures::counted;
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

/// Reports each character set from which the server converts text to UTF-8.
#[must_use]
pub fn character_sets(source: &Catalog) -> Vec<Finding> {
    let mut sets: BTreeMap<&str, BTreeMap<&str, u64>> = BTreeMap::new();
    for table in source.tables.values() {
        let sets_of_columns = table.columns.iter().filter_map(|it| it.character_set.as_deref());
        for set in sets_of_columns.filter(|name| !name.starts_with("utf8")) {
            *sets.entry(set).or_default().entry(&table.name).or_default() += 1;
        }
    }
    let finding = |(set, tables): (&str, BTreeMap<&str, u64>)| {
        let (columns, count) = (tables.values().sum(), tables.len() as u64);
        let (columns_text, tables_text) = (counted(columns, "column"), counted(count, "table"));
        let message = format!("character set `{set}`: {columns_text} of {tables_text}");
        let tables: Vec<_> = tables.into_keys().collect();
        Finding::new(Rule::CharacterSet, Severity::Note, message)
            .count(columns)
            .action("the server converts the text to UTF-8 as it is read")
            .detail("tables", tables.join(", "))
    };
    sets.into_iter().map(finding).collect()
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
