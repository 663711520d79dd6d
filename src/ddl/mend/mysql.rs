//! What mends a schema of MySQL or MariaDB.

use super::definition::{column, foreign_key, mysql_index, table};
use crate::ddl::difference::{Difference, Sides, Thing, same_index};
use crate::schema::{Column, ForeignKey, Index, View};
use crate::sql::Dialect::MySql;

pub(super) fn statements(difference: &Difference<'_>) -> Vec<String> {
    let name = MySql.identifier(difference.place);
    let alter = |change: String| vec![format!("ALTER TABLE {name} {change}")];
    match &difference.thing {
        Thing::Table(Sides::Extra(_)) => vec![format!("DROP TABLE {name}")],
        Thing::Table(Sides::Missing(expected) | Sides::Differs { expected, .. }) => {
            vec![table(MySql, expected)]
        }
        Thing::Column(sides, _) => alter(of_column(sides)),
        Thing::Index(sides) => alter(of_index(sides)),
        Thing::ForeignKey(sides) => of_foreign_key(sides).into_iter().flat_map(alter).collect(),
        Thing::View(sides) => of_view(&name, sides),
        Thing::Options(_) | Thing::Labels(_) => Vec::new(),
    }
}

fn of_column(sides: &Sides<&Column>) -> String {
    let defined = |name: &str, as_promised| {
        format!("{} {}", MySql.identifier(name), column(MySql, as_promised))
    };
    match sides {
        Sides::Missing(expected) => format!("ADD COLUMN {}", defined(&expected.name, expected)),
        Sides::Extra(found) => format!("DROP COLUMN {}", MySql.identifier(&found.name)),
        Sides::Differs { found, expected } => {
            format!("MODIFY COLUMN {}", defined(&found.name, expected))
        }
    }
}

fn of_index(sides: &Sides<&Index>) -> String {
    let add = |index: &Index| format!("ADD {}", mysql_index(index));
    let drop = |index: &Index| match index.name.as_str() {
        "PRIMARY" => "DROP PRIMARY KEY".to_owned(),
        name => format!("DROP KEY {}", MySql.identifier(name)),
    };
    match sides {
        Sides::Missing(expected) => add(expected),
        Sides::Extra(found) => drop(found),
        Sides::Differs { found, expected } if same_index(found, expected) => {
            let [from, to] = [found, expected].map(|index| MySql.identifier(&index.name));
            format!("RENAME INDEX {from} TO {to}")
        }
        Sides::Differs { found, expected } => format!("{}, {}", drop(found), add(expected)),
    }
}

/// Two statements where a key changes: in one, the new key would clash with the old one's name.
fn of_foreign_key(sides: &Sides<&ForeignKey>) -> Vec<String> {
    let add = |key: &ForeignKey| format!("ADD {}", foreign_key(MySql, key));
    let drop = |key: &ForeignKey| format!("DROP FOREIGN KEY {}", MySql.identifier(&key.name));
    match sides {
        Sides::Missing(expected) => vec![add(expected)],
        Sides::Extra(found) => vec![drop(found)],
        Sides::Differs { found, expected } => vec![drop(found), add(expected)],
    }
}

fn of_view(name: &str, sides: &Sides<&View>) -> Vec<String> {
    let create = |view: &View| format!("CREATE VIEW {name} AS\n{}", view.query);
    match sides {
        Sides::Missing(expected) => vec![create(expected)],
        Sides::Extra(_) => vec![format!("DROP VIEW {name}")],
        Sides::Differs { expected, .. } => vec![format!("DROP VIEW {name}"), create(expected)],
    }
}
