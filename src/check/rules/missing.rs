//! Tables, columns and types of the source that differ from what its migrations promise.

use crate::check::{Finding, Models, ProductModel, Rule, Severity, Standing};
use crate::convert::{Obstacle, Policy, TablePlan};
use crate::schema::{Catalog, Product, Table};

/// A finding for each table, column and type that the applied migrations promise and the source does
/// not have so.
#[must_use]
pub fn missing(source: &Catalog, models: &Models<'_>) -> Vec<Finding> {
    let absent = promised_tables(source, models).filter(|name| source.table(name).is_none());
    let mut findings: Vec<Finding> = absent.map(|name| missing_table(name)).collect();
    for table in source.tables.values() {
        let Some(counterpart) = models.counterpart(&table.name) else { continue };
        let plan =
            TablePlan::new(table, counterpart.target, counterpart.catalog, |_| Policy::default());
        let obstacles = plan.err().map(|error| error.obstacles).unwrap_or_default();
        if let Some(promised) = counterpart.promised {
            findings.extend(missing_columns(table, promised, &obstacles));
            findings.extend(differing_types(table, promised, &obstacles));
        }
    }
    findings
}

/// The tables of Mattermost, and of the products that are there and copied.
fn promised_tables<'a>(
    source: &'a Catalog,
    models: &'a Models<'_>,
) -> impl Iterator<Item = &'a String> {
    let is_there = |model: &&ProductModel<'_>| {
        let version = model.product.map(Product::version_table);
        model.standing == Standing::Copied
            && version.is_some_and(|table| source.table(table).is_some())
    };
    let of_products = models.products.iter().filter(is_there);
    models.source.tables.keys().chain(of_products.flat_map(|model| model.source.tables.keys()))
}

fn missing_table(name: &str) -> Finding {
    Finding::new(
        Rule::MissingTable,
        Severity::Note,
        "the table is promised by the migrations and is not there",
    )
    .at(name, None)
    .action("the target's table stays empty")
}

fn missing_columns(table: &Table, promised: &Table, obstacles: &[Obstacle]) -> Vec<Finding> {
    let absent = promised.columns.iter().filter(|column| table.column(&column.name).is_none());
    let finding = |name: &str| {
        let is_needed = obstacles.iter().any(|obstacle| {
            matches!(obstacle, Obstacle::NotFed { column } if column.eq_ignore_ascii_case(name))
        });
        let (severity, action) = if is_needed {
            (
                Severity::Blocks,
                "the copy stops: the target's column has no default and takes no NULL",
            )
        } else {
            (Severity::Note, "the target's column takes its default, or NULL")
        };
        let message = "the column is promised by the migrations and is not there";
        Finding::new(Rule::MissingColumn, severity, message)
            .at(&table.name, Some(name))
            .action(action)
    };
    absent.map(|column| finding(&column.name)).collect()
}

fn differing_types(table: &Table, promised: &Table, obstacles: &[Obstacle]) -> Vec<Finding> {
    let pairs = table
        .columns
        .iter()
        .filter_map(|column| Some((column, promised.column(&column.name)?)))
        .filter(|(column, promised)| column.data_type != promised.data_type);
    let finding = |(column, promised): (&crate::schema::Column, &crate::schema::Column)| {
        let leads_nowhere = obstacles.iter().any(
            |obstacle| matches!(obstacle, Obstacle::NotConvertible { column: name, .. } if *name == column.name),
        );
        let (severity, action) = if leads_nowhere {
            (Severity::Blocks, "the copy stops: no conversion leads to the target's type")
        } else {
            (Severity::Note, "the copy converts each value, or says which one does not fit")
        };
        let message = format!(
            "the column is `{}` where the migrations promise `{}`",
            column.data_type, promised.data_type
        );
        Finding::new(Rule::TypeDiffers, severity, message)
            .at(&table.name, Some(&column.name))
            .action(action)
            .detail("type", column.data_type.as_str())
            .detail("promised", promised.data_type.as_str())
    };
    pairs.map(finding).collect()
}

#[cfg(test)]
mod tests {
    use super::missing;
    use crate::check::{Models, Rule, Severity};
    use crate::ddl;
    use crate::release::MigrationSet;
    use crate::schema::Catalog;
    use crate::sql::Dialect;

    fn catalog(dialect: Dialect, sql: &str) -> Catalog {
        let mut catalog = Catalog::default();
        ddl::apply(&mut catalog, dialect, sql).expect("DDL");
        catalog
    }

    #[test]
    fn differences_from_the_promise_are_told_by_what_they_cost() {
        let promised = catalog(
            Dialect::MySql,
            "CREATE TABLE T (Id varchar(26) PRIMARY KEY, A text, B bigint NOT NULL, C bigint);
             CREATE TABLE U (Id varchar(26) PRIMARY KEY);",
        );
        let target = catalog(
            Dialect::Postgres,
            "CREATE TABLE t (id varchar(26) PRIMARY KEY, a text, b bigint NOT NULL, c bigint);
             CREATE TABLE u (id varchar(26) PRIMARY KEY);",
        );
        let live = catalog(
            Dialect::MySql,
            "CREATE TABLE t (Id varchar(26) PRIMARY KEY, A longtext, C datetime);",
        );
        let known = MigrationSet::default();
        let models = Models {
            applied: None,
            known: &known,
            source: &promised,
            target: &target,
            products: &[],
        };
        let found: Vec<_> = missing(&live, &models)
            .iter()
            .map(|finding| (finding.id, finding.place(), finding.severity))
            .collect();
        assert_eq!(
            found,
            [
                (Rule::MissingTable, "U".to_owned(), Severity::Note),
                (Rule::MissingColumn, "t.B".to_owned(), Severity::Blocks),
                (Rule::TypeDiffers, "t.A".to_owned(), Severity::Note),
                (Rule::TypeDiffers, "t.C".to_owned(), Severity::Blocks),
            ]
        );
    }
}
