//! The tables of a plugin, or of the configuration store, which is handled like a plugin.
//!
//! Without a connection, it is unknown which of them the source and the target have. The configuration finds
//! out: it creates missing tables on the target, lets pgloader skip tables that the source lacks, and drops
//! the created tables that stayed empty, unless the source has the table with the plugin's version.

use std::collections::BTreeSet;

use serde::Serialize;

use super::casts::{self, Policy};
use super::template::{Context, Stage, quoted_lines};
use super::{Configuration, EmptyJson, Error, Models, Options, notes};
use crate::convert::RowTimes;
use crate::mattermost::{MIGRATIONS, Product};
use crate::schema::{self, Catalog, Column, Kind};
use crate::secret::Secret;
use crate::sql::Dialect::Postgres;

/// A plugin, its tables on both sides, and the statements that create the target's.
#[derive(Debug, Clone, Copy)]
pub struct Plugin<'a> {
    /// The product; `Mattermost` means its configuration store.
    pub product: Product,
    pub models: Models<'a>,
    /// The statements that create them on the target, with the rows of a new plugin, each with a semicolon.
    pub create: &'a [&'a str],
    /// The replacement for empty text in columns that are JSON on the target.
    pub empty_json: EmptyJson,
    /// The version whose tables these are.
    pub version: &'a str,
    /// All known versions.
    pub versions: &'a [&'a str],
}

/// The plugin's variables of the template.
#[derive(Debug, Serialize)]
pub(super) struct View {
    name: Product,
    version: String,
    versions: Vec<String>,
    version_table: VersionTable,
    /// Every table, as quoted values in lines.
    tables: Vec<String>,
    /// The number of tables.
    count: usize,
    /// Every table, quoted.
    quoted: Vec<String>,
    /// The tables whose rows come from the source only, quoted.
    loaded: Vec<String>,
    /// The tables whose initial rows are replaced by those of the source, quoted.
    seeded: Vec<String>,
    create: String,
    /// Columns that are checked after the load.
    local_times: Vec<LocalTime>,
    foreign_keys: Vec<ForeignKey>,
}

/// The table that has the plugin's version.
#[derive(Debug, Serialize)]
struct VersionTable {
    /// The source's name of it.
    source: &'static str,
    /// The target's name, quoted.
    target: String,
    /// Its columns, quoted, with the types that pgloader gives them.
    columns: Vec<String>,
    /// Its columns as text.
    values: String,
    /// The condition for the rows that have the version.
    condition: &'static str,
}

/// A column with local times, and the column that shows the instant of the row, quoted.
#[derive(Debug, Serialize)]
struct LocalTime {
    table: String,
    column: String,
    reference: String,
}

/// A foreign key in literals of SQL.
#[derive(Debug, Serialize)]
struct ForeignKey {
    child: String,
    name: String,
    definition: String,
    /// The condition for a row that refers to a missing row.
    orphan: String,
}

/// Writes the configuration for the tables of a plugin.
pub fn product(options: &Options<'_>, plugin: Plugin<'_>) -> Result<Configuration, Error> {
    let Models { source, target } = plugin.models;
    // The target's tables have one version, whatever version the source's have.
    let version = plugin.product.version_table();
    let is_loaded = |name: &str| name != version && target.table(name).is_some();
    let policy = Policy { null_characters: options.null_characters, empty_json: plugin.empty_json };
    let casts = casts::derive(source, target, policy, is_loaded);
    let tables = source.tables.keys().map(String::as_str).filter(|name| is_loaded(name));
    // The template explains the purpose of the last two.
    let including: Vec<&str> = tables.chain([MIGRATIONS, version]).collect();
    let seeded: BTreeSet<String> =
        seeded_tables(plugin.create).filter(|name| !name.eq_ignore_ascii_case(version)).collect();
    let names = || target.tables.keys().map(String::as_str);
    let loaded =
        || names().filter(|name| !name.eq_ignore_ascii_case(version) && !seeded.contains(*name));
    let mut context = Context::new(options)?;
    context.stages = vec![Stage::including(&including, &casts)];
    context.tables = quoted_lines(loaded());
    context.product = Some(View {
        name: plugin.product,
        version: plugin.version.to_owned(),
        versions: plugin.versions.iter().map(|&it| quoted_version(it)).collect(),
        version_table: version_table(plugin.product, target).expect("each product has one"),
        tables: quoted_lines(names()),
        count: target.tables.len(),
        quoted: names().map(|name| Postgres.identifier(name)).collect(),
        loaded: loaded().map(|name| Postgres.identifier(name)).collect(),
        seeded: seeded.iter().map(|name| Postgres.identifier(name)).collect(),
        create: plugin.create.concat().trim_end().to_owned(),
        local_times: local_times(source, target, is_loaded),
        foreign_keys: foreign_keys(target),
    });
    let text = context.render(plugin.product.name())?;
    Ok(Configuration { text: Secret::new(text), notes: notes::notes(options) })
}

