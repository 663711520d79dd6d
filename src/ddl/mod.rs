//! Reads DDL into a catalog, compares catalogs, and writes the DDL that changes one into the other.
//!
//! The migrations define the model of both sides and are read by this module. It supports the statements
//! that the migrations use; any other statement is an error.

mod affected;
mod alter;
pub mod clause;
mod counterpart;
mod difference;
mod index;
mod spelling;
mod table;
mod words;

pub use counterpart::{Counterpart, counterpart, counterparts_catalog};
use sqlparser::ast::{
    CreateView, Ident, ObjectName, ObjectType, Statement, UserDefinedTypeRepresentation,
};
use sqlparser::dialect::{Dialect as ParserDialect, MySqlDialect, PostgreSqlDialect};
use sqlparser::parser::{Parser, ParserError};

use crate::schema::{Catalog, View};
use crate::sql::Dialect;

pub use affected::{AffectedTable, Effect, Impact, affected};
pub use alter::{alter, describe};
pub use difference::{Aspect, Change, Difference, SchemaItem, compare};
pub use index::full_text_parsers;

/// Why DDL cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is not SQL of that dialect.
    #[error("the SQL cannot be parsed")]
    Parse(#[from] ParserError),
    /// A statement whose effect on the catalog is not supported.
    #[error("the effect of this statement on the schema is not known: {0}")]
    Unsupported(String),
    /// A statement about a table that does not exist.
    #[error("table `{0}` does not exist")]
    NoSuchTable(String),
    /// A statement about a column that does not exist.
    #[error("table `{table}` has no column `{column}`")]
    NoSuchColumn {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// A statement about an index that is not there.
    #[error("index `{0}` does not exist")]
    NoSuchIndex(String),
}

/// Applies every statement of `sql` to `catalog`, in order.
///
/// Statements that change rows only (`INSERT`, `UPDATE`, `DELETE`) have no effect.
pub fn apply(catalog: &mut Catalog, dialect: Dialect, sql: &str) -> Result<(), Error> {
    let mut model = Model { catalog, dialect };
    for statement in parse(dialect, sql)? {
        model.apply(&statement)?;
    }
    Ok(())
}

/// The catalog that the statements create.
pub fn read(dialect: Dialect, sql: &str) -> Result<Catalog, Error> {
    let mut catalog = Catalog::default();
    apply(&mut catalog, dialect, sql)?;
    Ok(catalog)
}

fn parse(dialect: Dialect, sql: &str) -> Result<Vec<Statement>, Error> {
    let parser: &dyn ParserDialect = match dialect {
        Dialect::MySql => &MySqlDialect {},
        Dialect::Postgres => &PostgreSqlDialect {},
    };
    Ok(Parser::parse_sql(parser, sql)?)
}

/// A catalog under construction, and the dialect whose rules apply.
struct Model<'a> {
    catalog: &'a mut Catalog,
    dialect: Dialect,
}

