//! Statements that correct a schema of PostgreSQL.

use super::definition::{column, default, foreign_key, table};
use crate::ddl::difference::{Aspect, Change, Difference, SchemaItem, same_index};
use crate::schema::{Column, ForeignKey, Index, Role, Table, View};
use crate::sql::Dialect::Postgres;

pub(super) fn statements(difference: &Difference<'_>) -> Vec<String> {
    let name = Postgres.identifier(difference.place);
    let alter = |changes: Vec<String>| vec![format!("ALTER TABLE {name} {}", changes.join(", "))];
    match &difference.thing {
        SchemaItem::Table(Change::Extra(_)) => vec![format!("DROP TABLE {name}")],
        SchemaItem::Table(Change::Missing(expected) | Change::Differs { expected, .. }) => {
            of_table(&name, expected)
        }
        SchemaItem::Column(sides, aspects) => alter(of_column(sides, aspects)),
        SchemaItem::Index(sides) => of_index(&name, sides),
        SchemaItem::ForeignKey(sides) => alter(of_foreign_key(sides)),
        SchemaItem::Options(sides) => of_options(&name, sides),
        SchemaItem::View(sides) => of_view(&name, sides),
        SchemaItem::Labels(sides) => of_labels(&name, sides),
    }
}

fn of_table(name: &str, expected: &Table) -> Vec<String> {
    let mut statements = vec![table(Postgres, expected)];
    // Keys come before foreign keys and other indexes.
    let mut indexes: Vec<&Index> = expected.indexes.values().collect();
    indexes.sort_by_key(|index| index.role);
    statements.extend(indexes.into_iter().filter_map(|index| index.definition.clone()));
    if !expected.options.is_empty() {
        statements.push(format!("ALTER TABLE {name} SET ({})", expected.options.join(", ")));
    }
    statements
}

fn of_column(sides: &Change<&Column>, aspects: &[Aspect]) -> Vec<String> {
    let (found, expected) = match sides {
        Change::Missing(expected) => {
            let (name, definition) =
                (Postgres.identifier(&expected.name), column(Postgres, expected));
            return vec![format!("ADD COLUMN {name} {definition}")];
        }
        Change::Extra(found) => {
            return vec![format!("DROP COLUMN {}", Postgres.identifier(&found.name))];
        }
        Change::Differs { found, expected } => (found, expected),
    };
    let name = Postgres.identifier(&found.name);
    let mut changes = Vec::new();
    let has = |aspect| aspects.contains(&aspect);
    let type_changes = has(Aspect::Type);
    // A default of the old type may not fit the new one.
    if (has(Aspect::Default) || type_changes) && found.default.is_some() {
        changes.push("DROP DEFAULT".to_owned());
    }
    if type_changes {
        changes.push(format!("TYPE {0} USING {name}::{0}", expected.data_type));
    }
    if let Some(value) =
        default(Postgres, expected).filter(|_| has(Aspect::Default) || type_changes)
    {
        changes.push(format!("SET DEFAULT {value}"));
    }
    if has(Aspect::TakesNull) {
        changes.push("SET NOT NULL".to_owned());
    }
    if has(Aspect::RefusesNull) {
        changes.push("DROP NOT NULL".to_owned());
    }
    changes.into_iter().map(|change| format!("ALTER COLUMN {name} {change}")).collect()
}

fn of_index(table: &str, sides: &Change<&Index>) -> Vec<String> {
    let add = |index: &Index| index.definition.clone();
    let drop = |index: &Index| {
        let name = Postgres.identifier(&index.name);
        match index.role {
            Role::Plain => format!("DROP INDEX {name}"),
            _ => format!("ALTER TABLE {table} DROP CONSTRAINT {name}"),
        }
    };
    match sides {
        Change::Missing(expected) => Vec::from_iter(add(expected)),
        Change::Extra(found) => vec![drop(found)],
        Change::Differs { found, expected } if same_index(found, expected) => {
            let [from, to] = [found, expected].map(|index| Postgres.identifier(&index.name));
            // Renaming an index renames its constraint too.
            vec![format!("ALTER INDEX {from} RENAME TO {to}")]
        }
        Change::Differs { found, expected } => {
            std::iter::once(drop(found)).chain(add(expected)).collect()
        }
    }
}

fn of_foreign_key(sides: &Change<&ForeignKey>) -> Vec<String> {
    let add = |key: &ForeignKey| format!("ADD {}", foreign_key(Postgres, key));
    let drop = |key: &ForeignKey| format!("DROP CONSTRAINT {}", Postgres.identifier(&key.name));
    match sides {
        Change::Missing(expected) => vec![add(expected)],
        Change::Extra(found) => vec![drop(found)],
        Change::Differs { found, expected } => vec![drop(found), add(expected)],
    }
}

fn of_options(table: &str, sides: &Change<&[String]>) -> Vec<String> {
    let (found, expected) = match sides {
        Change::Missing(expected) => (&[][..], *expected),
        Change::Extra(found) => (*found, &[][..]),
        Change::Differs { found, expected } => (*found, *expected),
    };
    let name = |option: &String| option.split('=').next().unwrap_or_default().to_owned();
    let kept: Vec<String> = expected.iter().map(name).collect();
    let reset: Vec<String> = found.iter().map(name).filter(|name| !kept.contains(name)).collect();
    let set: Vec<&str> =
        expected.iter().filter(|option| !found.contains(option)).map(String::as_str).collect();
    let statement = |verb: &str, list: String| format!("ALTER TABLE {table} {verb} ({list})");
    let mut statements = Vec::new();
    if !reset.is_empty() {
        statements.push(statement("RESET", reset.join(", ")));
    }
    if !set.is_empty() {
        statements.push(statement("SET", set.join(", ")));
    }
    statements
}

fn of_view(name: &str, sides: &Change<&View>) -> Vec<String> {
    let kind = |view: &View| if view.materialized { "MATERIALIZED VIEW" } else { "VIEW" };
    let create = |view: &View| {
        let indexes = view.indexes.values().filter_map(|index| index.definition.clone());
        let create = format!("CREATE {} {name} AS\n{}", kind(view), view.query);
        std::iter::once(create).chain(indexes).collect::<Vec<_>>()
    };
    let drop = |view: &View| format!("DROP {} {name}", kind(view));
    match sides {
        Change::Missing(expected) => create(expected),
        Change::Extra(found) => vec![drop(found)],
        Change::Differs { found, expected } => {
            std::iter::once(drop(found)).chain(create(expected)).collect()
        }
    }
}

/// Labels can be added but not removed; an additional label does no harm.
fn of_labels(name: &str, sides: &Change<&[String]>) -> Vec<String> {
    let literal = |label: &String| Postgres.literal(label);
    match sides {
        Change::Missing(expected) => {
            let labels: Vec<String> = expected.iter().map(literal).collect();
            vec![format!("CREATE TYPE {name} AS ENUM ({})", labels.join(", "))]
        }
        Change::Extra(_) => vec![format!("DROP TYPE {name}")],
        Change::Differs { found, expected } => expected
            .iter()
            .filter(|label| !found.contains(label))
            .map(|label| format!("ALTER TYPE {name} ADD VALUE {}", literal(label)))
            .collect(),
    }
}
