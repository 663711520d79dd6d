//! Definitions of tables and views, as `SHOW CREATE TABLE` prints them.

use super::lexer::{name, qualified_name, words};
use crate::ddl;
use crate::schema::{Kind, Table, View};
use crate::sql::Dialect;

/// A definition, not yet read: the database where it names one, the table, what stands between the
/// parentheses, and what follows them.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct CreateTable<'a> {
    pub(super) database: Option<String>,
    pub(super) table: String,
    /// Whether it changes nothing where there is such a table (`IF NOT EXISTS`).
    pub(super) spares_what_is_there: bool,
    body: &'a str,
    options: &'a str,
}

impl<'a> CreateTable<'a> {
    /// Takes a statement apart; `None` for any other statement.
    pub(super) fn split(statement: &'a str) -> Option<Self> {
        let rest = words(statement, "CREATE TABLE")?;
        let sparing = words(rest, "IF NOT EXISTS");
        let (database, table, rest) = qualified_name(sparing.unwrap_or(rest))?;
        let body = rest.strip_prefix('(')?;
        let end = closing(body)?;
        let spares_what_is_there = sparing.is_some();
        let (body, options) = (&body[..end], &body[end + 1..]);
        Some(Self { database, table, spares_what_is_there, body, options })
    }

    /// Whether it marks JSON by a check, as only `MariaDB` does.
    pub(super) fn marks_json(&self) -> bool {
        self.body.to_ascii_lowercase().contains("check (json_valid(")
    }

    /// The table as a server's catalog shows it; without columns where the definition has something
    /// that is not known here.
    pub(super) fn read(&self) -> Table {
        let sql =
            format!("CREATE TABLE {} ({})", Dialect::MySql.identifier(&self.table), self.body);
        let read = ddl::read(Dialect::MySql, &sql).ok();
        let read = read.and_then(|mut catalog| catalog.tables.remove(&self.table));
        let mut table =
            read.unwrap_or_else(|| Table { name: self.table.clone(), ..Table::default() });
        let default = default_charset(self.options);
        let collation = default_collation(self.options);
        for column in &mut table.columns {
            if matches!(column.data_type.kind(), Kind::Text(_) | Kind::Enumeration(_)) {
                // The default collation is one of the default character set.
                if column.character_set.is_none() {
                    column.collation = column.collation.take().or_else(|| collation.clone());
                }
                column.character_set = column.character_set.take().or_else(|| default.clone());
            }
        }
        table
    }
}

/// The place of the parenthesis that closes one opened before `text`.
fn closing(text: &str) -> Option<usize> {
    let (mut depth, mut quote) = (0_u32, None);
    let mut bytes = text.bytes().enumerate();
    while let Some((place, byte)) = bytes.next() {
        match (quote, byte) {
            (Some(b'\'' | b'"'), b'\\') => {
                bytes.next();
            }
            (Some(open), byte) if open == byte => quote = None,
            (None, b'\'' | b'"' | b'`') => quote = Some(byte),
            (None, b'(') => depth += 1,
            (None, b')') if depth == 0 => return Some(place),
            (None, b')') => depth -= 1,
            _ => {}
        }
    }
    None
}

/// The character set that a table's options name: `… DEFAULT CHARSET=utf8mb4 COLLATE=…`.
fn default_charset(options: &str) -> Option<String> {
    let lower = options.to_ascii_lowercase();
    let place = lower.find("charset").map(|place| place + "charset".len());
    let place = place.or_else(|| lower.find("character set").map(|place| place + 13))?;
    let rest = lower.get(place..)?.trim_start().trim_start_matches('=');
    name(rest).map(|(charset, _)| charset)
}

/// The collation that a table's options name.
fn default_collation(options: &str) -> Option<String> {
    let lower = options.to_ascii_lowercase();
    let rest = lower.get(lower.find("collate")? + "collate".len()..)?;
    name(rest.trim_start().trim_start_matches('=')).map(|(collation, _)| collation)
}

