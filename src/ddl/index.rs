//! Indexes and the keys they back, with the servers' default names.

use sqlparser::ast::{CreateIndex, Expr, Ident, IndexColumn, ObjectName};

use super::{Error, Model};
use crate::schema::{Index, Role};
use crate::sql::Dialect;

/// A key in a table's definition.
pub(super) struct Key<'a> {
    pub(super) role: Role,
    pub(super) name: Option<&'a Ident>,
    pub(super) columns: Vec<String>,
}

impl Model<'_> {
    pub(super) fn create_index(&mut self, create: &CreateIndex) -> Result<(), Error> {
        let table = self.object_name(&create.table_name);
        let columns = self.index_columns(&create.columns);
        let name = match (&create.name, self.dialect) {
            (Some(name), _) => self.object_name(name),
            (None, Dialect::Postgres) => constraint_name(&table, &columns, "idx"),
            (None, Dialect::MySql) => return Err(Error::Unsupported(create.to_string())),
        };
        let method = create.using.as_ref().map(|method| method.to_string().to_lowercase());
        let index = Index {
            name: name.clone(),
            table: table.clone(),
            role: Role::Plain,
            unique: create.unique,
            columns,
            method: method.unwrap_or_else(|| "btree".to_owned()),
            parser: None,
            definition: self.definition(|| create.to_string()),
        };
        if let Some(view) = self.catalog.views.get_mut(&table) {
            view.indexes.insert(name, index);
        } else {
            self.table_mut(&table)?.indexes.insert(name, index);
        }
        Ok(())
    }

    pub(super) fn drop_index(
        &mut self,
        name: &ObjectName,
        of_table: Option<&ObjectName>,
    ) -> Result<(), Error> {
        let name = self.object_name(name);
        let of_table = of_table.map(|table| self.object_name(table));
        let tables =
            self.catalog.tables.values_mut().map(|table| (&table.name, &mut table.indexes));
        let views = self.catalog.views.values_mut().map(|view| (&view.name, &mut view.indexes));
        let removed = tables
            .chain(views)
            .filter(|(table, _)| of_table.as_ref().is_none_or(|only| only == *table))
            .find_map(|(_, indexes)| indexes.remove(&name));
        removed.map(drop).ok_or(Error::NoSuchIndex(name))
    }

    /// Adds the index that backs a key of the table.
    pub(super) fn add_key(&mut self, table: &str, key: Key<'_>) -> Result<(), Error> {
        let name = match (self.dialect, key.name, key.role) {
            (Dialect::MySql, _, Role::PrimaryKey) => "PRIMARY".to_owned(),
            (_, Some(name), _) => self.identifier(name),
            (Dialect::Postgres, None, Role::PrimaryKey) => constraint_name(table, &[], "pkey"),
            (Dialect::Postgres, None, _) => constraint_name(table, &key.columns, "key"),
            (Dialect::MySql, None, _) => key.columns.first().cloned().unwrap_or_default(),
        };
        let columns = self.dialect.identifiers(&key.columns);
        let definition = self.definition(|| {
            let kind = if key.role == Role::PrimaryKey { "PRIMARY KEY" } else { "UNIQUE" };
            let [table, name] = [table, &name].map(|name| self.dialect.identifier(name));
            format!("ALTER TABLE {table} ADD CONSTRAINT {name} {kind} ({columns})")
        });
        let index = Index {
            name: name.clone(),
            table: table.to_owned(),
            role: key.role,
            unique: key.role != Role::Plain,
            columns: key.columns,
            method: "btree".to_owned(),
            parser: None,
            definition,
        };
        self.table_mut(table)?.indexes.insert(name, index);
        Ok(())
    }

    /// Adds a full-text index of MySQL.
    pub(super) fn add_full_text_key(
        &mut self,
        table: &str,
        name: Option<&Ident>,
        columns: Vec<String>,
    ) -> Result<(), Error> {
        let name = name.map_or_else(|| columns[0].clone(), |name| self.identifier(name));
        let index = Index {
            name: name.clone(),
            table: table.to_owned(),
            role: Role::Plain,
            unique: false,
            columns,
            method: "fulltext".to_owned(),
            parser: None,
            definition: None,
        };
        self.table_mut(table)?.indexes.insert(name, index);
        Ok(())
    }

    /// The plain columns of an index, with MySQL's prefix lengths; empty if one is an expression.
    pub(super) fn index_columns(&self, columns: &[IndexColumn]) -> Vec<String> {
        let plain = |column: &IndexColumn| match &column.column.expr {
            Expr::Identifier(name) => Some(self.identifier(name)),
            // MySQL's prefix of a column, `URL(512)`, parses as a function call.
            Expr::Function(call) if self.dialect == Dialect::MySql => {
                Some(format!("{}{}", self.object_name(&call.name), call.args))
            }
            _ => None,
        };
        columns.iter().map(plain).collect::<Option<Vec<_>>>().unwrap_or_default()
    }

    fn definition(&self, render: impl FnOnce() -> String) -> Option<String> {
        (self.dialect == Dialect::Postgres).then(render)
    }
}

/// The parsers of full-text indexes in a definition of `SHOW CREATE TABLE`, by index.
#[must_use]
pub fn full_text_parsers(definition: &str) -> Vec<(String, String)> {
    let parser = |line: &str| {
        let key = line.trim_start().strip_prefix("FULLTEXT KEY `")?;
        let (name, rest) = key.split_once("` (")?;
        let (_, parser) = rest.split_once("WITH PARSER `")?;
        Some((name.replace("``", "`"), parser.split('`').next()?.to_owned()))
    };
    definition.lines().filter_map(parser).collect()
}

/// PostgreSQL's name for a constraint without one: `table_columns_suffix` in at most 63 bytes; the longer
/// of the first two parts is shortened first (`makeObjectName` in its source).
pub(super) fn constraint_name(table: &str, columns: &[String], suffix: &str) -> String {
    const LONGEST: usize = 63;
    let columns = columns.join("_");
    let separators = 1 + usize::from(!columns.is_empty());
    let limit = LONGEST - suffix.len() - separators;
    let (mut table_length, mut columns_length) = (table.len(), columns.len());
    while table_length + columns_length > limit {
        if table_length > columns_length {
            table_length -= 1;
        } else {
            columns_length -= 1;
        }
    }
    let parts = [&table[..table_length], &columns[..columns_length], suffix];
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join("_")
}

#[cfg(test)]
mod tests {
    use super::{constraint_name, full_text_parsers};

    #[test]
    fn parsers_are_found_in_a_definition() {
        let definition = "CREATE TABLE `t` (\n  `a` text,\n  FULLTEXT KEY `f``t` (`a`) /*!50100 WITH PARSER \
                          `ngram` */ ,\n  FULLTEXT KEY `plain` (`a`)\n) ENGINE=InnoDB";
        assert_eq!(full_text_parsers(definition), [("f`t".to_owned(), "ngram".to_owned())]);
    }

    #[test]
    fn long_names_are_shortened_as_postgres_does() {
        let columns = ["userid".to_owned(), "channelid".to_owned(), "remoteid".to_owned()];
        assert_eq!(
            constraint_name("sharedchannelusers", &columns, "key"),
            "sharedchannelusers_userid_channelid_remoteid_key"
        );
        let long = "x".repeat(70);
        assert_eq!(constraint_name(&long, &[], "pkey").len(), 63);
        let name = constraint_name(&long, &["y".repeat(20)], "key");
        assert_eq!(name.len(), 63);
        assert!(name.ends_with("_yyyyyyyyyyyyyyyyyyyy_key"));
    }
}
