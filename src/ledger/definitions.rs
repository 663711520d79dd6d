//! Indexes and constraints that a copy removed and has not built again.

use super::{Error, value};
use crate::postgres::{self, Connection};
use crate::sql::Dialect::Postgres;

/// When a definition is built again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// First, one at a time: primary keys and unique constraints, which lock their table.
    Key,
    /// Then, several at a time.
    Index,
    /// By `post-migrate`, unless the copy is asked to.
    FullText,
    /// Last, after all tables and their keys.
    ForeignKey,
}

impl Stage {
    const ALL: [Self; 4] = [Self::Key, Self::Index, Self::FullText, Self::ForeignKey];

    /// Its name in the ledger.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Index => "index",
            Self::FullText => "full-text",
            Self::ForeignKey => "foreign-key",
        }
    }

    fn of_id(id: &str) -> Option<Self> {
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
    /// When it is built again.
    pub stage: Stage,
    /// The statement that builds it, with the target's schema in `search_path`.
    pub statement: String,
}

impl Definition {
    /// Whether PostgreSQL sorts the rows to build it.
    #[must_use]
    pub fn is_sorted(&self) -> bool {
        self.stage == Stage::Key || self.statement.contains(" USING btree ")
    }

    /// Whether it refuses rows that are equal in some columns and is no primary key: rows that were read at
    /// different positions of the source's log need not fit it.
    #[must_use]
    pub fn refuses_duplicates(&self) -> bool {
        let (table, name) = (Postgres.identifier(&self.table), Postgres.identifier(&self.name));
        let constraint = format!("ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE");
        self.statement.starts_with("CREATE UNIQUE INDEX") || self.statement.starts_with(&constraint)
    }

    /// The statement that removes it.
    #[must_use]
    pub fn removal(&self) -> String {
        let name = Postgres.identifier(&self.name);
        match self.stage {
            Stage::Key | Stage::ForeignKey => {
                format!("ALTER TABLE {} DROP CONSTRAINT {name}", Postgres.identifier(&self.table))
            }
            Stage::Index | Stage::FullText => format!("DROP INDEX {name}"),
        }
    }
}

pub(super) async fn read_definitions(
    connection: &Connection,
    schema: &str,
) -> Result<Vec<Definition>, Error> {
    let statement = "SELECT table_name, name, stage, statement
        FROM migration_assist.removed_definitions WHERE target_schema = $1
        ORDER BY removed_at, name";
    let mut definitions = Vec::new();
    for row in connection.query(statement, &[&schema]).await? {
        let unknown = Error::Unreadable { what: "`removed_definitions.stage` is unknown" };
        let stage = Stage::of_id(value(&row, 2)?).ok_or(unknown)?;
        let (table, name, statement) = (value(&row, 0)?, value(&row, 1)?, value(&row, 3)?);
        definitions.push(Definition { table, name, stage, statement });
    }
    Ok(definitions)
}

/// Records definitions, in the transaction that removes them.
pub async fn record_definitions<'a>(
    connection: &Connection,
    schema: &str,
    definitions: impl IntoIterator<Item = &'a Definition>,
) -> Result<(), postgres::Error> {
    let mut columns: [Vec<&str>; 4] = Default::default();
    for definition in definitions {
        let values =
            [&*definition.table, &definition.name, definition.stage.id(), &definition.statement];
        for (column, value) in columns.iter_mut().zip(values) {
            column.push(value);
        }
    }
    let [tables, names, stages, statements] = &columns;
    let statement = "INSERT INTO migration_assist.removed_definitions
            (target_schema, table_name, name, stage, statement)
        SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[])
        ON CONFLICT (target_schema, table_name, name) DO UPDATE
        SET stage = excluded.stage, statement = excluded.statement";
    connection.execute(statement, &[&schema, tables, names, stages, statements]).await?;
    Ok(())
}

/// Removes a definition from the ledger, in the transaction that builds it; `false` if it was removed
/// already. Waits for the transaction of an earlier run that the server has not ended yet.
pub async fn forget_definition(
    connection: &Connection,
    schema: &str,
    definition: &Definition,
) -> Result<bool, postgres::Error> {
    let statement = "DELETE FROM migration_assist.removed_definitions
        WHERE target_schema = $1 AND table_name = $2 AND name = $3";
    let removed =
        connection.execute(statement, &[&schema, &definition.table, &definition.name]).await?;
    Ok(removed > 0)
}

#[cfg(test)]
mod tests {
    use super::{Definition, Stage};

    #[test]
    fn unique_indexes_and_constraints_refuse_duplicates() {
        let refuses = |statement: &str| {
            let (table, name) = ("t".to_owned(), "n".to_owned());
            let statement = statement.to_owned();
            Definition { table, name, stage: Stage::Key, statement }.refuses_duplicates()
        };
        assert!(refuses("CREATE UNIQUE INDEX n ON public.t USING btree (a)"));
        assert!(refuses(r#"ALTER TABLE "t" ADD CONSTRAINT "n" UNIQUE (a)"#));
        assert!(!refuses(r#"ALTER TABLE "t" ADD CONSTRAINT "n" PRIMARY KEY (a)"#));
        assert!(!refuses("CREATE INDEX n ON public.t USING btree (a)"));
    }
}
