//! Rows whose parent is gone.

use crate::check::finding::{counted, verb};
use crate::check::probe::{Evidence, ProbeResult};
use crate::check::scan::{key, key_expressions};
use crate::check::{CheckOptions, Finding, Rule, Severity};
use crate::models::Models;
use crate::mysql::{Connection, Error};
use crate::schema::{Catalog, ForeignKey, Table};
use crate::sql::Dialect;

/// A finding for each foreign key of the target that rows of the source break. MySQL before 8 reads
/// some foreign keys and keeps none of them.
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
            let tally = count(connection, table, &sql, options.keys).await?;
            if tally.count > 0 {
                findings.push(orphans_finding(source, table, foreign_key, tally));
            }
        }
    }
    Ok(findings)
}

/// Selects the keys of the orphans; `None` where the source lacks a table or a column.
///
/// The parent is sought as PostgreSQL will seek it: to the letter. That is asked behind the join, for
/// `MariaDB` takes what is equal in one place for the same in the other.
fn statement(source: &Catalog, table: &Table, foreign_key: &ForeignKey) -> Option<String> {
    Some(format!("SELECT {} {}", selected(table), of_orphans(source, table, foreign_key)?))
}

/// Where the orphans are: what follows `SELECT` and `DELETE`.
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

/// The key of the referencing row, or anything where it has none.
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
    let mut tally = ProbeResult::default();
    let mut rows = connection.stream(sql).await?;
    while let Some(row) = rows.next().await? {
        tally.add(Evidence::default(), || key(&row, width), keys);
    }
    Ok(tally)
}

/// What to say of a foreign key that rows break.
pub(in crate::check) fn orphans_finding(
    source: &Catalog,
    table: &Table,
    foreign_key: &ForeignKey,
    tally: ProbeResult,
) -> Finding {
    let column = match &foreign_key.columns[..] {
        [column] => table.column(column).map(|column| column.name.as_str()),
        _ => None,
    };
    let parent = source.table(&foreign_key.referenced_table);
    let message = format!(
        "{} {} to a row of `{}` that is not there",
        counted(tally.count, "row"),
        verb(tally.count, "refers", "refer"),
        parent.map_or(&foreign_key.referenced_table, |table| &table.name),
    );
    let mut finding = Finding::new(Rule::ForeignKey, Severity::Blocks, message)
        .at(&table.name, column)
        .count(tally.count)
        .action("the target keeps a foreign key and refuses the rows");
    finding.keys = tally.keys;
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
