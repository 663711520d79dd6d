//! Whether Mattermost would accept the target when it starts.

mod facts;

use schemars::JsonSchema;
use serde::Serialize;

pub use facts::{Facts, read_facts};

use crate::mattermost::{DIAGNOSTIC_ID, LATER_MIGRATIONS, MIGRATOR_TABLES};
use crate::postgres::{Privilege, Server, Unowned};
use crate::release;
use crate::sql::Dialect::Postgres;

/// A migration as a server knows it: its number and its exact name.
pub type RequiredMigration = (u32, String);

/// Something that is not as Mattermost needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Issue {
    /// A stable name for it.
    pub id: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Acceptance {
    /// The releases that have exactly the target's migrations, as ranges.
    pub release: Option<String>,
    /// What would keep Mattermost from starting, or from being the same workspace.
    pub obstacles: Vec<Issue>,
    /// What to know before the next upgrade.
    pub notes: Vec<Issue>,
}

/// Compares the facts with what a server expects.
///
/// `known` are the migrations of PostgreSQL, by number; `tables` are those that the applied migrations
/// make; `is_ours` is true for the tables, views and types of Mattermost and its plugins.
#[must_use]
pub fn judge(
    facts: &Facts,
    known: &[RequiredMigration],
    tables: &[String],
    is_ours: impl Fn(&str) -> bool,
) -> Acceptance {
    let mut found = Acceptance::default();
    judge_server(facts, &mut found);
    match facts.applied.as_deref() {
        None | Some([]) => found.obstacles.push(issue(
            "no-migrations",
            "`db_migrations` is missing or empty: Mattermost builds a new schema when it starts",
            "build the schema with `migration-assist postgres --run-migrations --applied-migrations \
             mysql.output`, then copy",
        )),
        Some(applied) => judge_migrations(applied, known, &mut found),
    }
    judge_tables(facts, tables, &mut found);
    found.notes.extend(facts.readiness.notes().into_iter().map(|note| Issue {
        id: note.id,
        message: note.message,
        hint: note.statement.map_or_else(
            || "nothing to do before the switch".to_owned(),
            |statement| format!("run as an administrator of the database: {statement}"),
        ),
    }));
    judge_rows(facts, &mut found);
    judge_rights(facts, is_ours, &mut found);
    found
}

fn judge_server(facts: &Facts, found: &mut Acceptance) {
    let readiness = &facts.readiness;
    if !readiness.server.is_supported() {
        let message = format!("{} is too old for Mattermost", readiness.server);
        let hint = format!("move to {} or later", Server::OLDEST_SUPPORTED);
        found.obstacles.push(Issue { id: "old-server", message, hint });
    }
    if readiness.read_only {
        found.obstacles.push(issue(
            "read-only-server",
            "the server takes no writes: it is a standby, or set to read only",
            "name the primary server in the DSN",
        ));
    }
    if facts.current_schema.as_deref() != Some(&readiness.schema) {
        let message = format!(
            "a session of `{}` does not find the schema `{}`: its search_path is `{}`",
            readiness.user, readiness.schema, facts.search_path
        );
        let quote = |name: &str| Postgres.identifier(name);
        let [role, database, schema] =
            [&readiness.user, &readiness.database, &readiness.schema].map(|name| quote(name));
        let path =
            if readiness.schema == "public" { "\"$user\", public".to_owned() } else { schema };
        let hint = format!(
            "run as an administrator: ALTER ROLE {role} IN DATABASE {database} SET search_path = \
             {path};"
        );
        found.obstacles.push(Issue { id: "search-path", message, hint });
    }
}

/// Mattermost's migrator (morph) takes the migrations for pending whose *name* it does not find, and
/// writes their rows by number, which is the key.
fn judge_migrations(
    applied: &[RequiredMigration],
    known: &[RequiredMigration],
    found: &mut Acceptance,
) {
    let numbers = applied.iter().map(|(number, _)| *number).collect();
    found.release = release::release_range(&numbers);
    for (number, name) in known.iter().filter(|(number, _)| numbers.contains(*number)) {
        let present = applied.iter().find(|(it, _)| it == number).map(|(_, name)| name);
        if present.is_some_and(|present| present != name) {
            let message = format!("migration {number} is not called `{name}` in `db_migrations`");
            let hint = format!(
                "run `UPDATE db_migrations SET name = '{name}' WHERE version = {number};`, or \
                 Mattermost runs it again and fails"
            );
            found.obstacles.push(Issue { id: "migration-name", message, hint });
        }
    }
    let collisions = collisions(applied, &LATER_MIGRATIONS);
    if !collisions.is_empty() {
        let numbers: release::MigrationSet = collisions.into_iter().collect();
        let message = format!(
            "the migrations {numbers} of this release have numbers that Mattermost 11 gave to others"
        );
        found.notes.push(issue(
            "next-release",
            &message,
            "upgrade next to Mattermost 11.7.3 or later, which renumbers them itself, and to none \
             before it",
        ));
    }
}

