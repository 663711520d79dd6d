//! Tables, columns and types of the source that differ from those of its migrations.

use std::collections::BTreeMap;

use crate::check::obstacles::Obstacles;
use crate::check::{Finding, Rule, Severity};
use crate::ddl::{Aspect, Change, SchemaItem, compare};
use crate::mattermost::Product;
use crate::models::ExpectedSchema;
use crate::models::Models;
use crate::mysql::Flavour;
use crate::schema::{Catalog, Column};
use crate::sql::Dialect;

/// Reports each table, column and type that the applied migrations define and the source lacks.
#[must_use]
pub fn missing(flavour: Flavour, source: &Catalog, models: &Models<'_>) -> Vec<Finding> {
    let schema = ExpectedSchema::of_source(flavour, source, models);
    let mut of_plugins: BTreeMap<Product, Vec<&str>> = BTreeMap::new();
    let differences = compare(Dialect::MySql, &schema.found, &schema.expected);
    let mut findings: Vec<Finding> = differences
        .iter()
        .filter(|_| !models.applied_set().is_empty())
        .filter_map(|difference| {
            let obstacles = || {
                let table = source.table(difference.place);
                table.map(|table| Obstacles::of(table, models)).unwrap_or_default()
            };
            match &difference.thing {
                SchemaItem::Table(Change::Missing(_)) => {
                    match schema.products.get(&difference.place.to_lowercase()) {
                        Some(&product) if product != Product::Mattermost => {
                            of_plugins.entry(product).or_default().push(difference.place);
                            None
                        }
                        _ => Some(missing_table(difference.place)),
                    }
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
        .collect();
    let of_plugins = of_plugins.into_iter();
    findings.extend(of_plugins.map(|(product, names)| missing_tables(product, &names)));
    findings
}

/// A plugin may have stopped before it created its tables.
fn missing_tables(product: Product, names: &[&str]) -> Finding {
    let message = format!(
        "cannot find tables of {product}: they are missing or the account has no access: {}",
        names.join(", ")
    );
    let finding = Finding::new(Rule::MissingTable, Severity::Note, message)
        .action("the target's tables remain empty");
    match names {
        [name] => finding.at(name, None),
        _ => finding.detail("tables", names),
    }
}

/// Mattermost's own tables all exist, unless rows were lost or the account has no access.
fn missing_table(name: &str) -> Finding {
    let message = "cannot find the table: it is missing or the account has no access";
    Finding::new(Rule::MissingTable, Severity::Blocks, message).at(name, None).action(format!(
        "the copy stops: restore the table or grant SELECT on it; to go without its rows, add \
         `--exclude {name}` to `migrate` or `copy`"
    ))
}

fn missing_column(table: &str, name: &str, obstacles: &Obstacles) -> Finding {
    let (severity, action) = if obstacles.needs_value(name) {
        (Severity::Blocks, "the copy stops: the target's column has no default and is NOT NULL")
    } else {
        (Severity::Note, "the target's column gets its default, or NULL")
    };
    let message = "column is missing (the applied migrations create it)";
    Finding::new(Rule::MissingColumn, severity, message).at(table, Some(name)).action(action)
}

fn differing_type(
    table: &str,
    found: &Column,
    expected: &Column,
    obstacles: &Obstacles,
) -> Finding {
    let (severity, action) = if obstacles.cannot_convert(&found.name) {
        (Severity::Blocks, "the copy stops: there is no conversion to the target's type")
    } else {
        (Severity::Note, "the copy converts each value, and reports values that do not fit")
    };
    let message = format!(
        "column type is `{}` (the migrations define `{}`)",
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
    fn differences_from_the_schema_are_ranked_by_what_they_cost() {
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
