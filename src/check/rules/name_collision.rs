//! Names that differ only by case or normal form, and the number of webhooks and commands that use names.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};

use super::names::fold;
use crate::check::scan::{key, key_expressions};
use crate::check::{CheckOptions, Finding, Key, Rule, Severity};
use crate::figures::counted;
use crate::mattermost::{DELETION, LOOKUPS, NAMES};
use crate::mysql::{Connection, Error, Row, cell};
use crate::schema::{Catalog, Table};
use crate::sql::Dialect;

/// A column of names, and the column within whose values a name is unique.
pub(in crate::check) struct Names<'a> {
    pub(in crate::check) table: &'a Table,
    pub(in crate::check) name: &'a str,
    pub(in crate::check) scope: Option<&'a str>,
}

/// Names that fold to the same text.
#[derive(Debug, Default)]
pub(in crate::check) struct CollidingNames {
    pub(in crate::check) names: u64,
    pub(in crate::check) keys: Vec<Key>,
}

/// Reports each column with names that differ only by case or normal form.
///
/// `suspects` are the findings on names so far: a column without one has only lower-case names in normal
/// form C, which cannot collide.
pub async fn name_collision(
    connection: &mut Connection,
    source: &Catalog,
    suspects: &[Finding],
    options: CheckOptions,
) -> Result<Vec<Finding>, Error> {
    let mut findings = Vec::new();
    for names in Names::of(source).iter().filter(|names| names.may_collide(suspects)) {
        findings.extend(collisions_of(connection, names, options).await?);
    }
    Ok(findings)
}

async fn collisions_of(
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
    // Only names that are not plain can collide, so only their collisions are kept.
    let mut groups: HashMap<u64, CollidingNames> = HashMap::new();
    let mut rows = connection.stream(&names.sql(Some(&names.is_not_plain()))).await?;
    while let Some(row) = rows.next().await? {
        groups.insert(hash(&row, width), CollidingNames::default());
    }
    drop(rows);
    let mut rows = connection.stream(&names.sql(None)).await?;
    while let Some(row) = rows.next().await? {
        if let Some(group) = groups.get_mut(&hash(&row, width)) {
            group.names += 1;
            if group.keys.len() < options.keys {
                group.keys.push(key(&row, width));
            }
        }
    }
    drop(rows);
    groups.retain(|_, group| group.names > 1);
    Ok((!groups.is_empty()).then(|| names.finding(groups.into_values(), options)))
}

impl<'a> Names<'a> {
    /// Every column of names in the source.
    pub(in crate::check) fn of(source: &'a Catalog) -> Vec<Self> {
        let names = |(table, name, scope): (&str, &str, Option<&str>)| {
            Self::of_table(source.table(table)?, name, scope)
        };
        NAMES.into_iter().filter_map(names).collect()
    }

    /// The columns of names in a table.
    pub(in crate::check) fn of_table(
        table: &'a Table,
        name: &str,
        scope: Option<&str>,
    ) -> Option<Self> {
        let name = table.column(name)?.name.as_str();
        let scope = scope.and_then(|scope| table.column(scope)).map(|scope| scope.name.as_str());
        Some(Self { table, name, scope })
    }

    /// Whether names of the column may collide.
    pub(in crate::check) fn may_collide(&self, suspects: &[Finding]) -> bool {
        suspects.iter().any(|finding| {
            matches!(finding.id, Rule::NameCase | Rule::NameForm)
                && finding.table.as_ref() == Some(&self.table.name)
                && finding.column.as_deref() == Some(self.name)
        })
    }

    /// Selects the key, the scope and the name.
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

    pub(in crate::check) fn finding(
        &self,
        groups: impl Iterator<Item = CollidingNames>,
        options: CheckOptions,
    ) -> Finding {
        let (mut count, mut keys) = (0, Vec::new());
        for group in groups {
            count += group.names;
            keys.extend(group.keys);
        }
        keys.sort();
        keys.truncate(options.keys);
        let message = format!(
            "equal to another name except for case or Unicode normalization: {}",
            counted(count, "name")
        );
        let mut finding = Finding::new(Rule::NameCollision, Severity::Note, message)
            .at(&self.table.name, Some(self.name))
            .count(count)
            .action("the copy keeps them unchanged; PostgreSQL distinguishes them");
        finding.keys = keys;
        finding
    }
}

/// Counts the webhooks and commands that look a channel, a team or a user up by name: names with capitals
/// or in another normal form may break them.
pub async fn count_lookups(
    connection: &mut Connection,
    source: &Catalog,
    findings: &mut [Finding],
) -> Result<(), Error> {
    if !findings.iter().any(is_about_names) {
        return Ok(());
    }
    for (detail, table) in LOOKUPS {
        let Some(table) = source.table(table).filter(|table| table.column(DELETION).is_some())
        else {
            continue;
        };
        let name = Dialect::MySql.identifier(&table.name);
        let sql = format!("SELECT COUNT(*) FROM {name} WHERE {DELETION} = 0");
        let count: u64 = connection.query_one(&sql).await?;
        add_lookups(findings, detail, count);
    }
    Ok(())
}

/// Adds such a count to every finding on names.
pub(in crate::check) fn add_lookups(findings: &mut [Finding], detail: &'static str, count: u64) {
    for finding in findings.iter_mut().filter(|finding| is_about_names(finding)) {
        finding.details.insert(detail, count.into());
    }
}

fn is_about_names(finding: &Finding) -> bool {
    matches!(finding.id, Rule::NameCase | Rule::NameForm)
}
