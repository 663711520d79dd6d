//! Rows that refer to a missing row.

use std::sync::Arc;

use crate::check::probe::{Condition, Evidence, Probe, ProbeResult, RowRule, Verdict};
use crate::check::scan::{key, key_expressions};
use crate::check::{CheckOptions, Choice, ChoiceCommand, ColumnPair, Finding, Rule, Severity};
use crate::figures::counted;
use crate::models::Models;
use crate::mysql::{Connection, Error};
use crate::schema::{Catalog, ForeignKey, Table};
use crate::shell::shell_word;
use crate::sql::Dialect;

/// Reports each foreign key of the target that rows of the source violate. MySQL before 8.0 accepts some
/// foreign keys without enforcing them.
pub async fn orphans(
    connection: &mut Connection,
    source: &Catalog,
    models: &Models<'_>,
    options: CheckOptions,
) -> Result<Vec<Finding>, Error> {
    let mut findings = Vec::new();
    for table in source.tables.values() {
        let Some(counterpart) = models.counterpart(&table.name) else { continue };
        for foreign_key in counterpart.target.foreign_keys.values() {
            let Some(sql) = statement(source, table, foreign_key) else { continue };
            let result = count(connection, table, &sql, options.keys).await?;
            if result.count > 0 {
                findings.push(orphans_finding(source, table, foreign_key, result));
            }
        }
    }
    Ok(findings)
}

/// Selects the keys of the orphans; `None` if the source lacks a table or a column.
///
/// PostgreSQL compares foreign keys byte by byte, so the statement does too. The comparison follows the
/// join, because `MariaDB` takes columns that the join equates as identical everywhere.
fn statement(source: &Catalog, table: &Table, foreign_key: &ForeignKey) -> Option<String> {
    Some(format!("SELECT {} {}", selected(table), of_orphans(source, table, foreign_key)?))
}

/// The `FROM` and `WHERE` clauses that match the orphans, for `SELECT` and `DELETE`.
fn of_orphans(source: &Catalog, table: &Table, foreign_key: &ForeignKey) -> Option<String> {
    let quote = |name: &str| Dialect::MySql.identifier(name);
    let parent = source.table(&foreign_key.referenced_table)?;
    let mut references = Vec::new();
    for (own, referenced) in foreign_key.columns.iter().zip(&foreign_key.referenced_columns) {
        let own = format!("child.{}", quote(&table.column(own)?.name));
        references.push((own, format!("parent.{}", quote(&parent.column(referenced)?.name))));
    }
    let all = |operator: &str, written: fn(&str) -> String| -> Vec<String> {
        let compare = |(own, referenced): &(String, String)| {
            format!("{} {operator} {}", written(referenced), written(own))
        };
        references.iter().map(compare).collect()
    };
    let equal = all("=", str::to_owned);
    let differ = all("<>", |name| format!("CAST({name} AS BINARY)"));
    let refers: Vec<String> =
        references.iter().map(|(own, _)| format!("{own} IS NOT NULL")).collect();
    Some(format!(
        "FROM {} AS child LEFT JOIN {} AS parent ON {} WHERE {} AND ({} IS NULL OR {})",
        quote(&table.name),
        quote(&parent.name),
        equal.join(" AND "),
        refers.join(" AND "),
        references.first()?.1,
        differ.join(" OR "),
    ))
}

/// A row that refers to a missing row, as a rule about the column of a foreign key. Its condition is
/// exact.
struct Orphan;

impl RowRule for Orphan {
    fn rule(&self) -> Rule {
        Rule::ForeignKey
    }

    fn severity(&self) -> Severity {
        Severity::Blocks
    }

    fn condition(&self, _pair: &ColumnPair) -> Option<Condition> {
        None
    }

    fn decide(&self, _pair: &ColumnPair, cell: Option<&[u8]>) -> Verdict {
        Verdict::found_if(cell.is_some())
    }

    fn finding(&self, pair: &ColumnPair, result: &ProbeResult) -> Finding {
        result.finding(self, pair, "refers to a missing row".to_owned())
    }
}

