//! The statements that apply a batch to a table; pure.
//!
//! Rows arrive as arrays of text, one for each column, and are cast by the server: it reads them as COPY
//! would.

use super::table::TableRoute;
use crate::sql::Dialect::Postgres;

/// The statements of one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statements {
    /// Deletes rows by key: an array for each column of the key.
    pub delete: String,
    /// Deletes rows whose values in unique indexes change, so that they can move between rows: arrays of
    /// the key's columns, then of [`TableRoute`]'s unique ones. `None` if there is no such index.
    pub delete_moved: Option<String>,
    /// Writes rows: an array for each column of the plan.
    pub upsert: String,
}

impl Statements {
    /// Those of a table in a schema.
    #[must_use]
    pub fn new(schema: &str, route: &TableRoute) -> Self {
        let table = Postgres.qualified(schema, &route.plan.target);
        let column = |place: usize| Postgres.identifier(&route.plan.columns[place].target);
        let cast = |place: usize, number: usize| {
            let name = cast_type(route.plan.columns[place].target_type.as_str());
            format!("s.c{number}::{name}")
        };
        let equal = |places: &[usize]| {
            let conditions = places.iter().enumerate();
            let conditions = conditions
                .map(|(number, &place)| format!("t.{} = {}", column(place), cast(place, number)));
            conditions.collect::<Vec<_>>().join(" AND ")
        };
        let delete = format!(
            "DELETE FROM {table} AS t USING {} WHERE {}",
            unnest(route.key.len()),
            equal(&route.key)
        );
        let count = route.key.len() + route.unique.len();
        let moved = if route.has_unique_expression {
            Some(String::new())
        } else if route.unique.is_empty() {
            None
        } else {
            let unique = route.unique.iter().enumerate();
            let changed = unique.map(|(number, &place)| {
                let value = cast(place, route.key.len() + number);
                format!("t.{} IS DISTINCT FROM {value}", column(place))
            });
            Some(format!(" AND ({})", changed.collect::<Vec<_>>().join(" OR ")))
        };
        let delete_moved = moved.map(|changed| {
            let (rows, is_row) = (unnest(count), equal(&route.key));
            format!("DELETE FROM {table} AS t USING {rows} WHERE {is_row}{changed}")
        });
        let all: Vec<usize> = (0..route.plan.columns.len()).collect();
        let columns: Vec<String> = all.iter().map(|&place| column(place)).collect();
        let values: Vec<String> = all.iter().map(|&place| cast(place, place)).collect();
        let key: Vec<String> = route.key.iter().map(|&place| column(place)).collect();
        let set: Vec<String> = all
            .iter()
            .filter(|place| !route.key.contains(place))
            .map(|&place| format!("{0} = excluded.{0}", column(place)))
            .collect();
        let action = if set.is_empty() {
            "NOTHING".to_owned()
        } else {
            format!("UPDATE SET {}", set.join(", "))
        };
        let upsert = format!(
            "INSERT INTO {table} ({}) SELECT {} FROM {} ON CONFLICT ({}) DO {action}",
            columns.join(", "),
            values.join(", "),
            unnest(all.len()),
            key.join(", ")
        );
        Self { delete, delete_moved, upsert }
    }
}

/// Arrays of text as rows with the columns `c0`, `c1` ….
pub(super) fn unnest(count: usize) -> String {
    let arrays: Vec<String> = (1..=count).map(|number| format!("${number}::text[]")).collect();
    let columns: Vec<String> = (0..count).map(|number| format!("c{number}")).collect();
    format!("unnest({}) AS s ({})", arrays.join(", "), columns.join(", "))
}

/// A type without its length, which a cast would cut values to; the assignment refuses them instead.
pub(super) fn cast_type(spelling: &str) -> String {
    let mut name = spelling.to_owned();
    if let Some((before, after)) = spelling.split_once('(')
        && let Some((_, after)) = after.split_once(')')
    {
        name = format!("{before}{after}");
    }
    let (element, array) = name.strip_suffix("[]").map_or((&*name, ""), |it| (it, "[]"));
    // Without a length these mean the length 1.
    let element = match element {
        "character" => "bpchar",
        "bit" => "varbit",
        other => other,
    };
    format!("{element}{array}")
}

#[cfg(test)]
mod tests {
    use super::cast_type;

    #[test]
    fn a_cast_never_cuts_a_value() {
        for (spelling, expected) in [
            ("character varying(26)", "character varying"),
            ("character varying(26)[]", "character varying[]"),
            ("character(26)", "bpchar"),
            ("bit(8)", "varbit"),
            ("numeric(10,2)", "numeric"),
            ("timestamp(6) with time zone", "timestamp with time zone"),
            ("jsonb", "jsonb"),
            ("channel_type", "channel_type"),
        ] {
            assert_eq!(cast_type(spelling), expected);
        }
    }
}
