//! Which settings of a configuration were changed by others; pure.

use serde_json::Value;

/// How many settings are named.
const NAMED: usize = 20;

/// The paths of the settings that differ between two texts of a configuration, without their values; the whole
/// text, if one cannot be read.
#[must_use]
pub fn changed_settings(before: &str, after: &str) -> Vec<String> {
    let read = |text: &str| serde_json::from_str::<Value>(text).ok();
    let mut changed = Vec::new();
    match (read(before), read(after)) {
        (Some(before), Some(after)) => compare("", &before, &after, &mut changed),
        _ if before != after => changed.push("the whole text".to_owned()),
        _ => {}
    }
    if changed.len() > NAMED {
        let others = changed.len() - NAMED;
        changed.truncate(NAMED);
        changed.push(format!("and {others} more"));
    }
    changed
}

fn compare(path: &str, before: &Value, after: &Value, changed: &mut Vec<String>) {
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => {
            let added = after.keys().filter(|name| !before.contains_key(*name));
            for name in before.keys().chain(added) {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                let value = |of: &serde_json::Map<String, Value>| of.get(name).cloned();
                match (value(before), value(after)) {
                    (Some(before), Some(after)) => compare(&path, &before, &after, changed),
                    _ => changed.push(path),
                }
            }
        }
        _ if before != after => changed.push(path.to_owned()),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::changed_settings;

    #[test]
    fn settings_are_named_by_path_and_without_values() {
        let before = r#"{"A": {"b": 1, "c": [1]}, "D": "secret"}"#;
        assert!(changed_settings(before, before).is_empty());
        let after = r#"{"A": {"b": 2, "c": [1], "e": null}}"#;
        assert_eq!(changed_settings(before, after), ["A.b", "A.e", "D"]);
        assert_eq!(changed_settings(before, "{"), ["the whole text"]);
        let many: Vec<String> = (0..31).map(|number| format!("\"s{number:02}\": 1")).collect();
        let changed = changed_settings("{}", &format!("{{{}}}", many.join(", ")));
        assert_eq!((changed.len(), changed.last().unwrap().as_str()), (21, "and 11 more"));
    }
}