/// The numbers of pending migrations that another one already has.
fn collisions(applied: &[RequiredMigration], next: &[(u32, &str)]) -> Vec<u32> {
    let pending = next.iter().filter(|(_, name)| applied.iter().all(|(_, it)| it != name));
    let taken = pending.filter(|(number, _)| applied.iter().any(|(it, _)| it == number));
    taken.map(|(number, _)| *number).collect()
}

fn judge_tables(facts: &Facts, tables: &[String], found: &mut Acceptance) {
    let missing: Vec<&str> =
        tables.iter().map(String::as_str).filter(|name| !facts.tables.contains(*name)).collect();
    if missing.is_empty() {
        return;
    }
    let message = format!(
        "tables that the applied migrations make are missing: {} (of {})",
        missing.len(),
        tables.len()
    );
    found.obstacles.push(issue(
        "no-tables",
        &message,
        "build the schema in an empty database with `migration-assist migrate`",
    ));
}

const COPY: &str =
    "copy the rows with `migration-assist copy`, and prove them with `migration-assist verify`";

fn judge_rows(facts: &Facts, found: &mut Acceptance) {
    if facts.has_users == Some(false) {
        found.obstacles.push(issue("no-rows", "table `users` has no rows", COPY));
    }
    // The server makes a new id if there is none, and is another workspace from then on.
    if !facts.systems.as_ref().is_some_and(|names| names.contains(DIAGNOSTIC_ID)) {
        found.obstacles.push(issue(
            "no-diagnostic-id",
            "table `systems` lacks the row `DiagnosticId`, which identifies the workspace",
            COPY,
        ));
    }
}

fn judge_rights(facts: &Facts, is_ours: impl Fn(&str) -> bool, found: &mut Acceptance) {
    let readiness = &facts.readiness;
    let ours = |name: &str| MIGRATOR_TABLES.iter().any(|(it, _)| *it == name) || is_ours(name);
    let user = Postgres.identifier(&readiness.user);
    let unowned: Vec<&Unowned> = readiness.unowned.iter().filter(|it| ours(&it.name)).collect();
    if let Some(first) = unowned.first() {
        let names: Vec<&str> = unowned.iter().map(|it| it.name.as_str()).collect();
        let message = format!(
            "`{}` does not own everything of Mattermost's, whose upgrades change it: {}",
            readiness.user,
            names.join(", ")
        );
        let name = Postgres.qualified(&readiness.schema, &first.name);
        let hint = format!(
            "run for each as an administrator: ALTER {} {name} OWNER TO {user};",
            first.kind
        );
        found.obstacles.push(Issue { id: "owner", message, hint });
    }
    let unusable: Vec<&str> =
        facts.unusable.iter().map(String::as_str).filter(|name| ours(name)).collect();
    if !unusable.is_empty() {
        let message =
            format!("`{}` may not read and write in {}", readiness.user, unusable.join(", "));
        let schema = Postgres.identifier(&readiness.schema);
        let hint =
            format!("run as their owner: GRANT ALL ON ALL TABLES IN SCHEMA {schema} TO {user};");
        found.obstacles.push(Issue { id: "rights", message, hint });
    }
    if !readiness.may(Privilege::CreateInSchema) {
        let message = format!("`{}` may not create tables, as upgrades do", readiness.user);
        let schema = Postgres.identifier(&readiness.schema);
        let hint =
            format!("run as an administrator: GRANT USAGE, CREATE ON SCHEMA {schema} TO {user};");
        found.obstacles.push(Issue { id: "create", message, hint });
    }
}

fn issue(id: &'static str, message: &str, hint: &str) -> Issue {
    Issue { id, message: message.to_owned(), hint: hint.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::{LATER_MIGRATIONS, RequiredMigration, collisions, judge_migrations};

    fn rows(rows: &[(u32, &str)]) -> Vec<RequiredMigration> {
        rows.iter().map(|(number, name)| (*number, (*name).to_owned())).collect()
    }

    #[test]
    fn a_number_that_another_migration_has_is_a_collision_and_a_name_that_is_there_is_none() {
        let patched = rows(&[(142, "add_schemeid_to_roles"), (143, "backfill_roles_schemeid")]);
        assert_eq!(collisions(&patched, &LATER_MIGRATIONS), [142, 143]);
        assert!(collisions(&rows(&LATER_MIGRATIONS), &LATER_MIGRATIONS).is_empty());
        assert!(collisions(&rows(&[(141, "x")]), &LATER_MIGRATIONS).is_empty());
    }

    #[test]
    fn a_name_of_the_other_side_is_an_obstacle() {
        let mut found = super::Acceptance::default();
        let known = rows(&[(92, "add_createat_to_teamembers"), (93, "not_applied")]);
        let applied = rows(&[(92, "add_createat_to_teammembers"), (500, "unknown")]);
        judge_migrations(&applied, &known, &mut found);
        assert_eq!(found.obstacles.len(), 1);
        assert_eq!(found.obstacles[0].id, "migration-name");
    }
}
