//! Tables and columns without a counterpart on the target.

use crate::check::inventory::{Disposition, InventoryEntry};
use crate::check::{Choice, ChoiceCommand, Finding, Rule, Severity};
use crate::figures::counted;
use crate::mattermost::{is_leftover, is_leftover_column};
use crate::models::Models;
use crate::mysql::{Connection, Error};
use crate::schema::{Catalog, Column, Kind, Table};
use crate::shell::shell_word;
use crate::sql::Dialect;

/// Reports each leftover table, and each table of no known product.
#[must_use]
pub fn unknown_tables(inventory: &[InventoryEntry]) -> Vec<Finding> {
    inventory.iter().filter_map(table_finding).collect()
}

fn table_finding(entry: &InventoryEntry) -> Option<Finding> {
    let rows = counted(entry.rows, "row");
    let finding = match entry.disposition {
        Disposition::Copied if entry.product.is_none() => {
            let message = format!("table of no known product: {rows}");
            Finding::new(Rule::UnknownTable, Severity::Note, message)
                .action("the copy creates a table with the same columns and copies the rows")
        }
        Disposition::Copied | Disposition::Skipped => return None,
        Disposition::Leftover => {
            let message = format!("unused table of an older version: {rows}");
            let finding = Finding::new(Rule::LeftoverTable, Severity::Note, message)
                .action("the copy skips it");
            if is_leftover(&entry.table) {
                finding.fix("migration-assist mysql --fix-artifacts")
            } else {
                finding
            }
        }
        Disposition::Unknown if entry.rows == 0 => Finding::new(
            Rule::UnknownTable,
            Severity::Note,
            "table of no known product, without rows",
        )
        .action("the copy skips it"),
        Disposition::Unknown => {
            let message = format!("table of no known product: {rows}");
            let copy = Choice::new(
                "copy the rows into a new table with the same columns",
                ChoiceCommand::Migrate,
                vec!["--copy-unknown".to_owned()],
            );
            Finding::new(Rule::UnknownTable, Severity::Blocks, message)
                .action("the copy stops: the target has no such table")
                .choices(vec![copy, leave_behind("leave the table behind", &entry.table)])
        }
    };
    Some(finding.at(&entry.table, None).count(entry.rows))
}

/// Reports a configuration that Mattermost keeps in the database.
#[must_use]
pub fn database_configuration(inventory: &[InventoryEntry]) -> Option<Finding> {
    let store =
        inventory.iter().find(|entry| entry.table.eq_ignore_ascii_case("Configurations"))?;
    (store.rows > 0).then(|| {
        Finding::new(
            Rule::DatabaseConfiguration,
            Severity::Note,
            "Mattermost keeps its configuration in the database",
        )
        .at(&store.table, None)
        .count(store.rows)
        .action("the copy copies it; it names MySQL until `cutover` has changed it, and so does `MM_CONFIG`")
    })
}

/// Reports each column of a copied table that the target's table does not have.
pub async fn unknown_columns(
    connection: &mut Connection,
    source: &Catalog,
    models: &Models<'_>,
) -> Result<Vec<Finding>, Error> {
    let mut findings = Vec::new();
    for (table, column) in columns_left_behind(source, models) {
        let held = count_held(connection, &table.name, column).await?;
        findings.push(column_finding(&table.name, column, held, models));
    }
    Ok(findings)
}

/// The columns of copied tables that the target's tables do not have.
pub(in crate::check) fn columns_left_behind<'a>(
    source: &'a Catalog,
    models: &Models<'_>,
) -> Vec<(&'a Table, &'a Column)> {
    let of_table = |table: &'a Table| {
        let target = models.counterpart(&table.name)?.target;
        let is_unknown = |it: &&Column| !it.generated && target.column(&it.name).is_none();
        let unknown = table.columns.iter().filter(is_unknown);
        Some(unknown.map(move |column| (table, column)).collect::<Vec<_>>())
    };
    source.tables.values().filter_map(of_table).flatten().collect()
}

/// How many values a column has.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::check) struct ColumnUse {
    /// Rows in which it is not NULL.
    values: u64,
    /// Rows in which it is neither NULL nor the empty value of its type.
    non_empty: u64,
}

impl ColumnUse {
    /// Counts a cell of the column.
    pub(in crate::check) fn add(&mut self, column: &Column, cell: Option<&[u8]>) {
        let Some(cell) = cell else { return };
        self.values += 1;
        let means = match column.data_type.kind() {
            Kind::Integer { .. } | Kind::Float | Kind::Decimal => {
                let mantissa = cell.iter().take_while(|byte| !byte.eq_ignore_ascii_case(&b'e'));
                mantissa.into_iter().any(|digit| matches!(digit, b'1'..=b'9'))
            }
            Kind::Json { .. } => !NOTHING.iter().any(|nothing| nothing.as_bytes() == cell),
            Kind::Text(_) | Kind::Binary => !cell.is_empty(),
            _ => true,
        };
        self.non_empty += u64::from(means);
    }
}

/// JSON values without content.
const NOTHING: [&str; 4] = ["null", "{}", "[]", ""];

