//! Configurations for pgloader, rendered from templates without a connection.
//!
//! pgloader only moves rows. The target's tables are those of the migrations; no schema is renamed, and no
//! role, database or constraint is altered.

mod casts;
mod error;
mod excluded;
mod notes;
mod options;
mod product;
#[cfg(test)]
mod rendered;
mod server;
mod stages;
mod template;
mod uri;

use std::collections::BTreeSet;

use crate::mattermost::SYSTEMS_ON_POSTGRES;
use crate::schema::{Catalog, Table};
use crate::secret::Secret;
use crate::sql::Dialect;

pub use error::Error;
pub use notes::{Certificates, Note, Trusted};
pub use options::{EmptyJson, ExistingRows, Memory, NullCharacters, Options, Passwords};
pub use product::{Plugin, product};
pub use server::{Host, Server, Tls};
pub use uri::Part;

use casts::Policy;
use template::{Context, Stage, quoted_lines};

/// The tables to load, on both sides.
#[derive(Debug, Clone, Copy)]
pub struct Models<'a> {
    pub source: &'a Catalog,
    pub target: &'a Catalog,
}

/// A configuration for pgloader, with notes for its user.
#[derive(Debug, Clone)]
pub struct Configuration {
    /// The file. It may contain both passwords.
    pub text: Secret,
    /// What to do with it, in order.
    pub notes: Vec<Note>,
}

impl<'a> Models<'a> {
    /// The source's tables that the target has too.
    fn tables(self) -> impl Iterator<Item = &'a Table> {
        let target = self.target;
        self.source.tables.values().filter(|table| target.table(&table.name).is_some())
    }
}

/// The full-text indexes on columns whose documents can be too long for a text search vector. They are
/// dropped before the load; the Go tool's `post-migrate` builds these two again and no others, and either
/// tool may follow.
const RESTORED_BY_THE_GO_TOOL: [&str; 2] = ["idx_posts_message_txt", "idx_fileinfo_content_txt"];

/// Writes the configuration for Mattermost's own tables.
///
/// `others` are the source's tables of every other product and of the configuration store: they are excluded
/// by name, so that pgloader reports every unknown table.
pub fn core(
    options: &Options<'_>,
    models: Models<'_>,
    others: &[&Catalog],
) -> Result<Configuration, Error> {
    let policy = Policy { null_characters: options.null_characters, empty_json: EmptyJson::Object };
    let is_core = |name: &str| models.tables().any(|table| table.name.eq_ignore_ascii_case(name));
    let parts = stages::order(models.target, is_core);
    let (last, first) = parts.split_last().expect("there is a last part at least");
    let mut excluded = excluded::tables(others);
    let mut stages = Vec::new();
    for part in first {
        let is_here = |name: &str| part.iter().any(|table| table.eq_ignore_ascii_case(name));
        let here: Vec<&str> =
            models.tables().map(|table| &*table.name).filter(|name| is_here(name)).collect();
        excluded.extend(here.iter().map(ToString::to_string));
        let casts = casts::derive(models.source, models.target, policy, is_here);
        stages.push(Stage::including(&here, &casts));
    }
    let is_last = |name: &str| last.iter().any(|table| table.eq_ignore_ascii_case(name));
    let casts = casts::derive(models.source, models.target, policy, is_last);
    stages.push(Stage::excluding(&excluded, &casts));

    let of_target: BTreeSet<String> =
        models.tables().map(|table| table.name.to_lowercase()).collect();
    let without_seeds =
        of_target.iter().map(String::as_str).filter(|name| *name != SYSTEMS_ON_POSTGRES);
    let full_text =
        models.target.indexes().filter(|it| RESTORED_BY_THE_GO_TOOL.contains(&it.name.as_str()));
    let mut context = Context::new(options)?;
    context.stages = stages;
    context.tables = quoted_lines(without_seeds);
    context.full_text_indexes =
        full_text.map(|index| Dialect::Postgres.qualified(options.schema, &index.name)).collect();
    let mut notes = notes::notes(options);
    // Those of plugins are loaded after this one.
    notes.push(Note::RefusedRows);
    Ok(Configuration { text: Secret::new(context.render("core")?), notes })
}
