//! The applied-migrations document, which transfers a source's set of migrations to the target.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::MigrationSet;
use crate::digest::sha256_hex;

/// The document that `mysql` writes and `postgres --applied-migrations` reads, as JSON.
///
/// A file with only `applied_migrations`, as the Go tool writes it, is a document too.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Document {
    /// The numbers in the source's `db_migrations`.
    pub applied_migrations: MigrationSet,
    /// The releases with exactly this set, as ranges: `10.10.0 to 10.11.5, 10.12.0`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release: Option<String>,
    /// The source server's flavour and version, such as `MariaDB 10.11.6`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// The products found in the source, with the version of each one's schema.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub products: BTreeMap<String, String>,
    /// SHA-256 of the document without this field, in lower-case hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
}

/// Why a text is not an applied-migrations document.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// It is empty.
    #[error("the document is empty")]
    Empty,
    /// The end of the JSON is missing.
    #[error("the document is cut short")]
    Truncated,
    /// It is not JSON, or not of this form.
    #[error("the file is not an applied-migrations document")]
    Foreign(#[source] serde_json::Error),
    /// JSON that lists no migrations.
    #[error("the document lists no applied migrations")]
    NoMigrations,
    /// The digest does not match.
    #[error("the document was changed after it was written: its digest does not match")]
    Edited,
}

impl Document {
    /// A document of these migrations, without further fields.
    #[must_use]
    pub fn new(applied_migrations: MigrationSet) -> Self {
        Self { applied_migrations, ..Self::default() }
    }

    /// Reads a document of this tool or of the Go tool.
    pub fn parse(text: &str) -> Result<Self, DocumentError> {
        if text.trim().is_empty() {
            return Err(DocumentError::Empty);
        }
        let mut value: Value = serde_json::from_str(text).map_err(|error| {
            if error.is_eof() { DocumentError::Truncated } else { DocumentError::Foreign(error) }
        })?;
        let document = Self::deserialize(&value).map_err(DocumentError::Foreign)?;
        if document.applied_migrations.is_empty() {
            return Err(DocumentError::NoMigrations);
        }
        // The digest covers all fields, including those that a later version may add.
        let fields = value.as_object_mut();
        let digest = fields.and_then(|fields| fields.shift_remove("digest"));
        let is_whole = match digest.as_ref().and_then(Value::as_str) {
            Some(digest) => digest == digest_of(&value),
            // The Go tool's document has no digest and no other fields.
            None => document == Self::new(document.applied_migrations.clone()),
        };
        if is_whole { Ok(document) } else { Err(DocumentError::Edited) }
    }

    /// The document with its digest, one field per line, with a newline at the end.
    #[must_use]
    pub fn render(&self) -> String {
        let unsealed = Self { digest: None, ..self.clone() };
        let mut value = serde_json::to_value(&unsealed).expect("a document has only plain values");
        let digest = digest_of(&value);
        let fields = value.as_object_mut().expect("a document is an object");
        fields.insert("digest".to_owned(), digest.into());
        let lines = fields.iter().map(|(name, value)| format!("  \"{name}\": {value}"));
        format!("{{\n{}\n}}\n", lines.collect::<Vec<_>>().join(",\n"))
    }
}

/// SHA-256 of the fields in order, without whitespace between them.
fn digest_of(unsealed: &Value) -> String {
    sha256_hex(unsealed.to_string())
}

#[cfg(test)]
mod tests {
    use super::{Document, DocumentError};

    fn document() -> Document {
        Document {
            applied_migrations: [1, 2, 92].into_iter().collect(),
            release: Some("7.3.0".to_owned()),
            server: Some("MariaDB 10.11.6".to_owned()),
            products: [("boards".to_owned(), "40".to_owned())].into(),
            ..Document::default()
        }
    }

    #[test]
    fn reads_what_it_prints() {
        let text = document().render();
        let read = Document::parse(&text).expect("our own document");
        assert_eq!(read.applied_migrations, document().applied_migrations);
        assert_eq!(read.release.as_deref(), Some("7.3.0"));
        assert_eq!(read.products, document().products);
    }

    #[test]
    fn reads_the_go_tool_s_bare_form() {
        let read = Document::parse(r#"{"applied_migrations":[1,2,3]}"#).expect("a document");
        assert_eq!(read.applied_migrations.to_string(), "1-3");
    }

    #[test]
    fn refuses_what_is_empty_cut_short_edited_or_foreign() {
        let text = document().render();
        let refuse = |text: &str| Document::parse(text).expect_err("refused");
        assert!(matches!(refuse(" \n"), DocumentError::Empty));
        assert!(matches!(refuse(&text[..text.len() / 2]), DocumentError::Truncated));
        for (from, to) in [
            ("7.3.0", "7.4.0"),
            ("92]", "93]"),
            ("\"boards\":\"40\"", "\"boards\":\"41\""),
            ("{\n", "{\n  \"note\": 1,\n"),
        ] {
            let edited = text.replacen(from, to, 1);
            assert_ne!(edited, text);
            assert!(matches!(refuse(&edited), DocumentError::Edited), "{edited}");
        }
        let (before, _) = text.split_once(",\n  \"digest\"").expect("a digest at the end");
        assert!(matches!(refuse(&format!("{before}}}")), DocumentError::Edited));
        assert!(matches!(refuse("1\n2\n"), DocumentError::Foreign(_)));
        assert!(matches!(refuse(r#"{"name":"x"}"#), DocumentError::NoMigrations));
    }
}