pub(in crate::check) fn column_finding(
    table: &str,
    column: &Column,
    held: ColumnUse,
    models: &Models<'_>,
) -> Finding {
    let is_listed = is_leftover_column(table, &column.name);
    let (rule, what, severity) = if is_listed {
        (Rule::LeftoverColumn, "unused column of an older version", Severity::Note)
    } else if models.had_column(table, &column.name) {
        (Rule::LeftoverColumn, "column of another version of its product", Severity::Note)
    } else if held.non_empty == 0 {
        (Rule::UnknownColumn, "column that the target does not have", Severity::Note)
    } else {
        (Rule::UnknownColumn, "column that the target does not have", Severity::Blocks)
    };
    let message = format!("{what}: {} with a value", counted(held.values, "row"));
    let finding = Finding::new(rule, severity, message)
        .at(table, Some(&column.name))
        .count(held.values)
        .action("the copy skips the column; pgloader stops at the table")
        .detail("non-empty", held.non_empty);
    if is_listed {
        finding.fix("migration-assist mysql --fix-artifacts")
    } else if severity == Severity::Blocks {
        finding
            .choices(vec![leave_behind("leave the column behind", &finding_place(table, column))])
    } else {
        finding
    }
}

fn finding_place(table: &str, column: &Column) -> String {
    format!("{table}.{}", column.name)
}

/// The decision to leave a table or a column behind.
fn leave_behind(effect: &'static str, place: &str) -> Choice {
    let flag = format!("--leave-behind {}", shell_word(place));
    Choice::new(effect, ChoiceCommand::Migrate, vec![flag])
}

async fn count_held(
    connection: &mut Connection,
    table: &str,
    column: &Column,
) -> Result<ColumnUse, Error> {
    let name = Dialect::MySql.identifier(&column.name);
    let means = match column.data_type.kind() {
        Kind::Integer { .. } | Kind::Float | Kind::Decimal => format!("{name} <> 0"),
        Kind::Json { .. } => {
            format!(
                "CAST({name} AS CHAR) NOT IN ({})",
                NOTHING.map(|it| format!("'{it}'")).join(", ")
            )
        }
        Kind::Text(_) | Kind::Binary => format!("LENGTH({name}) > 0"),
        _ => format!("{name} IS NOT NULL"),
    };
    let sql = format!(
        "SELECT COUNT({name}), COUNT(IF({means}, 1, NULL)) FROM {}",
        Dialect::MySql.identifier(table)
    );
    let (values, non_empty) = connection.query_one(&sql).await?;
    Ok(ColumnUse { values, non_empty })
}

#[cfg(test)]
mod tests {
    use super::{ColumnUse, column_finding, unknown_tables};
    use crate::check::inventory::{Disposition, InventoryEntry};
    use crate::check::{Rule, Severity};
    use crate::mattermost::Product;
    use crate::models::Models;
    use crate::release::MigrationSet;
    use crate::schema::{Catalog, Column, ColumnType, EMPTY_CATALOG, Table};

    fn entry(table: &str, disposition: Disposition, rows: u64) -> InventoryEntry {
        let table = table.to_owned();
        InventoryEntry {
            table,
            product: None,
            disposition,
            reason: None,
            rows,
            counted: true,
            bytes: 0,
        }
    }

    #[test]
    fn rows_make_an_unknown_table_a_decision() {
        let inventory = [
            InventoryEntry {
                product: Some(Product::Mattermost),
                ..entry("Posts", Disposition::Copied, 5)
            },
            entry("taken", Disposition::Copied, 5),
            entry("mine", Disposition::Unknown, 2),
            entry("old", Disposition::Unknown, 0),
            entry("schema_migrations", Disposition::Leftover, 9),
        ];
        let found: Vec<_> = unknown_tables(&inventory)
            .iter()
            .map(|finding| (finding.place(), finding.id, finding.severity, finding.count))
            .collect();
        assert_eq!(
            found,
            [
                ("taken".to_owned(), Rule::UnknownTable, Severity::Note, 5),
                ("mine".to_owned(), Rule::UnknownTable, Severity::Blocks, 2),
                ("old".to_owned(), Rule::UnknownTable, Severity::Note, 0),
                ("schema_migrations".to_owned(), Rule::LeftoverTable, Severity::Note, 9),
            ]
        );
    }

    #[test]
    fn a_type_s_own_nothing_means_nothing() {
        for (data_type, cell, non_empty) in [
            ("bigint", "0", 0),
            ("bigint", "-10", 1),
            ("double", "0e5", 0),
            ("json", "{}", 0),
            ("json", "{\"a\": 0}", 1),
            ("varchar(9)", "", 0),
            ("date", "2024-01-01", 1),
        ] {
            let column = Column { data_type: ColumnType::mysql(data_type), ..column("C") };
            let mut held = ColumnUse::default();
            held.add(&column, Some(cell.as_bytes()));
            held.add(&column, None);
            assert_eq!((held.values, held.non_empty), (1, non_empty), "{data_type} {cell}");
        }
    }

    fn column(name: &str) -> Column {
        Column::of(name, ColumnType::mysql("varchar(26)"))
    }

    #[test]
    fn known_leftovers_are_no_decision() {
        let mut past = Catalog::default();
        let name = "Posts".to_owned();
        let table = Table { name, columns: vec![column("ParentId")], ..Table::default() };
        past.tables.insert("Posts".to_owned(), table);
        let models = Models {
            applied: None,
            known: &MigrationSet::default(),
            source: &EMPTY_CATALOG,
            target: &EMPTY_CATALOG,
            past: &past,
            products: &[],
        };
        let severity = |table, name, non_empty| {
            let held = ColumnUse { values: 9, non_empty };
            column_finding(table, &column(name), held, &models).severity
        };
        assert_eq!(severity("posts", "parentid", 7), Severity::Note);
        assert_eq!(severity("Threads", "TeamId", 7), Severity::Note);
        assert_eq!(severity("Posts", "Mine", 0), Severity::Note);
        assert_eq!(severity("Posts", "Mine", 7), Severity::Blocks);
    }
}
