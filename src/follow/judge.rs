//! Whether a logged statement stops following; pure.

use crate::ddl::{AffectedTable, Effect, Impact, affected};

/// What a statement means for following.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Judgement {
    /// Nothing.
    Ignored,
    /// Nothing, if the source's definitions still are what they were: otherwise it stops.
    IfUnchanged(String),
    /// It stops: the kind of statement and the table.
    Stops(String),
    /// All rows of a followed table go.
    Empties(String),
    /// A table that is not followed was made.
    NewTable(String),
}

/// Judges a statement that was run with `current` as the database in use.
pub(super) fn judge(
    sql: &str,
    current: Option<&str>,
    database: &str,
    is_followed: impl Fn(&str) -> bool,
) -> Judgement {
    let is_ours = |name: Option<&str>| name.or(current).is_none_or(|it| it == database);
    match affected(sql) {
        Effect::Database(name) if name == database => {
            Judgement::Stops(format!("a statement about database `{name}`"))
        }
        Effect::None | Effect::Database(_) => Judgement::Ignored,
        Effect::Tables(tables) => {
            let ours = tables.iter().filter(|table| is_ours(table.database.as_deref()));
            let judgements = ours.map(|table| of_table(table, &is_followed));
            judgements.max_by_key(severity).unwrap_or(Judgement::Ignored)
        }
        // It names no table that could be of another database.
        Effect::Rows | Effect::Unknown if !is_ours(None) && !sql.contains(database) => {
            Judgement::Ignored
        }
        Effect::Rows => Judgement::Stops("a statement that changes rows".to_owned()),
        Effect::Unknown => Judgement::Stops("an unrecognised statement".to_owned()),
    }
}

fn of_table(table: &AffectedTable, is_followed: impl Fn(&str) -> bool) -> Judgement {
    let reason = || format!("{} of table `{}`", table.impact.statement(), table.name);
    match (is_followed(&table.name), table.impact) {
        (true, Impact::CreatedIfMissing) => Judgement::Ignored,
        (true, Impact::Altered) => Judgement::IfUnchanged(reason()),
        (true, Impact::Emptied) => Judgement::Empties(table.name.clone()),
        (true, _) => Judgement::Stops(reason()),
        (false, Impact::CreatedIfMissing | Impact::Created) => {
            Judgement::NewTable(table.name.clone())
        }
        (false, _) => Judgement::Ignored,
    }
}

fn severity(judgement: &Judgement) -> u8 {
    match judgement {
        Judgement::Ignored => 0,
        Judgement::NewTable(_) => 1,
        Judgement::Empties(_) => 2,
        Judgement::IfUnchanged(_) => 3,
        Judgement::Stops(_) => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::{Judgement, judge};

    fn judged(sql: &str, current: Option<&str>) -> Judgement {
        judge(sql, current, "mm", |table| table.eq_ignore_ascii_case("Posts"))
    }

    #[test]
    fn only_followed_tables_of_the_database_stop() {
        let stops = |reason: &str| Judgement::Stops(reason.to_owned());
        for (sql, current, expected) in [
            ("TRUNCATE TABLE Posts", Some("mm"), Judgement::Empties("Posts".to_owned())),
            ("truncate posts", None, Judgement::Empties("posts".to_owned())),
            ("DROP TABLE other.Posts", Some("mm"), Judgement::Ignored),
            ("DROP TABLE Posts", Some("other"), Judgement::Ignored),
            (
                "DROP TABLE mm.Posts",
                Some("other"),
                stops("DROP TABLE or RENAME TABLE of table `Posts`"),
            ),
            (
                "ALTER TABLE Posts ADD INDEX i (a)",
                Some("mm"),
                Judgement::IfUnchanged("ALTER TABLE of table `Posts`".to_owned()),
            ),
            ("CREATE TABLE IF NOT EXISTS Posts (a int)", Some("mm"), Judgement::Ignored),
            (
                "CREATE TABLE IF NOT EXISTS t (a int)",
                Some("mm"),
                Judgement::NewTable("t".to_owned()),
            ),
            (
                "DROP TABLE a, Posts",
                Some("mm"),
                stops("DROP TABLE or RENAME TABLE of table `Posts`"),
            ),
            ("DROP TABLE a", Some("mm"), Judgement::Ignored),
            ("DROP DATABASE mm", None, stops("a statement about database `mm`")),
            ("UPDATE t SET a = 1", Some("mm"), stops("a statement that changes rows")),
            ("UPDATE t SET a = 1", Some("other"), Judgement::Ignored),
            ("UPDATE mm.Posts SET a = 1", Some("other"), stops("a statement that changes rows")),
            ("FROBNICATE", Some("mm"), stops("an unrecognised statement")),
            ("FROBNICATE", Some("other"), Judgement::Ignored),
            ("GRANT SELECT ON *.* TO a", Some("mm"), Judgement::Ignored),
        ] {
            assert_eq!(judged(sql, current), expected, "{sql} in {current:?}");
        }
    }
}
