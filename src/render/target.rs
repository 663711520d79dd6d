//! The state of a target as text.

use crate::migrations::{RunReport, Skew};
use crate::postgres::{Locale, Need, Note, Readiness, Repair};
use crate::transcript::Line;
use crate::workspace::{CaselessCtype, ChannelOrder, TargetChecks, TargetReport};

/// What can be done about a target with rows; the rows stay, whatever is chosen.
const TARGET_WITH_ROWS: &str = "choose one:
  copy into these tables: an earlier copy is resumed, and other rows are listed before anything is deleted:
    migration-assist migrate
  load into a new database, which the DSN then names:
    CREATE DATABASE mattermost_new ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8' TEMPLATE template0;
  load into a new schema of this database:
    migration-assist postgres --schema mattermost_new
  keep these rows, and skip this check:
    migration-assist postgres --check-tables-empty=false";

impl TargetReport {
    /// The report as it is printed.
    #[must_use]
    pub(crate) fn lines(&self, checks: TargetChecks) -> Vec<Line> {
        let mut lines = vec![database(&self.server, &self.database, &self.encoding, &self.locale)];
        lines.extend(self.obstacles.iter().map(Line::warning));
        lines.extend(self.ctype.iter().flat_map(CaselessCtype::lines));
        lines.extend(self.notes.iter().flat_map(Note::lines));
        if !self.missing_privileges.is_empty() {
            if self.missing_privileges.iter().any(|it| it.need == Need::RenamedSchema) {
                lines.push(Line::warning(format!(
                    "schema `{}` is missing, and another schema has Mattermost's tables: a run of pgloader \
                     that breaks leaves the schema renamed",
                    self.schema
                )));
            }
            lines.push(Line::warning(self.lacks()));
            let statement = |it: &Repair| Line::warning(format!("  {}", it.statement));
            lines.extend(self.missing_privileges.iter().map(statement));
        } else if checks.owner {
            let schema = &self.schema;
            lines.push(Line::ok(format!(
                "the account may create and own the tables of schema `{schema}`"
            )));
        }
        if !self.tables_with_rows.is_empty() {
            let tables = self.tables_with_rows.join(", ");
            lines.push(Line::warning(format!("tables with rows: {tables}")));
            lines.push(Line::hint(TARGET_WITH_ROWS));
        } else if checks.empty {
            lines.push(Line::ok("no table has rows"));
        }
        lines
    }

    fn lacks(&self) -> String {
        if self.missing_privileges.iter().all(|it| it.need == Need::Ledger) {
            return "this account may not create or use schema `migration_assist`, in which the copy is \
                    recorded; let an administrator of the database run"
                .to_owned();
        }
        format!(
            "the account may not create and own the tables of schema `{}`; let an administrator of the \
             database run",
            self.schema
        )
    }
}

/// The line about the database of a target.
pub(crate) fn database_line(readiness: &Readiness) -> Line {
    let Readiness { server, database: name, encoding, locale, .. } = readiness;
    database(&server.to_string(), name, encoding, locale)
}

fn database(server: &str, name: &str, encoding: &str, locale: &Locale) -> Line {
    Line::text(format!("target: {server}, database `{name}`: encoding {encoding}, {locale}"))
}

impl CaselessCtype {
    /// What is wrong, and how to correct or to accept it.
    pub(crate) fn lines(&self) -> Vec<Line> {
        let mut lines = vec![Line::warning(&self.message)];
        if self.accepted {
            return lines;
        }
        lines.push(Line::hint(match &self.statement {
            Some(statement) => format!(
                "create another database and name it in the DSN; run as an administrator: {statement}"
            ),
            None => "install a UTF-8 locale on the server's machine (on Debian: the package `locales-all`), \
                     restart PostgreSQL, and run again for the statement that creates a database with it"
                .to_owned(),
        }));
        lines.push(Line::hint("to use this database as it is, add `--accept-ctype`"));
        lines
    }
}

impl ChannelOrder {
    /// How many channels change their place.
    pub(crate) fn lines(&self) -> Vec<Line> {
        let Self { channels, moved, names } = self;
        let mut lines = vec![Line::text(format!(
            "sorted by code point, channels of this source that change their place: {moved} of {channels}"
        ))];
        if !names.is_empty() {
            lines.push(Line::text(format!("the first names in that order: {}", names.join(", "))));
        } else if *moved > 0 {
            lines.push(Line::hint("add `--show-values` to see the names in that order"));
        }
        lines
    }
}

