//! The JSON Schemas in `docs/schemas`, against which the JSON of every run is checked.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::{Arc, LazyLock, Mutex};

use jsonschema::Validator;
use serde_json::Value;

/// The schemas that were read, by command.
static VALIDATORS: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);

/// Fails the test unless the object is as the schema of that name describes it, without other fields.
#[track_caller]
pub fn check(name: &str, value: &Value) {
    let validator = Arc::clone(
        VALIDATORS.lock().expect("no panic").entry(name.to_owned()).or_insert_with(|| read(name)),
    );
    let errors: Vec<String> =
        validator.iter_errors(value).map(|it| format!("{}: {it}", it.instance_path)).collect();
    assert!(errors.is_empty(), "docs/schemas/{name}.json: {}\n{value:#}", errors.join("\n"));
}

fn read(name: &str) -> Arc<Validator> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schemas");
    let path = folder.join(format!("{name}.json"));
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut schema: Value = serde_json::from_str(&text).expect("JSON");
    let mut extended = BTreeSet::new();
    find_extended(&schema, &mut extended);
    close(&mut schema, &extended, false);
    Arc::new(jsonschema::validator_for(&schema).expect("a sound schema"))
}

/// Finds the definitions to which a schema that refers to them adds fields of its own.
fn find_extended(schema: &Value, extended: &mut BTreeSet<String>) {
    match schema {
        Value::Array(items) => items.iter().for_each(|it| find_extended(it, extended)),
        Value::Object(fields) => {
            let target = fields.get("$ref").and_then(Value::as_str);
            let name = target.and_then(|it| it.strip_prefix("#/$defs/"));
            extended.extend(name.filter(|_| fields.contains_key("properties")).map(str::to_owned));
            fields.values().for_each(|it| find_extended(it, extended));
        }
        _ => {}
    }
}

/// Allows no field that a schema does not name; a part of a schema leaves this to the whole.
fn close(schema: &mut Value, extended: &BTreeSet<String>, is_part: bool) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(|it| close(it, extended, is_part)),
        Value::Object(fields) => {
            let has_fields = fields.contains_key("properties");
            let is_open = fields.get("additionalProperties").is_some();
            if has_fields && !is_open && !is_part {
                fields.insert("unevaluatedProperties".to_owned(), false.into());
            }
            for (name, value) in fields.iter_mut() {
                let combines = ["anyOf", "oneOf", "allOf"].contains(&name.as_str());
                if name == "properties" || name == "$defs" {
                    let is_part = |it: &str| name == "$defs" && extended.contains(it);
                    let fields = value.as_object_mut().expect("schemas by name");
                    fields.iter_mut().for_each(|(it, value)| close(value, extended, is_part(it)));
                } else if name != "enum" && name != "required" && name != "const" {
                    close(value, extended, combines && (has_fields || is_part));
                }
            }
        }
        _ => {}
    }
}