/// A probe for each column that is a foreign key of the target, by which its orphans can be repaired.
pub fn orphan_probes(source: &Catalog, models: &Models<'_>, pairs: &[ColumnPair]) -> Vec<Probe> {
    let quote = |name: &str| Dialect::MySql.identifier(name);
    let probe = |pair: &ColumnPair| {
        let counterpart = models.counterpart(&pair.table)?;
        let is_here = |key: &&ForeignKey| matches!(&key.columns[..], [column] if column.eq_ignore_ascii_case(&pair.column));
        let key = counterpart.target.foreign_keys.values().find(is_here)?;
        let parent = source.table(&key.referenced_table)?;
        let referenced = parent.column(key.referenced_columns.first()?)?;
        let own = format!("{}.{}", quote(&pair.table), quote(&pair.column));
        let referenced = format!("parent.{}", quote(&referenced.name));
        let condition = format!(
            "({own} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {} AS parent WHERE {referenced} = {own} \
             AND CAST({referenced} AS BINARY) = CAST({own} AS BINARY)))",
            quote(&parent.name)
        );
        let condition = Condition::Column(condition);
        Some(Probe { rule: &Orphan, pair: Arc::new(pair.clone()), condition })
    };
    pairs.iter().filter_map(probe).collect()
}

/// The key of the referencing row, or a constant for a table without one.
fn selected(table: &Table) -> String {
    let keys: Vec<String> =
        key_expressions(table).iter().map(|key| key.replacen('`', "child.`", 1)).collect();
    if keys.is_empty() { "1".to_owned() } else { keys.join(", ") }
}

async fn count(
    connection: &mut Connection,
    table: &Table,
    sql: &str,
    keys: usize,
) -> Result<ProbeResult, Error> {
    let width = table.primary_key().len();
    let mut result = ProbeResult::default();
    let mut rows = connection.stream(sql).await?;
    while let Some(row) = rows.next().await? {
        result.add(Evidence::default(), || key(&row, width), keys);
    }
    Ok(result)
}

/// The finding for a violated foreign key.
pub(in crate::check) fn orphans_finding(
    source: &Catalog,
    table: &Table,
    foreign_key: &ForeignKey,
    result: ProbeResult,
) -> Finding {
    let column = match &foreign_key.columns[..] {
        [column] => table.column(column).map(|column| column.name.as_str()),
        _ => None,
    };
    let parent = source.table(&foreign_key.referenced_table);
    let message = format!(
        "the row of `{}` that they refer to is missing: {}",
        parent.map_or(&foreign_key.referenced_table, |table| &table.name),
        counted(result.count, "row")
    );
    let mut finding = Finding::new(Rule::ForeignKey, Severity::Blocks, message)
        .at(&table.name, column)
        .count(result.count)
        .action("the copy stops: the target's foreign key rejects these rows");
    finding.keys = result.keys;
    if let Some(place) = column.map(|column| format!("{}.{column}", table.name)) {
        let deletion = shell_word(&format!("{place}=delete"));
        let leaving = shell_word(&format!("{}:{place}", Rule::ForeignKey));
        finding.offer([
            Choice::repair("delete the row", format!("--on-invalid {deletion}")),
            Choice::new(
                "leave the row out of the copy, and keep it in the quarantine",
                ChoiceCommand::Migrate,
                vec![format!("--leave-out {leaving}")],
            ),
        ]);
    }
    finding.statement =
        of_orphans(source, table, foreign_key).map(|orphans| format!("DELETE child {orphans};"));
    finding
}

#[cfg(test)]
mod tests {
    use super::statement;
    use crate::ddl;
    use crate::sql::Dialect;

    #[test]
    fn the_parent_is_sought_to_the_letter() {
        let sql = "CREATE TABLE Policies (Id varchar(26) PRIMARY KEY);
            CREATE TABLE Teams (PolicyId varchar(26), TeamId varchar(26) PRIMARY KEY);";
        let mut source = ddl::read(Dialect::MySql, sql).expect("DDL");
        let sql = "CREATE TABLE policies (id varchar(26) PRIMARY KEY);
            CREATE TABLE teams (teamid varchar(26) PRIMARY KEY,
                policyid varchar(26) REFERENCES policies (id));";
        let target = ddl::read(Dialect::Postgres, sql).expect("DDL");
        let foreign_key = target.tables["teams"].foreign_keys.values().next().expect("a key");
        insta::assert_snapshot!(
            statement(&source, &source.tables["Teams"], foreign_key).expect("a statement"),
            @"SELECT child.`TeamId` FROM `Teams` AS child LEFT JOIN `Policies` AS parent ON parent.`Id` = child.`PolicyId` WHERE child.`PolicyId` IS NOT NULL AND (parent.`Id` IS NULL OR CAST(parent.`Id` AS BINARY) <> CAST(child.`PolicyId` AS BINARY))"
        );
        source.tables.remove("Policies");
        assert_eq!(statement(&source, &source.tables["Teams"], foreign_key), None);
    }
}
