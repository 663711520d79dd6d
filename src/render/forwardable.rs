//! What a file that is forwarded may contain: no keys of rows, no values of cells, no passwords, no addresses.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Map, Value};

/// Fields whose texts are names, words of this program, or messages without values. A text in any other field
/// is left out, so that a field that a later release adds cannot leak.
const TEXTS: [&str; 69] = [
    "action",
    "at",
    "built",
    "causes",
    "code",
    "column",
    "columns_left_out",
    "command",
    "commands",
    "condition",
    "configuration",
    "consistency",
    "created",
    "database",
    "downtime",
    "effect",
    "exception",
    "failed",
    "fate",
    "finished_at",
    "fix",
    "frozen_at",
    "hint",
    "id",
    "index",
    "kind",
    "left_out",
    "left_to_post_migrate",
    "message",
    "mode",
    "name",
    "need",
    "next",
    "not_counted",
    "notes",
    "obstacles",
    "outcome",
    "path",
    "phase",
    "position",
    "product",
    "products",
    "quarantine",
    "reason",
    "refreshed",
    "release",
    "rule",
    "rules",
    "schema",
    "server",
    "setting",
    "severity",
    "source",
    "source_changed",
    "source_match",
    "sqlstate",
    "started_at",
    "state",
    "status",
    "table",
    "tables",
    "tables_with_rows",
    "target",
    "time_zone",
    "title",
    "unknown_tables",
    "verdict",
    "version",
    "what",
];
/// Lists of rows that are left out whole, whatever they contain.
const ROWS: [&str; 4] = ["key", "keys", "samples", "values"];

/// A user and password in a URL, and in a DSN of Go's driver.
static PASSWORD: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?P<scheme>\b[A-Za-z][A-Za-z0-9+.-]*://)[^\s/@]*@|\S+:\S*@(?P<go>(?:tcp|unix)?\()")
        .expect("a sound pattern")
});
/// A key behind these words, in backticks or quotes.
static KEY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?P<words>\b(?:at|of) key )(?:`[^`]*`(?:, )?)+").expect("a sound pattern")
});
/// What looks like an id of Mattermost: 26 characters, at least one of them a digit.
static ID: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\b[a-z0-9]{26}\b").expect("a sound pattern"));

/// Copies values and remembers which fields it left out.
#[derive(Debug, Default)]
pub(super) struct Forwardable {
    left_out: BTreeSet<String>,
}

impl Forwardable {
    /// The names of the fields that were left out, sorted.
    pub(super) fn left_out(self) -> Vec<String> {
        self.left_out.into_iter().collect()
    }

    /// A copy of a report or an error that can be forwarded.
    pub(super) fn keep(&mut self, value: &Value) -> Value {
        self.object_or_list("", value).unwrap_or(Value::Null)
    }

    fn object_or_list(&mut self, name: &str, value: &Value) -> Option<Value> {
        match value {
            Value::Object(fields) => Some(Value::Object(self.fields(name, fields))),
            Value::Array(items) => {
                let items = items.iter().filter_map(|item| self.object_or_list(name, item));
                Some(Value::Array(items.collect()))
            }
            Value::String(text) if is_text(name) => Some(Value::String(without_secrets(text))),
            Value::String(text) if text.is_empty() => Some(value.clone()),
            Value::String(_) => {
                self.left_out.insert(name.to_owned());
                None
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => Some(value.clone()),
        }
    }

    fn fields(&mut self, parent: &str, fields: &Map<String, Value>) -> Map<String, Value> {
        let mut kept = Map::new();
        // The statement of a finding names the key of a row; that of a missing privilege does not.
        let is_finding = fields.contains_key("severity");
        // Its fields are named after products.
        let is_map = parent == "products";
        for (name, value) in fields {
            if ROWS.contains(&name.as_str()) {
                self.left_out.insert(name.clone());
            } else if name == "statement" && !is_finding {
                if let Value::String(text) = value {
                    kept.insert(name.clone(), Value::String(without_secrets(text)));
                }
            } else if let Some(value) =
                self.object_or_list(if is_map { parent } else { name }, value)
            {
                kept.insert(name.clone(), value);
            }
        }
        kept
    }
}

fn is_text(name: &str) -> bool {
    TEXTS.binary_search(&name).is_ok()
}

fn without_secrets(text: &str) -> String {
    let text = PASSWORD.replace_all(text, "${scheme}…@${go}");
    let text = KEY.replace_all(&text, "${words}…");
    let id = |found: &regex::Captures| {
        if found[0].contains(|it: char| it.is_ascii_digit()) {
            "…".to_owned()
        } else {
            found[0].to_owned()
        }
    };
    ID.replace_all(&text, id).into_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Forwardable, TEXTS, without_secrets};

    #[test]
    fn the_names_are_sorted() {
        assert!(TEXTS.is_sorted());
    }

    #[test]
    fn keys_values_and_unknown_texts_are_left_out() {
        let report = json!({
            "findings": [{"id": "too-long", "severity": "blocks", "table": "Posts", "count": 2,
                "keys": [["y1kq8mfjwpnz3hb9xtgr5cdeoa"]], "statement": "UPDATE `Posts` …", "message": "too long"}],
            "missing_privileges": [{"need": "schema", "statement": "GRANT USAGE ON SCHEMA x TO y;"}],
            "differences": [{"table": "Posts", "key": [["Id", "k"]], "columns": [{"column": "Props", "expected": "secret", "found": "other"}]}],
            "address": "10.0.0.7:3306",
            "something_new": "secret",
            "rows": 7,
        });
        let mut forwardable = Forwardable::default();
        let kept = forwardable.keep(&report);
        insta::assert_json_snapshot!(kept, @r#"
        {
          "findings": [
            {
              "id": "too-long",
              "severity": "blocks",
              "table": "Posts",
              "count": 2,
              "message": "too long"
            }
          ],
          "missing_privileges": [
            {
              "need": "schema",
              "statement": "GRANT USAGE ON SCHEMA x TO y;"
            }
          ],
          "differences": [
            {
              "table": "Posts",
              "columns": [
                {
                  "column": "Props"
                }
              ]
            }
          ],
          "rows": 7
        }
        "#);
        assert_eq!(
            forwardable.left_out(),
            ["address", "expected", "found", "key", "keys", "something_new", "statement"]
        );
    }

    #[test]
    fn messages_show_no_password_and_no_key() {
        for (text, shown) in [
            (
                "cannot reach postgres://mm:secret@db:5432/mm",
                "cannot reach postgres://…@db:5432/mm",
            ),
            ("run `copy 'mm:se:cret@tcp(db:3306)/mm'`", "run `copy …@tcp(db:3306)/mm'`"),
            ("too long at key `a b`, `c`", "too long at key …"),
            ("row y1kq8mfjwpnz3hb9xtgr5cdeoa", "row …"),
            ("table accesscontrolpolicyhistory", "table accesscontrolpolicyhistory"),
        ] {
            assert_eq!(without_secrets(text), shown);
        }
    }
}
