//! Whether an account can build and fill Mattermost's schema in a database.

use schemars::JsonSchema;
use serde::Serialize;

use super::target_locale::{CaselessCtype, right_database};
use super::{Error, text_search};
use crate::ledger;
use crate::migrations::{self, tables_with_rows};
use crate::postgres::{Connection, Locale, Need, Note, Readiness, Repair, Server, read_readiness};

/// What is checked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TargetChecks {
    /// Whether the account has to be able to build the schema.
    pub(crate) owner: bool,
    /// Whether all tables have to be empty.
    pub(crate) empty: bool,
    pub(crate) ledger: LedgerNeed,
    pub(crate) accepted: AcceptedTarget,
}

/// What is accepted about a target's searches.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct AcceptedTarget {
    /// Whether a target is accepted in which letters outside ASCII have no case.
    pub(crate) ctype: bool,
    /// Whether a text search configuration is chosen, so that what is there now does not matter.
    pub(crate) text_search: bool,
}

/// The consequence if the account cannot keep a ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LedgerNeed {
    /// A note: the command does not need it.
    Later,
    /// The command cannot start.
    Needed,
}

/// A target, and what keeps an account from using it.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct TargetReport {
    pub(crate) server: String,
    pub(crate) database: String,
    pub(crate) encoding: String,
    pub(crate) locale: Locale,
    pub(crate) schema: String,
    /// Why nothing can be written to this server at all.
    pub(crate) obstacles: Vec<String>,
    /// That letters outside ASCII have no case, if they have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ctype: Option<CaselessCtype>,
    /// The missing privileges, with the statements that grant them.
    pub(crate) missing_privileges: Vec<Repair>,
    pub(crate) tables_with_rows: Vec<String>,
    /// Notes, which do not stop anything.
    pub(crate) notes: Vec<Note>,
}

impl TargetReport {
    /// Checks a target.
    pub(crate) async fn read(
        connection: &Connection,
        schema: &str,
        checks: TargetChecks,
    ) -> Result<Self, Error> {
        let mut readiness = read_readiness(connection, schema).await?;
        readiness.set_others_apart(migrations::is_known_name);
        let mut missing_privileges = if checks.owner { readiness.repairs() } else { Vec::new() };
        let mut notes = read_notes(connection, &readiness, checks.accepted).await?;
        let of_ledger = ledger::missing_rights(connection, &readiness).await?;
        match checks.ledger {
            LedgerNeed::Needed => {
                let repair = |statement| Repair { need: Need::Ledger, statement };
                missing_privileges.extend(of_ledger.into_iter().map(repair));
            }
            LedgerNeed::Later if of_ledger.is_empty() => {}
            LedgerNeed::Later => notes.push(ledger_note(&of_ledger)),
        }
        let tables_with_rows = if checks.empty && readiness.schema_owner.is_some() {
            tables_with_rows(connection, schema).await?
        } else {
            Vec::new()
        };
        let is_utf8 = readiness.encoding == "UTF8";
        let creation = if is_utf8 { None } else { right_database(connection, &readiness).await? };
        Ok(Self {
            obstacles: obstacles(&readiness, creation.as_deref()),
            ctype: CaselessCtype::find(connection, &readiness, checks.accepted.ctype).await?,
            notes,
            server: readiness.server.to_string(),
            database: readiness.database,
            encoding: readiness.encoding,
            locale: readiness.locale,
            schema: schema.to_owned(),
            missing_privileges,
            tables_with_rows,
        })
    }

    /// Whether nothing was found that keeps the account from using the target.
    pub(crate) fn is_ready(&self) -> bool {
        self.obstacles.is_empty()
            && self.ctype.as_ref().is_none_or(|ctype| ctype.accepted)
            && self.missing_privileges.is_empty()
            && self.tables_with_rows.is_empty()
    }
}

async fn read_notes(
    connection: &Connection,
    readiness: &Readiness,
    accepted: AcceptedTarget,
) -> Result<Vec<Note>, Error> {
    let mut notes: Vec<Note> = readiness.locale.order_note().into_iter().collect();
    notes.extend(readiness.notes());
    if accepted.text_search {
        notes.retain(|note| note.id != "text-search");
    }
    for note in notes.iter_mut().filter(|note| note.id == "text-search") {
        note.plan = text_search::explain(connection, &readiness.schema, readiness).await?;
    }
    Ok(notes)
}

/// The note about an account that cannot keep a ledger.
fn ledger_note(statements: &[String]) -> Note {
    Note {
        id: "ledger",
        message: "the account may not create or use schema `migration_assist`, which `copy` and `migrate` need"
            .to_owned(),
        statement: Some(statements.join(" ")),
        plan: Vec::new(),
    }
}

/// `creation` is the statement that creates a right database.
fn obstacles(readiness: &Readiness, creation: Option<&str>) -> Vec<String> {
    let mut obstacles = Vec::new();
    if !readiness.server.is_supported() {
        obstacles.push(format!(
            "{} is too old for Mattermost, which needs {} or later",
            readiness.server,
            Server::OLDEST_SUPPORTED
        ));
    }
    if readiness.encoding != "UTF8" {
        obstacles.push(format!(
            "database `{}` is encoded in {}; create another and name it in the DSN: {}",
            readiness.database,
            readiness.encoding,
            creation.unwrap_or("CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0;")
        ));
    }
    if readiness.read_only {
        obstacles.push("the server accepts no writes: it is a standby or read-only".to_owned());
    }
    obstacles
}
