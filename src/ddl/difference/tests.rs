//! Every kind of difference, and cases without one.

use super::{Aspect, Change, Difference, SchemaItem, compare};
use crate::ddl::read;
use crate::sql::Dialect::{MySql, Postgres};

fn side<T>(sides: &Change<T>) -> &'static str {
    match sides {
        Change::Missing(_) => "missing",
        Change::Extra(_) => "extra",
        Change::Differs { .. } => "differs",
    }
}

fn lines(differences: &[Difference<'_>]) -> Vec<String> {
    let line = |difference: &Difference<'_>| {
        let what = match &difference.thing {
            SchemaItem::Table(sides) => format!("table {}", side(sides)),
            SchemaItem::Column(sides, aspects) => format!("column {} {aspects:?}", side(sides)),
            SchemaItem::Index(sides) => format!("index {}", side(sides)),
            SchemaItem::ForeignKey(sides) => format!("foreign key {}", side(sides)),
            SchemaItem::Options(sides) => format!("options {}", side(sides)),
            SchemaItem::View(sides) => format!("view {}", side(sides)),
            SchemaItem::Labels(sides) => format!("labels {}", side(sides)),
        };
        format!("{}: {what}", difference.place)
    };
    differences.iter().map(line).collect()
}

#[test]
fn every_kind_of_difference_is_found_on_mysql() {
    let expected = read(
        MySql,
        "CREATE TABLE Gone (Id int PRIMARY KEY);
         CREATE TABLE T (Id varchar(26) PRIMARY KEY, A varchar(64) NOT NULL, B bigint DEFAULT 0,
                         C text, D int, E int, KEY idx_a (A), KEY idx_b (B), UNIQUE KEY u (D, E));",
    )
    .expect("DDL");
    let found = read(
        MySql,
        "CREATE TABLE Mine (Id int PRIMARY KEY);
         CREATE TABLE t (ID varchar(26) PRIMARY KEY, a varchar(32), B bigint, X int,
                         D int, E int NOT NULL, KEY idx_a (A, B), KEY b (B), KEY u (D, E));",
    )
    .expect("DDL");
    assert_eq!(
        lines(&compare(MySql, &found, &expected)),
        [
            "Gone: table missing",
            "t: column differs [Type, TakesNull]",
            "t: column differs [Default]",
            "t: column missing []",
            "t: column differs [RefusesNull]",
            "t: column extra []",
            "t: index differs",
            "t: index differs",
            "t: index differs",
            "Mine: table extra",
        ]
    );
}

#[test]
fn every_kind_of_difference_is_found_on_postgres() {
    let expected = read(
        Postgres,
        "CREATE TYPE kind AS ENUM ('a', 'b');
         CREATE TABLE p (id text PRIMARY KEY);
         CREATE TABLE t (id text PRIMARY KEY, k kind, p text REFERENCES p (id) ON DELETE CASCADE);
         CREATE INDEX i ON t (lower(id));
         ALTER TABLE t SET (autovacuum_vacuum_scale_factor = 0.1);
         CREATE MATERIALIZED VIEW v AS SELECT id FROM t;",
    )
    .expect("DDL");
    let found = read(
        Postgres,
        "CREATE TYPE kind AS ENUM ('a');
         CREATE TABLE p (id text PRIMARY KEY);
         CREATE TABLE t (id text PRIMARY KEY, k kind, p text REFERENCES p (id));
         CREATE INDEX i ON t (upper(id));
         CREATE VIEW v AS SELECT id FROM t;",
    )
    .expect("DDL");
    assert_eq!(
        lines(&compare(Postgres, &found, &expected)),
        [
            "t: index differs",
            "t: foreign key differs",
            "t: options differs",
            "v: view differs",
            "kind: labels differs",
        ]
    );
}

#[test]
fn what_servers_print_in_their_own_ways_is_no_difference() {
    let mut expected = read(
        MySql,
        "CREATE TABLE T (Id varchar(26) PRIMARY KEY, A tinyint(1), B bigint DEFAULT 0, C text)",
    )
    .expect("DDL");
    let mut found = read(
        MySql,
        "CREATE TABLE t (c text, id varchar(26) PRIMARY KEY, a tinyint(4), b bigint(20) DEFAULT '0')",
    ).expect("DDL");
    for (catalog, set) in [(&mut expected, "utf8mb3"), (&mut found, "utf8")] {
        for column in catalog.tables.values_mut().flat_map(|table| &mut table.columns) {
            column.character_set = Some(set.to_owned());
            column.collation = Some(format!("{set}_general_ci"));
        }
    }
    assert_eq!(compare(MySql, &found, &expected), []);
    for column in found.tables.values_mut().flat_map(|table| &mut table.columns) {
        column.character_set = Some("latin1".to_owned());
    }
    let differences = compare(MySql, &found, &expected);
    assert_eq!(differences.len(), 4);
    assert!(matches!(
        &differences[0].thing,
        SchemaItem::Column(Change::Differs { .. }, aspects) if *aspects == [Aspect::CharacterSet]
    ));
}
