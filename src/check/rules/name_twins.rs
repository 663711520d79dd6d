//! Names that differ only by case or normal form, and who looks names up.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};

use super::names::fold;
use crate::check::finding::{counted, verb};
use crate::check::known::NAMES;
use crate::check::scan::{cell, key, key_expressions};
use crate::check::{CheckOptions, Finding, Key, Rule, Severity};
use crate::mysql::{Connection, Error, Row};
use crate::schema::{Catalog, Table};
use crate::sql::Dialect;

/// A name of a table, and the column within whose values it is unique.
struct Names<'a> {
    table: &'a Table,
    name: &'a str,
    scope: Option<&'a str>,
}

/// The names that fold to one.
#[derive(Default)]
struct Family {
    names: u64,
    keys: Vec<Key>,
}

/// A finding for each column of names of which some differ only by case or normal form.
///
/// `suspects` are the findings on names so far: a column where every name is in lower case and in
/// normal form C has no twins.
pub async fn name_twins(
    connection: &mut Connection,
    source: &Catalog,
    suspects: &[Finding],
    options: CheckOptions,
) -> Result<Vec<Finding>, Error> {
    let mut findings = Vec::new();
    for (table, name, scope) in NAMES {
        let is_suspect = suspects.iter().any(|finding| {
            matches!(finding.id, Rule::NameCase | Rule::NameForm)
                && finding.place().eq_ignore_ascii_case(&format!("{table}.{name}"))
        });
        let Some(table) = source.table(table).filter(|_| is_suspect) else { continue };
        let Some(column) = table.column(name) else { continue };
        let scope = scope.and_then(|scope| table.column(scope)).map(|scope| scope.name.as_str());
        let names = Names { table, name: &column.name, scope };
        findings.extend(twins_of(connection, &names, options).await?);
    }
    Ok(findings)
}

async fn twins_of(
    connection: &mut Connection,
    names: &Names<'_>,
    options: CheckOptions,
) -> Result<Option<Finding>, Error> {
    let hasher = RandomState::new();
    let hash = |row: &Row, place| {
        let text = |place| cell(row, place).map(String::from_utf8_lossy).unwrap_or_default();
        hasher.hash_one((text(place), fold(&text(place + 1))))
    };
    let width = names.table.primary_key().len();
    // Only what is not plain can be somebody's twin, so that only its families are remembered.
    let mut families: HashMap<u64, Family> = HashMap::new();
    let mut rows = connection.stream(&names.sql(Some(&names.is_not_plain()))).await?;
    while let Some(row) = rows.next().await? {
        families.insert(hash(&row, width), Family::default());
    }
    drop(rows);
    let mut rows = connection.stream(&names.sql(None)).await?;
    while let Some(row) = rows.next().await? {
        if let Some(family) = families.get_mut(&hash(&row, width)) {
            family.names += 1;
            if family.keys.len() < options.keys {
                family.keys.push(key(&row, width));
            }
        }
    }
    drop(rows);
    families.retain(|_, family| family.names > 1);
    Ok((!families.is_empty()).then(|| names.finding(families.into_values(), options)))
}

impl Names<'_> {
    /// Selects key, scope and name.
    fn sql(&self, condition: Option<&str>) -> String {
        let mut outputs = key_expressions(self.table);
        outputs.push(self.scope.map_or("NULL".to_owned(), |it| Dialect::MySql.identifier(it)));
        outputs.push(Dialect::MySql.identifier(self.name));
        let table = Dialect::MySql.identifier(&self.table.name);
        let filter = condition.map(|sql| format!(" WHERE {sql}")).unwrap_or_default();
        format!("SELECT {} FROM {table}{filter}", outputs.join(", "))
    }

    fn is_not_plain(&self) -> String {
        let name = Dialect::MySql.identifier(self.name);
        format!(
            "LENGTH({name}) <> CHAR_LENGTH({name}) \
             OR CAST({name} AS BINARY) <> CAST(LOWER({name}) AS BINARY)"
        )
    }

    fn finding(&self, families: impl Iterator<Item = Family>, options: CheckOptions) -> Finding {
        let (mut count, mut keys) = (0, Vec::new());
        for family in families {
            count += family.names;
            keys.extend(family.keys);
        }
        keys.sort();
        keys.truncate(options.keys);
        let message = format!(
            "{} {} from another only by case or normal form",
            counted(count, "name"),
            verb(count, "differs", "differ"),
        );
        let mut finding = Finding::new(Rule::NameTwins, Severity::Note, message)
            .at(&self.table.name, Some(self.name))
            .count(count)
            .action("the copy takes them as they are; PostgreSQL tells them apart");
        finding.keys = keys;
        finding
    }
}

/// How many webhooks and commands look a channel, a team or a user up by its name, and so may be hit by
/// names that have capitals or another normal form.
pub async fn count_lookups(
    connection: &mut Connection,
    source: &Catalog,
    findings: &mut [Finding],
) -> Result<(), Error> {
    let is_about_names =
        |finding: &&mut Finding| matches!(finding.id, Rule::NameCase | Rule::NameForm);
    let mut about_names: Vec<&mut Finding> = findings.iter_mut().filter(is_about_names).collect();
    if about_names.is_empty() {
        return Ok(());
    }
    for (detail, table) in [
        ("incoming-webhooks", "IncomingWebhooks"),
        ("outgoing-webhooks", "OutgoingWebhooks"),
        ("commands", "Commands"),
    ] {
        let has_deletion = |table: &&Table| table.column("DeleteAt").is_some();
        let Some(table) = source.table(table).filter(has_deletion) else { continue };
        let name = Dialect::MySql.identifier(&table.name);
        let sql = format!("SELECT COUNT(*) FROM {name} WHERE DeleteAt = 0");
        let count: u64 = connection.query_optional(&sql).await?.unwrap_or_default();
        for finding in &mut about_names {
            finding.details.insert(detail, count.into());
        }
    }
    Ok(())
}