/// The view that a statement makes, or makes room for; `None` for any other statement.
pub(super) fn view(statement: &str) -> Option<View> {
    let rest = words(statement, "CREATE")?;
    let mut rest = words(rest, "OR REPLACE").unwrap_or(rest);
    while let Some(behind) = setting(rest) {
        rest = behind;
    }
    let rest = words(rest, "VIEW")?;
    let (_, name, rest) = qualified_name(rest)?;
    let query = words(rest, "AS").unwrap_or(rest).trim_end().to_owned();
    Some(View { name, materialized: false, query, indexes: std::collections::BTreeMap::new() })
}

/// `ALGORITHM=x`, ``DEFINER=`a`@`b` `` or `SQL SECURITY x` at the front of a view's definition.
fn setting(text: &str) -> Option<&str> {
    if let Some(rest) = words(text, "SQL SECURITY") {
        return name(rest).map(|(_, rest)| rest);
    }
    let rest = words(text, "ALGORITHM").or_else(|| words(text, "DEFINER"))?;
    let (_, rest) = name(rest.strip_prefix('=')?)?;
    match rest.strip_prefix('@') {
        Some(host) => name(host).map(|(_, rest)| rest),
        None => Some(rest),
    }
}

#[cfg(test)]
mod tests {
    use super::{CreateTable, view};

    const MARIA: &str = "CREATE TABLE IF NOT EXISTS `mm`.`T` (
  `Id` varchar(26) NOT NULL,
  `Name` varchar(64) CHARACTER SET latin1 COLLATE latin1_swedish_ci DEFAULT 'a)`''b',
  `Props` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL CHECK (json_valid(`Props`)),
  `At` timestamp NOT NULL DEFAULT current_timestamp() ON UPDATE current_timestamp(),
  PRIMARY KEY (`Id`),
  KEY `idx` (`Name`(10)) USING BTREE,
  FULLTEXT KEY `txt` (`Name`),
  CONSTRAINT `one` CHECK (`Id` <> 'x')
) ENGINE=InnoDB AUTO_INCREMENT=7 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci";

    #[test]
    fn a_definition_becomes_what_the_catalog_shows() {
        let create = CreateTable::split(MARIA).expect("a definition");
        assert_eq!(create.database.as_deref(), Some("mm"));
        assert!(create.marks_json());
        let table = create.read();
        let columns: Vec<_> = table
            .columns
            .iter()
            .map(|it| (it.name.as_str(), it.data_type.as_str(), it.character_set.as_deref()))
            .collect();
        assert_eq!(
            columns,
            [
                ("Id", "varchar(26)", Some("utf8mb4")),
                ("Name", "varchar(64)", Some("latin1")),
                ("Props", "json", None),
                ("At", "timestamp", None),
            ]
        );
        assert_eq!(table.columns[1].default.as_deref(), Some("a)`'b"));
        assert_eq!(table.columns[3].default.as_deref(), Some("CURRENT_TIMESTAMP"));
        assert_eq!(table.primary_key(), ["Id"]);
        assert_eq!(table.indexes.keys().collect::<Vec<_>>(), ["PRIMARY", "idx", "txt"]);
    }

    #[test]
    fn a_definition_that_is_not_understood_has_no_columns() {
        let create = CreateTable::split("CREATE TABLE T (a geometrycollection(9) of 'x')");
        assert!(create.expect("a definition").read().columns.is_empty());
        assert_eq!(CreateTable::split("CREATE TABLE T (a int"), None);
        assert_eq!(CreateTable::split("CREATE VIEW T AS SELECT 1"), None);
    }

    #[test]
    fn views_are_known_by_their_name_and_query() {
        let sql = "CREATE ALGORITHM=UNDEFINED \n DEFINER=`root`@`%` SQL SECURITY DEFINER \n \
                   VIEW `v` AS select 1 AS `a` ";
        let view = view(sql).expect("a view");
        assert_eq!((view.name.as_str(), view.query.as_str()), ("v", "select 1 AS `a`"));
    }
}
