//! Indexes and constraints that are absent while rows are copied.

use std::collections::BTreeMap;

use crate::schema::{Catalog, Index, Role, Table};
use crate::sql::Dialect::Postgres;

/// When a definition is put back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// First, one at a time: primary keys and unique constraints, which lock their table.
    Key,
    /// Then, several at a time.
    Index,
    /// By `post-migrate`, unless the copy was asked to.
    FullText,
    /// Last, when all tables and their keys are complete.
    ForeignKey,
}

impl Stage {
    const ALL: [Self; 4] = [Self::Key, Self::Index, Self::FullText, Self::ForeignKey];

    /// Its name in the ledger.
    pub(super) fn id(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Index => "index",
            Self::FullText => "full-text",
            Self::ForeignKey => "foreign-key",
        }
    }

    pub(super) fn of_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.id() == id)
    }
}

/// An index or constraint of the target, as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// Its table.
    pub table: String,
    /// Its name.
    pub name: String,
    /// When it is put back.
    pub stage: Stage,
    /// What puts it back, with the target's schema in `search_path`.
    pub statement: String,
}

impl Definition {
    /// Whether PostgreSQL sorts the rows to build it.
    pub(super) fn is_sorted(&self) -> bool {
        self.stage == Stage::Key || self.statement.contains(" USING btree ")
    }

    /// What takes it away.
    #[must_use]
    pub fn removal(&self) -> String {
        let name = Postgres.identifier(&self.name);
        let constraint =
            || format!("ALTER TABLE {} DROP CONSTRAINT {name}", Postgres.identifier(&self.table));
        match self.stage {
            Stage::Key | Stage::ForeignKey => constraint(),
            Stage::Index | Stage::FullText => format!("DROP INDEX {name}"),
        }
    }

    fn of_constraint(table: &str, name: &str, stage: Stage, body: &str) -> Self {
        let (quoted, constraint) = (Postgres.identifier(table), Postgres.identifier(name));
        Self {
            table: table.to_owned(),
            name: name.to_owned(),
            stage,
            statement: format!("ALTER TABLE {quoted} ADD CONSTRAINT {constraint} {body}"),
        }
    }
}

/// The indexes of a table. `constraints` are the bodies of all constraints, by `table.name`.
#[must_use]
pub fn definitions(table: &Table, constraints: &BTreeMap<String, String>) -> Vec<Definition> {
    let of_index = |index: &Index| {
        if index.role != Role::Plain {
            let body = constraints.get(&format!("{}.{}", table.name, index.name))?;
            return Some(Definition::of_constraint(&table.name, &index.name, Stage::Key, body));
        }
        Some(Definition {
            table: table.name.clone(),
            name: index.name.clone(),
            stage: if index.is_full_text() { Stage::FullText } else { Stage::Index },
            statement: index.definition.clone()?,
        })
    };
    let mut found: Vec<_> = table.indexes.values().filter_map(of_index).collect();
    found.sort_by_key(|definition| definition.stage);
    found
}

/// The foreign keys from and to tables for which `concerned` holds.
#[must_use]
pub fn foreign_keys(
    catalog: &Catalog,
    constraints: &BTreeMap<String, String>,
    concerned: impl Fn(&str) -> bool,
) -> Vec<Definition> {
    let of_table = |table: &Table| {
        let keys = table.foreign_keys.values();
        let keys = keys.filter(|key| concerned(&table.name) || concerned(&key.referenced_table));
        let found = keys.filter_map(|key| {
            let body = constraints.get(&format!("{}.{}", table.name, key.name))?;
            Some(Definition::of_constraint(&table.name, &key.name, Stage::ForeignKey, body))
        });
        found.collect::<Vec<_>>()
    };
    catalog.tables.values().flat_map(of_table).collect()
}
