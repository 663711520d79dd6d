//! Creates a PostgreSQL table that takes every row of a MySQL table.

use crate::schema::{Catalog, Column, Index, Kind, Limit, Role, Table};
use crate::sql::Dialect::Postgres;

/// The most bytes of a key that PostgreSQL's B-trees accept for certain (manual, "B-Tree Indexes": a third
/// of a page).
const KEY_BYTES: u64 = 2600;

/// A table for PostgreSQL, and what it lacks compared with the source's table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counterpart {
    /// The name in lower case, as Mattermost spells names on PostgreSQL.
    pub name: String,
    /// The statements that create it.
    pub statements: String,
    /// The source's indexes that it does not have.
    pub indexes_left_out: Vec<String>,
}

/// Maps every column by its type only, so that no value is lost: integers stay integers (`tinyint(1)` too,
/// which may contain more than 0 and 1), times of day and labels become text.
///
/// The table has the primary key, the unique keys and the plain indexes, as far as PostgreSQL's B-trees
/// accept their columns. It has no defaults, foreign keys, sequences or generated columns.
#[must_use]
pub fn counterpart(table: &Table) -> Counterpart {
    let table = &without_generated(table);
    let (kept, left_out): (Vec<&Index>, Vec<&Index>) =
        table.indexes.values().partition(|index| is_kept(table, index));
    let is_key = |column: &Column| table.primary_key().contains(&column.name);
    let mut lines: Vec<String> = table
        .columns
        .iter()
        .map(|column| {
            let not_null = if column.not_null || is_key(column) { " NOT NULL" } else { "" };
            format!("    {} {}{not_null}", name(&column.name), data_type(column))
        })
        .collect();
    let columns =
        |index: &Index| index.columns.iter().map(|it| name(it)).collect::<Vec<_>>().join(", ");
    for index in kept.iter().filter(|index| index.unique) {
        let what = if index.role == Role::PrimaryKey { "PRIMARY KEY" } else { "UNIQUE" };
        lines.push(format!("    {what} ({})", columns(index)));
    }
    let own = name(&table.name);
    let mut statements = format!("CREATE TABLE {own} (\n{}\n);\n", lines.join(",\n"));
    for index in kept.iter().filter(|index| !index.unique) {
        // Without a name: PostgreSQL chooses one that no other index has.
        statements += &["CREATE INDEX ON ", &own, " (", &columns(index), ");\n"].concat();
    }
    Counterpart {
        name: table.name.to_lowercase(),
        statements,
        indexes_left_out: left_out.iter().map(|index| index.name.clone()).collect(),
    }
}

/// The table without generated columns, and without a primary key on such a column.
fn without_generated(table: &Table) -> Table {
    let is_generated = |name: &String| table.column(name).is_some_and(|column| column.generated);
    let mut data = table.clone();
    data.columns.retain(|column| !column.generated);
    data.indexes.retain(|_, index| {
        index.role != Role::PrimaryKey || !index.columns.iter().all(is_generated)
    });
    data
}

/// The catalog of tables that the statements of this module create.
///
/// # Panics
/// If the statements come from elsewhere.
#[must_use]
pub fn counterparts_catalog(counterparts: &[Counterpart]) -> Catalog {
    let mut catalog = Catalog::default();
    for counterpart in counterparts {
        super::apply(&mut catalog, Postgres, &counterpart.statements)
            .expect("what this module writes it can read");
    }
    catalog
}

fn name(name: &str) -> String {
    Postgres.identifier(&name.to_lowercase())
}

