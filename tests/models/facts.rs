//! The facts under `testdata/facts`: catalogs of real servers, per migration.

use std::collections::BTreeMap;
use std::fs;

use migration_assist::release::MigrationSet;
use serde_json::{Map, Value, json};

/// What each migration of one side does to the catalog.
pub struct Facts {
    lines: Vec<Value>,
}

impl Facts {
    /// Reads the facts of `mysql` or `postgres`.
    pub fn read(side: &str) -> Self {
        let text = read(&format!("{side}/migrations.jsonl"));
        let lines = text.lines().map(|line| serde_json::from_str(line).expect("a fact")).collect();
        Self { lines }
    }

    /// The catalog that the migrations of a set leave, by replaying what each of them does.
    pub fn catalog(&self, set: &MigrationSet) -> Value {
        let mut catalog = json!(
            {"tables": {}, "indexes": {}, "constraints": {}, "enums": {}, "views": {}}
        );
        for line in &self.lines {
            let number = line["version"].as_u64().expect("a number");
            if set.contains(u32::try_from(number).expect("a small number")) {
                for change in line["changes"].as_array().expect("changes") {
                    replay(&mut catalog, change);
                }
            }
        }
        catalog
    }

    /// The exact names of the side's migrations.
    pub fn names(&self) -> BTreeMap<u32, &str> {
        let row = |line| -> (u32, &str) {
            let line: &Value = line;
            let number = line["version"].as_u64().expect("a number");
            (u32::try_from(number).expect("a small number"), line["name"].as_str().expect("a name"))
        };
        self.lines.iter().map(row).collect()
    }
}

/// The catalog of a plugin on one side.
pub fn plugin(file: &str, side: &str) -> Value {
    serde_json::from_str(&read(&format!("plugins/{file}.{side}.json"))).expect("a fact")
}

fn read(path: &str) -> String {
    let path = format!("{}/testdata/facts/{path}", env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn replay(catalog: &mut Value, change: &Value) {
    let path = change["path"].as_array().expect("a path");
    let (last, parents) = path.split_last().expect("a path of some length");
    let parent = parents.iter().fold(catalog, |place, part| {
        object_mut(place).entry(part.as_str().expect("a name")).or_insert_with(|| json!({}))
    });
    let name = last.as_str().expect("a name").to_owned();
    match change["op"].as_str() {
        Some("add") => drop(object_mut(parent).insert(name, change["value"].clone())),
        Some("change") => object_mut(parent)[&name] = change["to"].clone(),
        Some("drop") => drop(object_mut(parent).shift_remove(&name)),
        other => panic!("unknown operation {other:?}"),
    }
}

/// A fact's columns, a line each, by table.
pub fn columns(catalog: &Value) -> BTreeMap<String, Vec<String>> {
    let line = |(name, column): (&String, &Value)| {
        let text = |key: &str| column[key].as_str();
        let not_null = column["not_null"].as_bool().expect("a truth");
        column_line(name, text("type").expect("a type"), not_null, text("default"))
    };
    object(&catalog["tables"])
        .iter()
        .map(|(name, table)| (name.clone(), object(&table["columns"]).iter().map(line).collect()))
        .collect()
}

/// What a column is, in a line.
pub fn column_line(name: &str, data_type: &str, not_null: bool, default: Option<&str>) -> String {
    let not_null = if not_null { " not null" } else { "" };
    let default = default.map_or_else(String::new, |default| format!(" default {default}"));
    format!("{name} {data_type}{not_null}{default}")
}

/// The indexes of a MySQL table as lists of `[name, columns, unique, method]`.
pub fn mysql_indexes(catalog: &Value, table: &str) -> Value {
    let mut indexes: Vec<(&String, Value)> = object(&catalog["tables"][table]["indexes"])
        .iter()
        .map(|(name, index)| {
            let method = index["type"].as_str().expect("a type").to_lowercase();
            (name, json!([name, index["columns"], index["unique"], method]))
        })
        .collect();
    indexes.sort_by(|a, b| a.0.cmp(b.0));
    Value::Array(indexes.into_iter().map(|(_, index)| index).collect())
}

/// A JSON object.
pub fn object(value: &Value) -> &Map<String, Value> {
    value.as_object().expect("an object")
}

fn object_mut(value: &mut Value) -> &mut Map<String, Value> {
    value.as_object_mut().expect("an object")
}
