//! Tables, columns and types of the source that differ from what its migrations define.

use crate::check::obstacles::Obstacles;
use crate::check::{Finding, Rule, Severity};
use crate::ddl::{Aspect, Change, SchemaItem, compare};
use crate::models::ExpectedSchema;
use crate::models::Models;
use crate::mysql::Flavour;
use crate::schema::{Catalog, Column, Product};
use crate::sql::Dialect;

/// A finding for each table, column and type that the applied migrations define and the source does
/// not have so.
#[must_use]
pub fn missing(flavour: Flavour, source: &Catalog, models: &Models<'_>) -> Vec<Finding> {
    let schema = ExpectedSchema::of_source(flavour, source, models);
    compare(Dialect::MySql, &schema.found, &schema.expected)
        .into_iter()
        .filter(|_| !models.applied_set().is_empty())
        .filter_map(|difference| {
            let obstacles = || {
                let table = source.table(difference.place);
                table.map(|table| Obstacles::of(table, models)).unwrap_or_default()
            };
            match &difference.thing {
                SchemaItem::Table(Change::Missing(_)) => {
                    let product = schema.products.get(&difference.place.to_lowercase());
                    Some(missing_table(difference.place, product == Some(&Product::Mattermost)))
                }
                SchemaItem::Column(Change::Missing(column), _) => {
                    Some(missing_column(difference.place, &column.name, &obstacles()))
                }
                SchemaItem::Column(Change::Differs { found, expected }, aspects)
                    if aspects.contains(&Aspect::Type) =>
                {
                    Some(differing_type(difference.place, found, expected, &obstacles()))
                }
                _ => None,
            }
        })
        .collect()
}

/// A plugin may have stopped before it made a table. Mattermost's own are all there, unless rows were lost
/// or the account has no access.
fn missing_table(name: &str, is_mattermost_s: bool) -> Finding {
    let message = "cannot find the table: it is missing, or the account has no access to it";
    if !is_mattermost_s {
        return Finding::new(Rule::MissingTable, Severity::Note, message)
            .at(name, None)
            .action("the target's table stays empty");
    }
    Finding::new(Rule::MissingTable, Severity::Blocks, message).at(name, None).action(format!(
        "the copy stops: restore the table or grant SELECT on it; to go without its rows, add \
         `--exclude {name}` to `migrate` or `copy`"
    ))
}

fn missing_column(table: &str, name: &str, obstacles: &Obstacles) -> Finding {
    let (severity, action) = if obstacles.needs_value(name) {
        (Severity::Blocks, "the copy stops: the target's column has no default and takes no NULL")
    } else {
        (Severity::Note, "the target's column takes its default, or NULL")
    };
    let message = "the column is expected by the migrations and is not there";
    Finding::new(Rule::MissingColumn, severity, message).at(table, Some(name)).action(action)
}

fn differing_type(
    table: &str,
    found: &Column,
    expected: &Column,
    obstacles: &Obstacles,
) -> Finding {
    let (severity, action) = if obstacles.cannot_convert(&found.name) {
        (Severity::Blocks, "the copy stops: no conversion leads to the target's type")
    } else {
        (Severity::Note, "the copy converts each value, or says which one does not fit")
    };
    let message = format!(
        "the column is `{}` where the migrations define `{}`",
        found.data_type, expected.data_type
    );
    Finding::new(Rule::TypeDiffers, severity, message)
        .at(table, Some(&found.name))
        .action(action)
        .detail("type", found.data_type.as_str())
        .detail("expected", expected.data_type.as_str())
}

#[cfg(test)]
mod tests {
    use super::missing;
    use crate::check::{Rule, Severity};
    use crate::ddl;
    use crate::models::Models;
    use crate::mysql::Flavour;
    use crate::release::MigrationSet;
    use crate::sql::Dialect;

    #[test]
    fn differences_from_the_schema_are_told_by_what_they_cost() {
        let expected = ddl::read(
            Dialect::MySql,
            "CREATE TABLE T (Id varchar(26) PRIMARY KEY, A text, B bigint NOT NULL, C bigint);
             CREATE TABLE U (Id varchar(26) PRIMARY KEY);",
        )
        .expect("DDL");
        let target = ddl::read(
            Dialect::Postgres,
            "CREATE TABLE t (id varchar(26) PRIMARY KEY, a text, b bigint NOT NULL, c bigint);
             CREATE TABLE u (id varchar(26) PRIMARY KEY);",
        )
        .expect("DDL");
        let live = ddl::read(
            Dialect::MySql,
            "CREATE TABLE t (Id varchar(26) PRIMARY KEY, A longtext, C datetime);",
        )
        .expect("DDL");
        let known = MigrationSet::default();
        let models = Models {
            past: &crate::schema::EMPTY_CATALOG,
            applied: Some(&[(1, String::new())]),
            known: &known,
            source: &expected,
            target: &target,
            products: &[],
        };
        let found: Vec<_> = missing(Flavour::MySql, &live, &models)
            .iter()
            .map(|finding| (finding.id, finding.place(), finding.severity))
            .collect();
        assert_eq!(
            found,
            [
                (Rule::TypeDiffers, "t.A".to_owned(), Severity::Note),
                (Rule::MissingColumn, "t.B".to_owned(), Severity::Blocks),
                (Rule::TypeDiffers, "t.C".to_owned(), Severity::Blocks),
                (Rule::MissingTable, "U".to_owned(), Severity::Blocks),
            ]
        );
    }
}