impl Note {
    /// The note, what shows it, and what an administrator can do about it.
    pub(crate) fn lines(&self) -> Vec<Line> {
        let mut lines = vec![Line::warning(&self.message)];
        lines.extend(self.plan.iter().map(|line| Line::warning(format!("  {line}"))));
        let statement = self.statement.iter();
        lines.extend(statement.map(|statement| {
            Line::hint(format!("run as an administrator of the database: {statement}"))
        }));
        lines
    }
}

/// What running the migrations did to a schema.
pub(crate) fn migration_lines(report: &RunReport, schema: &str) -> Vec<Line> {
    let RunReport { applied, present, beyond, .. } = report;
    let mut lines = vec![Line::ok(if applied.is_empty() {
        format!("schema `{schema}` already has all {present} migrations; nothing was changed")
    } else {
        format!(
            "schema `{schema}`: {} migrations applied ({applied}), {present} existed before",
            applied.len()
        )
    })];
    if !beyond.is_empty() {
        lines.push(Line::warning(format!(
            "schema `{schema}` also has migrations that the requested set lacks: {beyond}"
        )));
    }
    lines
}

/// How the migrations of a schema differ from the requested set.
pub(crate) fn skew_lines(skew: &Skew, schema: &str) -> Vec<Line> {
    let Skew { missing, beyond } = skew;
    let mut lines = Vec::new();
    if skew.is_none() {
        lines.push(Line::ok(format!("schema `{schema}` has exactly the migrations of that set")));
    }
    if !missing.is_empty() {
        lines.push(Line::warning(format!("schema `{schema}` lacks migrations: {missing}")));
        lines.push(Line::hint("add `--run-migrations` to run them"));
    }
    if !beyond.is_empty() {
        lines.push(Line::warning(format!(
            "schema `{schema}` has migrations that the requested set lacks: {beyond}"
        )));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::{migration_lines, skew_lines};
    use crate::migrations::{RunReport, Skew};
    use crate::postgres::{Locale, LocaleProvider, Need, Note, Repair};
    use crate::release::MigrationSet;
    use crate::transcript::testing::printed;
    use crate::workspace::{
        AcceptedTarget, CaselessCtype, ChannelOrder, LedgerNeed, TargetChecks, TargetReport,
    };

    const CHECKS: TargetChecks = TargetChecks {
        owner: true,
        empty: true,
        ledger: LedgerNeed::Needed,
        accepted: AcceptedTarget { ctype: false, text_search: false },
    };

    fn report() -> TargetReport {
        TargetReport {
            server: "PostgreSQL 15.4".to_owned(),
            database: "chat".to_owned(),
            encoding: "UTF8".to_owned(),
            locale: Locale {
                provider: LocaleProvider::Libc,
                collation: "C".to_owned(),
                ctype: "C".to_owned(),
                lowers_letters: false,
                folds_words: false,
                sorts_by_code_point: true,
            },
            schema: "public".to_owned(),
            obstacles: Vec::new(),
            ctype: None,
            missing_privileges: Vec::new(),
            tables_with_rows: Vec::new(),
            notes: Vec::new(),
        }
    }

    #[test]
    fn a_target_that_is_ready_has_all_rights_and_no_rows() {
        insta::assert_snapshot!(printed(&report().lines(CHECKS)), @r"
        Text: target: PostgreSQL 15.4, database `chat`: encoding UTF8, provider libc, collation C, ctype C
        Ok: the account may create and own the tables of schema `public`
        Ok: no table has rows
        ");
    }

    #[test]
    fn each_obstacle_comes_with_what_clears_it() {
        let statement = "GRANT CREATE ON SCHEMA public TO mm;".to_owned();
        let report = TargetReport {
            obstacles: vec!["the server accepts no writes".to_owned()],
            ctype: Some(CaselessCtype {
                message: "letters outside ASCII have no case".to_owned(),
                statement: Some("CREATE DATABASE chat_utf8;".to_owned()),
                accepted: false,
            }),
            notes: vec![Note {
                id: "text-search",
                message: "searches read every post".to_owned(),
                statement: Some("ALTER DATABASE chat SET x = 1;".to_owned()),
                plan: vec!["Seq Scan on posts".to_owned()],
            }],
            missing_privileges: vec![Repair { need: Need::SchemaPrivileges, statement }],
            tables_with_rows: vec!["posts".to_owned(), "users".to_owned()],
            ..report()
        };
        insta::assert_snapshot!(printed(&report.lines(CHECKS)), @r"
        Text: target: PostgreSQL 15.4, database `chat`: encoding UTF8, provider libc, collation C, ctype C
        Warning: the server accepts no writes
        Warning: letters outside ASCII have no case
        Hint: create another database and name it in the DSN; run as an administrator: CREATE DATABASE chat_utf8;
        Hint: to use this database as it is, add `--accept-ctype`
        Warning: searches read every post
        Warning:   Seq Scan on posts
        Hint: run as an administrator of the database: ALTER DATABASE chat SET x = 1;
        Warning: the account may not create and own the tables of schema `public`; let an administrator of the database run
        Warning:   GRANT CREATE ON SCHEMA public TO mm;
        Warning: tables with rows: posts, users
        Hint: choose one:
          copy into these tables: an earlier copy is resumed, and other rows are listed before anything is deleted:
            migration-assist migrate
          load into a new database, which the DSN then names:
            CREATE DATABASE mattermost_new ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8' TEMPLATE template0;
          load into a new schema of this database:
            migration-assist postgres --schema mattermost_new
          keep these rows, and skip this check:
            migration-assist postgres --check-tables-empty=false
        ");
        let statement = "GRANT CREATE ON DATABASE chat TO mm;".to_owned();
        let ledger = vec![Repair { need: Need::Ledger, statement }];
        let report = TargetReport { missing_privileges: ledger, ..self::report() };
        insta::assert_snapshot!(printed(&report.lines(CHECKS)), @r"
        Text: target: PostgreSQL 15.4, database `chat`: encoding UTF8, provider libc, collation C, ctype C
        Warning: this account may not create or use schema `migration_assist`, in which the copy is recorded; let an administrator of the database run
        Warning:   GRANT CREATE ON DATABASE chat TO mm;
        Ok: no table has rows
        ");
    }

    #[test]
    fn names_of_channels_are_shown_on_request() {
        let order = ChannelOrder { channels: 4, moved: 3, names: Vec::new() };
        insta::assert_snapshot!(printed(&order.lines()), @r"
        Text: sorted by code point, channels of this source that change their place: 3 of 4
        Hint: add `--show-values` to see the names in that order
        ");
        let order = ChannelOrder { names: vec!["Apfel".to_owned(), "Zebra".to_owned()], ..order };
        insta::assert_snapshot!(printed(&order.lines()), @r"
        Text: sorted by code point, channels of this source that change their place: 3 of 4
        Text: the first names in that order: Apfel, Zebra
        ");
    }

    #[test]
    fn migrations_are_counted_and_those_beyond_named() {
        let set = |text: &str| text.parse::<MigrationSet>().expect("a set");
        let (none, beyond) = (MigrationSet::default(), set("143-144"));
        let run = RunReport { applied: set("1-142"), present: 3, beyond: beyond.clone() };
        insta::assert_snapshot!(printed(&migration_lines(&run, "public")), @r"
        Ok: schema `public`: 142 migrations applied (1-142), 3 existed before
        Warning: schema `public` also has migrations that the requested set lacks: 143-144
        ");
        let run = RunReport { applied: none.clone(), present: 142, beyond: none.clone() };
        insta::assert_snapshot!(printed(&migration_lines(&run, "public")), @"Ok: schema `public` already has all 142 migrations; nothing was changed");
        let skew = Skew { missing: set("141"), beyond };
        insta::assert_snapshot!(printed(&skew_lines(&skew, "public")), @r"
        Warning: schema `public` lacks migrations: 141
        Hint: add `--run-migrations` to run them
        Warning: schema `public` has migrations that the requested set lacks: 143-144
        ");
        let skew = Skew { missing: none.clone(), beyond: none };
        insta::assert_snapshot!(printed(&skew_lines(&skew, "public")), @"Ok: schema `public` has exactly the migrations of that set");
    }
}