impl Model<'_> {
    fn apply(&mut self, statement: &Statement) -> Result<(), Error> {
        match statement {
            Statement::CreateTable(create) => self.create_table(create),
            Statement::AlterTable(alter) => self.alter_table(alter),
            Statement::CreateIndex(create) => self.create_index(create),
            Statement::CreateView(create) => {
                self.create_view(create);
                Ok(())
            }
            Statement::CreateType {
                name,
                representation: Some(UserDefinedTypeRepresentation::Enum { labels }),
            } => {
                let labels = labels.iter().map(|label| label.value.clone()).collect();
                self.catalog.enums.insert(self.object_name(name), labels);
                Ok(())
            }
            Statement::Drop { object_type: ObjectType::Table, names, .. } => {
                names.iter().try_for_each(|name| self.drop_table(name))
            }
            Statement::Drop { object_type: ObjectType::Index, names, table, .. } => {
                names.iter().try_for_each(|name| self.drop_index(name, table.as_ref()))
            }
            Statement::Insert(_) | Statement::Update(_) | Statement::Delete(_) => Ok(()),
            other => Err(Error::Unsupported(other.to_string())),
        }
    }

    fn create_view(&mut self, create: &CreateView) {
        let name = self.object_name(&create.name);
        let view = View {
            name: name.clone(),
            materialized: create.materialized,
            query: create.query.to_string(),
            indexes: std::collections::BTreeMap::new(),
        };
        self.catalog.views.insert(name, view);
    }

    /// The name as the server stores it: PostgreSQL folds unquoted names.
    fn identifier(&self, identifier: &Ident) -> String {
        match (self.dialect, identifier.quote_style) {
            (Dialect::Postgres, None) => identifier.value.to_lowercase(),
            _ => identifier.value.clone(),
        }
    }

    /// The last part of a name, without a schema.
    fn object_name(&self, name: &ObjectName) -> String {
        name.0
            .last()
            .and_then(|part| part.as_ident())
            .map_or_else(|| name.to_string(), |identifier| self.identifier(identifier))
    }
}

#[cfg(test)]
mod tests {
    use super::{Error, read};
    use crate::schema::Role;
    use crate::sql::Dialect::{MySql, Postgres};

    #[test]
    fn reads_a_postgres_table_with_the_names_postgres_would_give() {
        let catalog = read(
            Postgres,
            "CREATE TYPE kind AS ENUM ('b', 'a');
             CREATE TABLE t (id varchar(26) PRIMARY KEY, k kind, n bigint DEFAULT '0',
                             s varchar(9) NOT NULL DEFAULT '', UNIQUE (k, n));
             CREATE INDEX idx ON t USING gin (to_tsvector('english', s));
             ALTER TABLE t SET (autovacuum_vacuum_scale_factor = 0.1);",
        )
        .expect("DDL");
        let table = &catalog.tables["t"];
        assert_eq!(table.primary_key(), ["id"]);
        assert_eq!(table.indexes["t_k_n_key"].role, Role::UniqueConstraint);
        assert!(table.indexes["idx"].is_full_text());
        assert_eq!(table.columns[0].data_type.as_str(), "character varying(26)");
        assert!(table.columns[0].not_null);
        assert_eq!(table.columns[2].default.as_deref(), Some("'0'::bigint"));
        assert_eq!(table.columns[3].default.as_deref(), Some("''::character varying"));
        assert_eq!(table.options, ["autovacuum_vacuum_scale_factor=0.1"]);
        assert_eq!(catalog.enums["kind"], ["b", "a"]);
    }

    #[test]
    fn follows_changes_and_removals() {
        let catalog = read(
            MySql,
            "CREATE TABLE T (Id varchar(26) PRIMARY KEY, A bigint(20) DEFAULT '0', B text,
                             UNIQUE KEY A (A), FULLTEXT KEY ft (B));
             ALTER TABLE T MODIFY COLUMN A json, DROP COLUMN B;
             CREATE TABLE Gone (Id int); DROP TABLE Gone;",
        )
        .expect("DDL");
        let table = &catalog.tables["T"];
        assert_eq!(catalog.tables.len(), 1);
        assert_eq!(table.columns.len(), 2);
        assert_eq!(table.columns[1].data_type.as_str(), "json");
        assert_eq!(table.columns[1].default, None);
        assert_eq!(table.indexes.keys().collect::<Vec<_>>(), ["A", "PRIMARY"]);
    }

    #[test]
    fn an_unknown_statement_is_an_error() {
        let error = read(Postgres, "VACUUM FULL").expect_err("not known");
        assert!(matches!(error, Error::Unsupported(_) | Error::Parse(_)));
        let error = read(Postgres, "ALTER TABLE t DROP COLUMN c").expect_err("none");
        assert_eq!(error.to_string(), "table `t` does not exist");
    }
}