fn data_type(column: &Column) -> String {
    let spelling = column.data_type.as_str();
    match column.data_type.kind() {
        Kind::Integer { bytes: 1, .. } | Kind::Integer { bytes: 2, unsigned: false } => "smallint",
        Kind::Integer { bytes: 2 | 3, .. } | Kind::Integer { bytes: 4, unsigned: false } => {
            "integer"
        }
        Kind::Integer { bytes: 4, .. } | Kind::Integer { unsigned: false, .. } => "bigint",
        Kind::Integer { .. } => "numeric(20)",
        Kind::Float if spelling.starts_with("float") => "real",
        Kind::Float => "double precision",
        Kind::Decimal => return format!("numeric{}", arguments(spelling)),
        Kind::Text(Limit::Characters(limit)) => return format!("varchar({})", (*limit).max(1)),
        Kind::Json { .. } => "json",
        Kind::Binary => "bytea",
        // The copy converts the values to instants, whatever zone they were written in.
        Kind::Timestamp { .. } => "timestamptz",
        Kind::Date => "date",
        Kind::Boolean => "boolean",
        Kind::Other if spelling == "bit(1)" => "boolean",
        Kind::Other if !is_printed_as_text(spelling) => "bytea",
        _ => "text",
    }
    .to_owned()
}

/// The parentheses of a type with their contents.
fn arguments(spelling: &str) -> &str {
    match (spelling.find('('), spelling.find(')')) {
        (Some(open), Some(close)) => &spelling[open..=close],
        _ => "",
    }
}

/// Whether MySQL prints values of a type without a name here as text.
fn is_printed_as_text(spelling: &str) -> bool {
    ["time", "set(", "uuid", "inet"].iter().any(|name| spelling.starts_with(name))
}

/// Whether PostgreSQL's B-tree accepts every value of the columns.
fn is_kept(table: &Table, index: &Index) -> bool {
    let size = |name: &String| match table.column(name)?.data_type.kind() {
        Kind::Text(Limit::Characters(limit)) => Some(limit * 4),
        Kind::Text(_) | Kind::Binary | Kind::Json { .. } | Kind::Other => None,
        _ => Some(64),
    };
    let size: Option<u64> = index.columns.iter().map(size).sum();
    index.method == "btree" && !index.columns.is_empty() && size.is_some_and(|it| it <= KEY_BYTES)
}

#[cfg(test)]
mod tests {
    use super::{counterpart, counterparts_catalog};
    use crate::ddl;
    use crate::sql::Dialect::MySql;

    #[test]
    fn every_type_has_one_that_loses_nothing() {
        let sql = "CREATE TABLE My_Notes (
            Id bigint(20) unsigned NOT NULL, Tag varchar(40) NOT NULL, Body longtext, Flag tinyint(1),
            Small smallint unsigned, Rate float, Price decimal(12,4) unsigned, Kind enum('a','b'),
            At datetime(6) NOT NULL, Seen timestamp NULL, Day date, Span time, Raw varbinary(16),
            Data json, Wide varchar(900), Bits bit(9), Yes bit(1),
            PRIMARY KEY (Id), UNIQUE KEY u (Tag, At), KEY k (Tag), KEY wide (Wide),
            FULLTEXT KEY f (Body))";
        let catalog = ddl::read(MySql, sql).expect("DDL");
        let made = counterpart(&catalog.tables["My_Notes"]);
        assert_eq!(
            (made.name.as_str(), made.indexes_left_out.as_slice()),
            ("my_notes", &["f".to_owned(), "wide".to_owned()][..])
        );
        insta::assert_snapshot!(made.statements, @r#"
        CREATE TABLE "my_notes" (
            "id" numeric(20) NOT NULL,
            "tag" varchar(40) NOT NULL,
            "body" text,
            "flag" smallint,
            "small" integer,
            "rate" real,
            "price" numeric(12,4),
            "kind" text,
            "at" timestamptz NOT NULL,
            "seen" timestamptz,
            "day" date,
            "span" text,
            "raw" bytea,
            "data" json,
            "wide" varchar(900),
            "bits" bytea,
            "yes" boolean,
            PRIMARY KEY ("id"),
            UNIQUE ("tag", "at")
        );
        CREATE INDEX ON "my_notes" ("tag");
        "#);
        let read = counterparts_catalog(&[made]);
        assert_eq!(read.tables["my_notes"].columns.len(), 17);
        assert_eq!(read.tables["my_notes"].primary_key(), ["id"]);
    }
}
