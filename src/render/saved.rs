//! A saved report: the JSON object that a command printed with `--format json`.

use serde_json::{Map, Value};

use super::forwardable::Forwardable;

/// The version of reports that is understood.
const VERSION: u64 = 1;
/// The commands in the order in which a migration runs them.
const ORDER: [&str; 8] =
    ["mysql", "postgres", "copy", "post-migrate", "migrate", "follow", "verify", "cutover"];

/// Why a text is no report.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is not JSON.
    #[error("not JSON")]
    NotJson(#[source] serde_json::Error),
    /// It is JSON of another kind.
    #[error("not a report of this program: no field `{0}`")]
    NotAReport(&'static str),
    /// A newer release wrote it.
    #[error("written by a newer release: version {found}, understood: {VERSION}")]
    Newer {
        /// Its version.
        found: u64,
    },
}

/// What a command printed, without what a file that is forwarded must not contain.
#[derive(Debug, Clone, PartialEq)]
pub struct SavedReport {
    /// The command.
    pub(super) command: String,
    /// Its report; null if it failed.
    pub(super) body: Value,
    /// Its error; null if it worked.
    pub(super) error: Value,
    /// The names of the fields that were left out.
    pub(super) left_out: Vec<String>,
}

impl SavedReport {
    /// Reads the JSON text of a report. Keys of rows, values and passwords are gone from here on.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let read: Result<Value, _> = serde_json::from_str(text.trim_start_matches('\u{feff}'));
        let value = with_fields(read.map_err(Error::NotJson)?);
        let object = value.as_object().ok_or(Error::NotAReport("command"))?;
        let field = |name: &'static str| object.get(name).ok_or(Error::NotAReport(name));
        let version = field("version")?.as_u64().ok_or(Error::NotAReport("version"))?;
        if version > VERSION {
            return Err(Error::Newer { found: version });
        }
        let command = field("command")?.as_str().ok_or(Error::NotAReport("command"))?.to_owned();
        let (body, error) = (object.get("report"), object.get("error"));
        if body.is_none() && error.is_none() {
            return Err(Error::NotAReport("report"));
        }
        let mut forwardable = Forwardable::default();
        let mut keep = |value: Option<&Value>| value.map_or(Value::Null, |it| forwardable.keep(it));
        let (body, error) = (keep(body), keep(error));
        Ok(Self { command, body, error, left_out: forwardable.left_out() })
    }

    /// Its place in the order of a migration.
    pub(super) fn order(&self) -> usize {
        ORDER.iter().position(|it| *it == self.command).unwrap_or(ORDER.len())
    }

    /// As it was printed, except for what was left out.
    pub(super) fn to_json(&self) -> Value {
        let mut object = Map::new();
        object.insert("version".to_owned(), VERSION.into());
        object.insert("command".to_owned(), self.command.clone().into());
        for (name, value) in [("report", &self.body), ("error", &self.error)] {
            if !value.is_null() {
                object.insert(name.to_owned(), value.clone());
            }
        }
        Value::Object(object)
    }
}

/// Turns lists that name their fields once, as a page has them, into lists of objects again.
fn with_fields(value: Value) -> Value {
    match value {
        Value::Object(fields) => match (fields.get("columns"), fields.get("rows")) {
            (Some(Value::Array(columns)), Some(Value::Array(rows))) if fields.len() == 2 => {
                rows.iter().map(|row| entry(columns, row)).collect()
            }
            _ => {
                let fields = fields.into_iter().map(|(name, it)| (name, with_fields(it)));
                Value::Object(fields.collect())
            }
        },
        Value::Array(items) => items.into_iter().map(with_fields).collect(),
        other => other,
    }
}

/// The fields of a row that are not null.
fn entry(columns: &[Value], row: &Value) -> Value {
    let cells = row.as_array().map_or(&[][..], Vec::as_slice);
    let fields =
        columns.iter().filter_map(Value::as_str).zip(cells).filter(|(_, it)| !it.is_null());
    Value::Object(fields.map(|(name, it)| (name.to_owned(), it.clone())).collect())
}

/// A field as text; empty if it is missing.
pub(super) fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// A field as a number; 0 if it is missing.
pub(super) fn number(value: &Value, name: &str) -> u64 {
    value.get(name).and_then(Value::as_u64).unwrap_or_default()
}

/// A field as seconds.
pub(super) fn seconds(value: &Value, name: &str) -> Option<f64> {
    value.get(name).and_then(Value::as_f64)
}

/// A field as a list; empty if it is missing.
pub(super) fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The field at a path.
pub(super) fn at<'a>(value: &'a Value, path: &[&str]) -> &'a Value {
    path.iter().fold(value, |value, name| value.get(*name).unwrap_or(&Value::Null))
}

#[cfg(test)]
mod tests {
    use super::{Error, SavedReport};

    #[test]
    fn other_texts_are_refused_with_a_reason() {
        let refusal = |text: &str| SavedReport::parse(text).expect_err("a refusal").to_string();
        assert_eq!(refusal("LOAD DATABASE"), "not JSON");
        assert_eq!(refusal("[1]"), "not a report of this program: no field `command`");
        assert_eq!(
            refusal("{\"version\": 1, \"command\": \"mysql\"}"),
            "not a report of this program: no field `report`"
        );
        let newer = SavedReport::parse("{\"version\": 2, \"command\": \"mysql\", \"report\": {}}");
        assert!(matches!(newer, Err(Error::Newer { found: 2 })));
    }

    #[test]
    fn a_page_can_be_made_again_from_what_it_contains() {
        let text = r#"{"version": 1, "command": "verify", "report": {"proof": true, "differences": [{"table": "T", "key": [["Id", "k"]]}]}}"#;
        let first = SavedReport::parse(text).expect("a report");
        let again = SavedReport::parse(&first.to_json().to_string()).expect("a report");
        assert_eq!((first.body, first.error), (again.body, again.error));
        assert_eq!(first.left_out, ["key"]);
    }
}
