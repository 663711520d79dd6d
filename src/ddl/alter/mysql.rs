//! Statements that correct a schema of MySQL or MariaDB.

use super::definition::{column, foreign_key, mysql_index, table};
use crate::ddl::difference::{Change, Difference, SchemaItem, same_index};
use crate::schema::{Column, ForeignKey, Index, View};
use crate::sql::Dialect::MySql;

pub(super) fn statements(difference: &Difference<'_>) -> Vec<String> {
    let name = MySql.identifier(difference.place);
    let alter = |change: String| vec![format!("ALTER TABLE {name} {change}")];
    match &difference.thing {
        SchemaItem::Table(Change::Extra(_)) => vec![format!("DROP TABLE {name}")],
        SchemaItem::Table(Change::Missing(expected) | Change::Differs { expected, .. }) => {
            vec![table(MySql, expected)]
        }
        SchemaItem::Column(sides, _) => alter(of_column(sides)),
        SchemaItem::Index(sides) => alter(of_index(sides)),
        SchemaItem::ForeignKey(sides) => {
            of_foreign_key(sides).into_iter().flat_map(alter).collect()
        }
        SchemaItem::View(sides) => of_view(&name, sides),
        SchemaItem::Options(_) | SchemaItem::Labels(_) => Vec::new(),
    }
}

fn of_column(sides: &Change<&Column>) -> String {
    let defined = |name: &str, as_expected| {
        format!("{} {}", MySql.identifier(name), column(MySql, as_expected))
    };
    match sides {
        Change::Missing(expected) => format!("ADD COLUMN {}", defined(&expected.name, expected)),
        Change::Extra(found) => format!("DROP COLUMN {}", MySql.identifier(&found.name)),
        Change::Differs { found, expected } => {
            format!("MODIFY COLUMN {}", defined(&found.name, expected))
        }
    }
}

fn of_index(sides: &Change<&Index>) -> String {
    let add = |index: &Index| format!("ADD {}", mysql_index(index));
    let drop = |index: &Index| match index.name.as_str() {
        "PRIMARY" => "DROP PRIMARY KEY".to_owned(),
        name => format!("DROP KEY {}", MySql.identifier(name)),
    };
    match sides {
        Change::Missing(expected) => add(expected),
        Change::Extra(found) => drop(found),
        Change::Differs { found, expected } if same_index(found, expected) => {
            let [from, to] = [found, expected].map(|index| MySql.identifier(&index.name));
            format!("RENAME INDEX {from} TO {to}")
        }
        Change::Differs { found, expected } => format!("{}, {}", drop(found), add(expected)),
    }
}

/// Two statements if a key changes: in a single one, the new key would conflict with the old name.
fn of_foreign_key(sides: &Change<&ForeignKey>) -> Vec<String> {
    let add = |key: &ForeignKey| format!("ADD {}", foreign_key(MySql, key));
    let drop = |key: &ForeignKey| format!("DROP FOREIGN KEY {}", MySql.identifier(&key.name));
    match sides {
        Change::Missing(expected) => vec![add(expected)],
        Change::Extra(found) => vec![drop(found)],
        Change::Differs { found, expected } => vec![drop(found), add(expected)],
    }
}

fn of_view(name: &str, sides: &Change<&View>) -> Vec<String> {
    let create = |view: &View| format!("CREATE VIEW {name} AS\n{}", view.query);
    match sides {
        Change::Missing(expected) => vec![create(expected)],
        Change::Extra(_) => vec![format!("DROP VIEW {name}")],
        Change::Differs { expected, .. } => vec![format!("DROP VIEW {name}"), create(expected)],
    }
}