/// A version as the value of a flag; one with a space is quoted in a way that a literal of SQL may contain.
fn quoted_version(version: &str) -> String {
    if version.contains(' ') { format!("\"{version}\"") } else { version.to_owned() }
}

fn version_table(product: Product, target: &Catalog) -> Option<VersionTable> {
    let source = product.version_table();
    let table = target.table(source)?;
    let column = |it: &Column| {
        let kind =
            if matches!(it.data_type.kind(), Kind::Integer { .. }) { "bigint" } else { "varchar" };
        format!("{} {kind}", Postgres.identifier(&it.name))
    };
    let value = |it: &Column| format!("{}::text", Postgres.identifier(&it.name));
    let columns = table.columns.iter().map(column).collect();
    let values: Vec<String> = table.columns.iter().map(value).collect();
    let condition = match product {
        Product::Playbooks => "skey = 'DatabaseVersion'",
        _ => "true",
    };
    let (target, values) = (Postgres.identifier(&table.name), values.join(", "));
    Some(VersionTable { source, target, columns, values, condition })
}

/// The tables that the statements insert rows into.
fn seeded_tables<'a>(statements: &'a [&str]) -> impl Iterator<Item = String> + 'a {
    let after_insert = statements.iter().flat_map(|sql| sql.split("INSERT INTO ").skip(1));
    after_insert.filter_map(|rest| rest.split_whitespace().next()).map(str::to_lowercase)
}

/// The target's columns of local times, with the instants in the same rows.
fn local_times(
    source: &Catalog,
    target: &Catalog,
    is_loaded: impl Fn(&str) -> bool,
) -> Vec<LocalTime> {
    let mut found = Vec::new();
    for table in source.tables.values().filter(|table| is_loaded(&table.name)) {
        let Some(other) = target.table(&table.name) else { continue };
        let [reference, _] = RowTimes::places_in(table);
        let Some(reference) = reference.map(|place| &table.columns[place].name) else { continue };
        let is_local = |kind: &Kind| matches!(kind, Kind::Timestamp { time_zone: false });
        for column in table.columns.iter().filter(|it| is_local(it.data_type.kind())) {
            let names = [&column.name, reference].map(|name| other.column(name));
            let [Some(column), Some(reference)] = names else { continue };
            let [table, column, reference] =
                [&other.name, &column.name, &reference.name].map(|name| Postgres.identifier(name));
            found.push(LocalTime { table, column, reference });
        }
    }
    found
}

fn foreign_keys(target: &Catalog) -> Vec<ForeignKey> {
    let of_tables = target
        .tables
        .values()
        .flat_map(|table| table.foreign_keys.values().map(|key| (table.name.as_str(), key)));
    of_tables.map(|(child, key)| ForeignKey::new(child, key)).collect()
}

impl ForeignKey {
    fn new(child: &str, key: &schema::ForeignKey) -> Self {
        let parent = Postgres.identifier(&key.referenced_table);
        let [columns, referenced] = [&key.columns, &key.referenced_columns];
        let cascade = if key.cascades { " ON DELETE CASCADE" } else { "" };
        let definition = format!(
            "FOREIGN KEY ({}) REFERENCES {parent} ({}){cascade}",
            Postgres.identifiers(columns),
            Postgres.identifiers(referenced)
        );
        let given = Postgres.identifiers(columns);
        let wanted = Postgres.identifiers(referenced);
        let orphan =
            format!("({given}) IS NOT NULL AND ({given}) NOT IN (SELECT {wanted} FROM {parent})");
        let [child, name, definition, orphan] =
            [child, &key.name, &definition, &orphan].map(|text| Postgres.literal(text));
        Self { child, name, definition, orphan }
    }
}

#[cfg(test)]
mod tests {
    use super::{foreign_keys, seeded_tables};
    use crate::ddl;
    use crate::sql::Dialect;

    #[test]
    fn rows_of_a_new_plugin_are_found_in_its_statements() {
        let sql = [
            "CREATE TABLE a (i int);\nINSERT INTO a (i) VALUES\n (1);",
            "INSERT INTO b VALUES (2);",
        ];
        assert_eq!(seeded_tables(&sql).collect::<Vec<_>>(), ["a", "b"]);
    }

    #[test]
    fn a_key_knows_its_orphans() {
        let sql = "CREATE TABLE run (id int PRIMARY KEY);
                   CREATE TABLE post (run int REFERENCES run (id) ON DELETE CASCADE);";
        let catalog = ddl::read(Dialect::Postgres, sql).expect("DDL");
        let keys = foreign_keys(&catalog);
        assert_eq!(
            keys[0].definition,
            r#"'FOREIGN KEY ("run") REFERENCES "run" ("id") ON DELETE CASCADE'"#
        );
        let orphan = r#"'("run") IS NOT NULL AND ("run") NOT IN (SELECT "id" FROM "run")'"#;
        assert_eq!(keys[0].orphan, orphan);
    }
}
