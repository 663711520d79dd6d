//! The forms that the target's tables may have, while the applied migrations are unknown.

use std::collections::BTreeMap;

use crate::check::ColumnPair;
use crate::mysql::Flavour;
use crate::schema::{Catalog, ForeignKey, Table};

/// Every form of every table.
#[derive(Debug, Clone, Default)]
pub struct Candidates {
    /// By table name in lower case.
    tables: BTreeMap<String, Vec<Candidate>>,
}

/// One form of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Candidate {
    table: Table,
    /// A catalog with only the enumerated types.
    types: Catalog,
}

impl Candidates {
    /// Adds the forms that tables have in a target.
    pub fn add_forms(&mut self, target: &Catalog) {
        for table in target.tables.values() {
            let forms = self.tables.entry(table.name.to_ascii_lowercase()).or_default();
            let is_known =
                |form: &Candidate| form.table == *table && form.types.enums == target.enums;
            // The newest form is the likeliest.
            if !forms.iter().rev().any(is_known) {
                let types = Catalog { enums: target.enums.clone(), ..Catalog::default() };
                forms.push(Candidate { table: table.clone(), types });
            }
        }
    }

    /// Every distinct pair of a column of the table and a column that may receive it.
    pub(super) fn pairs(&self, flavour: Flavour, table: &Table) -> Vec<ColumnPair> {
        let mut pairs: Vec<ColumnPair> = Vec::new();
        for form in self.forms(&table.name) {
            for pair in ColumnPair::of_table(flavour, table, &form.table, &form.types) {
                if !pairs.contains(&pair) {
                    pairs.push(pair);
                }
            }
        }
        pairs
    }

    /// Whether the target may lack a column of a table that is copied.
    pub(super) fn may_lack(&self, table: &str, column: &str) -> bool {
        self.forms(table).iter().any(|form| form.table.column(column).is_none())
    }

    /// Every foreign key that a table may have, with the table's name in lower case.
    pub(super) fn foreign_keys(&self) -> Vec<(&str, &ForeignKey)> {
        let mut found: Vec<(&str, &ForeignKey)> = Vec::new();
        for (name, forms) in &self.tables {
            for key in forms.iter().flat_map(|form| form.table.foreign_keys.values()) {
                if !found.iter().any(|(table, known)| *table == name && is_same(known, key)) {
                    found.push((name, key));
                }
            }
        }
        found
    }

    /// The primary key of the table's newest form.
    pub(super) fn primary_key(&self, table: &str) -> &[String] {
        self.forms(table).last().map_or(&[], |form| form.table.primary_key())
    }

    fn forms(&self, table: &str) -> &[Candidate] {
        self.tables.get(&table.to_ascii_lowercase()).map_or(&[], Vec::as_slice)
    }
}

/// Whether two foreign keys impose the same constraint.
pub(super) fn is_same(one: &ForeignKey, other: &ForeignKey) -> bool {
    one.columns == other.columns
        && one.referenced_table == other.referenced_table
        && one.referenced_columns == other.referenced_columns
}

#[cfg(test)]
mod tests {
    use super::Candidates;
    use crate::ddl;
    use crate::mysql::Flavour;
    use crate::sql::Dialect;

    #[test]
    fn each_form_of_a_column_is_compared_once() {
        let mut candidates = Candidates::default();
        for sql in [
            "CREATE TABLE t (id varchar(26), a varchar(9))",
            "CREATE TABLE t (id varchar(26), a varchar(9), b text)",
            "CREATE TABLE t (id varchar(26), a varchar(64), b text)",
        ] {
            candidates.add_forms(&ddl::read(Dialect::Postgres, sql).expect("DDL"));
            candidates.add_forms(&ddl::read(Dialect::Postgres, sql).expect("DDL"));
        }
        let source = ddl::read(Dialect::MySql, "CREATE TABLE T (Id varchar(26), A text, B text)")
            .expect("DDL");
        let pairs = candidates.pairs(Flavour::MySql, &source.tables["T"]);
        let pairs: Vec<String> =
            pairs.iter().map(|pair| format!("{} {}", pair.column, pair.target)).collect();
        assert_eq!(
            pairs,
            [
                "Id character varying(26)",
                "A character varying(9)",
                "B text",
                "A character varying(64)",
            ]
        );
        assert!(candidates.may_lack("T", "B") && !candidates.may_lack("T", "A"));
        assert!(!candidates.may_lack("Unknown", "A"));
    }
}
