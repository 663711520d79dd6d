//! The templates and their variables.

use std::collections::BTreeSet;

use serde::Serialize;
use tera::Tera;

use super::casts::Rule;
use super::product;
use super::uri::Scheme;
use super::{Error, ExistingRows, Memory, Options};
use crate::time_zone::TimeZone;

/// Every template by its name; what `product` renders has the product's.
const TEMPLATES: [(&str, &str); 10] = [
    ("head", include_str!("../../templates/head.tera")),
    ("load", include_str!("../../templates/load.tera")),
    ("existing_rows", include_str!("../../templates/existing_rows.tera")),
    ("product", include_str!("../../templates/product.tera")),
    ("core", include_str!("../../templates/core.load.tera")),
    ("mattermost", include_str!("../../templates/configuration.load.tera")),
    ("boards", include_str!("../../templates/boards.load.tera")),
    ("playbooks", include_str!("../../templates/playbooks.load.tera")),
    ("calls", include_str!("../../templates/calls.load.tera")),
    ("user-survey", include_str!("../../templates/user-survey.load.tera")),
];

/// The variables of every template.
#[derive(Debug, Serialize)]
pub(super) struct Context {
    version: &'static str,
    /// Whether pgloader would find a tag of its template language in the file.
    mustache: bool,
    source: String,
    target: String,
    source_schema: String,
    schema: String,
    /// The time zone of local times, as PostgreSQL reads it, and as the user wrote it.
    postgres_time_zone: String,
    time_zone: String,
    memory: Memory,
    delete_existing_rows: bool,
    pub(super) stages: Vec<Stage>,
    /// The target's tables that are loaded, quoted, in lines.
    pub(super) tables: Vec<String>,
    /// The target's full-text indexes, qualified.
    pub(super) full_text_indexes: Vec<String>,
    /// Variables of plugins only.
    pub(super) product: Option<product::View>,
}

/// One `LOAD DATABASE` command; names are quoted, in lines.
#[derive(Debug, Serialize)]
pub(super) struct Stage {
    including: Vec<String>,
    excluding: Vec<String>,
    casts: Vec<String>,
}

impl Stage {
    /// Loads these tables.
    pub(super) fn including(tables: &[&str], casts: &[Rule]) -> Self {
        let including = quoted_lines(tables.iter().copied());
        Self { including, excluding: Vec::new(), casts: lines(casts) }
    }

    /// Loads all tables except these.
    pub(super) fn excluding(tables: &BTreeSet<String>, casts: &[Rule]) -> Self {
        let excluding = quoted_lines(tables.iter().map(String::as_str));
        Self { including: Vec::new(), excluding, casts: lines(casts) }
    }
}

fn lines(casts: &[Rule]) -> Vec<String> {
    casts.iter().map(ToString::to_string).collect()
}

impl Context {
    /// A context without tables.
    pub(super) fn new(options: &Options<'_>) -> Result<Self, Error> {
        options.check()?;
        let source = options.source.uri(Scheme::MySql, options.passwords)?;
        let target = options.target.uri(Scheme::Postgres, options.passwords)?;
        Ok(Self {
            version: env!("CARGO_PKG_VERSION"),
            mustache: source.contains("{{") || target.contains("{{"),
            source,
            target,
            source_schema: options.source.database.to_owned(),
            schema: options.schema.to_owned(),
            postgres_time_zone: options
                .time_zone
                .map_or("UTC".to_owned(), TimeZone::postgres_setting),
            time_zone: options.time_zone.map_or("UTC", TimeZone::name).to_owned(),
            memory: options.memory,
            delete_existing_rows: options.existing_rows == ExistingRows::Deleted,
            stages: Vec::new(),
            tables: Vec::new(),
            full_text_indexes: Vec::new(),
            product: None,
        })
    }

    /// Renders the template of that name.
    pub(super) fn render(&self, template: &str) -> Result<String, Error> {
        let mut tera = Tera::new();
        tera.autoescape_on(Vec::<&str>::new());
        tera.add_raw_templates(TEMPLATES)?;
        Ok(tera.render(template, &tera::Context::from_serialize(self)?)?)
    }
}

/// Names in single quotes, as many in a line as fit.
pub(super) fn quoted_lines<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    const WIDTH: usize = 90;
    let mut lines: Vec<String> = Vec::new();
    for name in names {
        let quoted = format!("'{name}'");
        match lines.last_mut() {
            Some(line) if line.len() + quoted.len() + 2 <= WIDTH => {
                line.push_str(", ");
                line.push_str(&quoted);
            }
            _ => lines.push(quoted),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::quoted_lines;

    #[test]
    fn names_share_a_line_as_long_as_they_fit() {
        assert_eq!(quoted_lines(["a", "b"]), ["'a', 'b'"]);
        let long = "x".repeat(60);
        assert_eq!(quoted_lines([&*long, &*long]).len(), 2);
    }
}
