//! The order in which tables are loaded.
//!
//! pgloader loads several tables at once and would drop the target's foreign keys for that; if it is
//! interrupted, it leaves them dropped. With referenced tables in a separate command first, the keys can
//! stay.

use std::collections::{BTreeMap, BTreeSet};

use crate::schema::{Catalog, Table};

/// Splits the tables of `target` that are in `included`: each stage refers only to tables of earlier stages.
///
/// The last stage has every table that no other table refers to, and tables that refer to each other in a
/// cycle; it may be the only one.
pub(super) fn order<'a>(
    target: &'a Catalog,
    included: impl Fn(&str) -> bool,
) -> Vec<BTreeSet<&'a str>> {
    let tables: BTreeMap<&str, &Table> = target
        .tables
        .values()
        .filter(|table| included(&table.name))
        .map(|table| (table.name.as_str(), table))
        .collect();
    let parents = |table: &Table| -> BTreeSet<&'a str> {
        let others = table.foreign_keys.values().filter(|key| key.referenced_table != table.name);
        others.filter_map(|key| Some(*tables.get_key_value(&*key.referenced_table)?.0)).collect()
    };
    let mut waiting: BTreeSet<&str> = tables.values().flat_map(|table| parents(table)).collect();
    let mut stages = Vec::new();
    let mut loaded = BTreeSet::new();
    loop {
        let ready: BTreeSet<&str> = waiting
            .iter()
            .copied()
            .filter(|name| parents(tables[name]).is_subset(&loaded))
            .collect();
        if ready.is_empty() {
            break;
        }
        waiting.retain(|name| !ready.contains(name));
        loaded.extend(&ready);
        stages.push(ready);
    }
    stages.push(tables.into_keys().filter(|name| !loaded.contains(name)).collect());
    stages
}

#[cfg(test)]
mod tests {
    use super::order;
    use crate::ddl;
    use crate::sql::Dialect;

    fn stages(sql: &str) -> Vec<Vec<String>> {
        let catalog = ddl::read(Dialect::Postgres, sql).expect("DDL");
        let names = |stage: &std::collections::BTreeSet<&str>| {
            stage.iter().map(ToString::to_string).collect()
        };
        order(&catalog, |table| table != "excluded").iter().map(names).collect()
    }

    #[test]
    fn without_keys_there_is_one_stage() {
        assert_eq!(stages("CREATE TABLE b (i int); CREATE TABLE a (i int)"), [["a", "b"]]);
    }

    #[test]
    fn what_others_refer_to_comes_first() {
        let sql = "CREATE TABLE run (id int PRIMARY KEY, up int REFERENCES run (id));
                   CREATE TABLE config (id int PRIMARY KEY, run int REFERENCES run (id));
                   CREATE TABLE excluded (id int REFERENCES config (id));
                   CREATE TABLE metric (id int REFERENCES config (id));
                   CREATE TABLE alone (id int);";
        let expected = [vec!["run"], vec!["config"], vec!["alone", "metric"]];
        assert_eq!(stages(sql), expected);
    }

    #[test]
    fn a_circle_does_not_hang() {
        let sql = "CREATE TABLE a (id int PRIMARY KEY, b int);
                   CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a (id));
                   ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b (id);";
        assert_eq!(stages(sql), [["a", "b"]]);
    }
}
