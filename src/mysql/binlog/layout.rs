//! What the log does not say about the columns of the followed tables, as the server's catalog has it.

use std::collections::BTreeMap;

use super::Error;
use crate::mysql::{Connection, Flavour};
use crate::schema::{Catalog, Table};

/// The tables of the followed database by their name.
#[derive(Debug, Clone, Default)]
pub(super) struct Layout {
    pub(super) database: String,
    pub(super) tables: BTreeMap<String, Vec<ColumnLayout>>,
    /// Whether names of databases and tables differ by more than their case
    /// (`lower_case_table_names` is 0).
    pub(super) case_sensitive: bool,
    pub(super) flavour: Option<Flavour>,
}

/// A column of a followed table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ColumnLayout {
    pub(super) name: String,
    /// The type as the server prints it in `COLUMN_TYPE`, display width included, in lower case outside
    /// quotes.
    pub(super) printed: String,
    pub(super) character_set: Option<String>,
    /// Whether the server computes it; old servers do not log such columns.
    pub(super) generated: bool,
}

/// Table, column, type, character set, what else is said.
type Listed = (String, String, String, Option<String>, Option<String>);

impl Layout {
    /// Reads the columns of the current database.
    pub(super) async fn read(connection: &mut Connection) -> Result<Self, crate::mysql::Error> {
        let database = connection.database().await?;
        let case: Option<u8> =
            connection.query_optional("SELECT @@GLOBAL.lower_case_table_names").await?;
        let columns: Vec<Listed> = connection
            .query(
                "SELECT TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, CHARACTER_SET_NAME, EXTRA \
                 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() \
                 ORDER BY TABLE_NAME, ORDINAL_POSITION",
            )
            .await?;
        let mut tables: BTreeMap<String, Vec<ColumnLayout>> = BTreeMap::new();
        for (table, name, printed, character_set, extra) in columns {
            let generated = extra.is_some_and(|extra| {
                let extra = extra.to_uppercase();
                extra.contains("VIRTUAL GENERATED") || extra.contains("STORED GENERATED")
            });
            let column = ColumnLayout { name, printed, character_set, generated };
            tables.entry(table).or_default().push(column);
        }
        let flavour = Some(connection.server().flavour);
        Ok(Self { database, tables, case_sensitive: case == Some(0), flavour })
    }

    /// Keeps the tables of the catalog that is followed by, and requires that they are the same.
    pub(super) fn restrict_to(mut self, catalog: &Catalog) -> Result<Self, Error> {
        self.tables.retain(|name, _| catalog.tables.contains_key(name));
        for table in catalog.tables.values() {
            let found = self.tables.get(&table.name).map_or(&[][..], Vec::as_slice);
            if let Some(difference) = difference(table, found) {
                return Err(Error::CatalogChanged { table: table.name.clone(), difference });
            }
        }
        Ok(self)
    }

    /// The table's name as the catalog spells it, and its columns; `None` of a table that the catalog
    /// does not have.
    pub(super) fn table(&self, name: &str) -> Option<(&str, &[ColumnLayout])> {
        let found = self.tables.get_key_value(name).or_else(|| {
            let is_same = |other: &str| !self.case_sensitive && is_same_name(other, name);
            self.tables.iter().find(|(other, _)| is_same(other))
        });
        found.map(|(name, columns)| (name.as_str(), columns.as_slice()))
    }

    pub(super) fn is_followed(&self, database: &str) -> bool {
        self.database == database
            || (!self.case_sensitive && is_same_name(&self.database, database))
    }
}

fn is_same_name(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

fn difference(table: &Table, found: &[ColumnLayout]) -> Option<String> {
    if found.is_empty() {
        return Some("it does not exist any more".to_owned());
    }
    if table.columns.len() != found.len() {
        return Some(format!("{} columns instead of {}", found.len(), table.columns.len()));
    }
    let pairs = table.columns.iter().zip(found);
    pairs
        .filter(|(column, found)| column.name != found.name)
        .map(|(column, found)| format!("column `{}` instead of `{}`", found.name, column.name))
        .next()
}

#[cfg(test)]
mod tests {
    use super::{ColumnLayout, Layout};
    use crate::schema::{Catalog, Column, ColumnType, Table};

    fn layout(columns: &[&str]) -> Layout {
        let columns = columns.iter().map(|name| ColumnLayout {
            name: (*name).to_owned(),
            printed: "int".to_owned(),
            character_set: None,
            generated: false,
        });
        let tables = [("Posts".to_owned(), columns.collect())].into_iter().collect();
        Layout { database: "Chat".to_owned(), tables, case_sensitive: true, flavour: None }
    }

    fn catalog(columns: &[&str]) -> Catalog {
        let columns = columns.iter().map(|name| Column::of(*name, ColumnType::mysql("int")));
        let table =
            Table { name: "Posts".to_owned(), columns: columns.collect(), ..Table::default() };
        Catalog {
            tables: [("Posts".to_owned(), table)].into_iter().collect(),
            ..Catalog::default()
        }
    }

    #[test]
    fn names_are_compared_as_the_server_does() {
        let mut layout = layout(&["a"]);
        assert!(layout.is_followed("Chat") && layout.table("Posts").is_some());
        assert!(!layout.is_followed("chat") && layout.table("posts").is_none());
        layout.case_sensitive = false;
        assert!(layout.is_followed("chat"));
        assert_eq!(layout.table("posts").map(|(name, _)| name), Some("Posts"));
    }

    #[test]
    fn a_table_that_changed_since_the_catalog_was_read_is_named() {
        assert!(layout(&["a", "b"]).restrict_to(&catalog(&["a", "b"])).is_ok());
        let message = |found: &[&str]| {
            let error = layout(found).restrict_to(&catalog(&["a", "b"])).expect_err("a change");
            error.to_string()
        };
        assert_eq!(
            message(&["a"]),
            "table `Posts` has changed since its columns were read: 1 columns instead of 2"
        );
        assert_eq!(
            message(&["a", "c"]),
            "table `Posts` has changed since its columns were read: column `c` instead of `b`"
        );
    }
}
