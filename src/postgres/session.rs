//! The settings of a session, which do not depend on what the server, a database or a role has set.

use std::collections::BTreeMap;

use tokio_postgres::{Client, SimpleQueryMessage};

use super::Error;
use crate::sql::Dialect::Postgres;

/// Whether a session can work without a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    /// Without it, rows or names could be read or written differently.
    Required,
    /// It saves time, or most versions do not have it.
    IfPossible,
}

use Need::{IfPossible, Required};

/// Names, values in the form that the server prints, and whether the session depends on them.
///
/// `search_path` finds nothing until a schema is chosen, and rows that a policy hides are an error instead of
/// missing. A session may wait without a limit. The server ends a session, with its locks, if its client has
/// vanished.
const SETTINGS: [(&str, &str, Need); 26] = [
    // Version 17 and later; first, because it may be shorter than the rest takes.
    ("transaction_timeout", "0", IfPossible),
    ("client_encoding", "UTF8", Required),
    ("standard_conforming_strings", "on", Required),
    ("quote_all_identifiers", "off", Required),
    ("array_nulls", "on", Required),
    ("transform_null_equals", "off", Required),
    ("bytea_output", "hex", Required),
    ("DateStyle", "ISO, MDY", Required),
    ("IntervalStyle", "postgres", Required),
    ("TimeZone", "UTC", Required),
    ("extra_float_digits", "1", Required),
    ("default_transaction_isolation", "read committed", Required),
    ("default_transaction_read_only", "off", Required),
    ("default_transaction_deferrable", "off", Required),
    ("row_security", "off", Required),
    ("search_path", "", Required),
    ("exit_on_error", "off", IfPossible),
    ("gin_fuzzy_search_limit", "0", IfPossible),
    ("idle_in_transaction_session_timeout", "0", IfPossible),
    // Version 14 and later.
    ("idle_session_timeout", "0", IfPossible),
    ("lock_timeout", "1min", IfPossible),
    ("tcp_keepalives_idle", "60", IfPossible),
    ("tcp_keepalives_interval", "15", IfPossible),
    ("tcp_user_timeout", "0", IfPossible),
    ("check_function_bodies", "on", IfPossible),
    ("default_with_oids", "off", IfPossible),
];

/// Applies the settings to a new session. A setting that the server does not have, or does not allow to
/// change, is skipped unless the session depends on it.
pub(super) async fn configure_session(client: &Client) -> Result<(), Error> {
    // Separate, and first: every version has it, and it may be shorter than the next statement.
    client.batch_execute("SET statement_timeout = 0").await?;
    let found = match set(client, &SETTINGS).await {
        Ok(found) => found,
        Err(error) if error.sqlstate().is_some() => set_one_by_one(client).await?,
        Err(error) => return Err(error),
    };
    for (name, wanted, need) in SETTINGS {
        match found.get(name) {
            Some(value) if need == Required && value != wanted => {
                let (name, found) = (name.to_owned(), value.clone());
                return Err(Error::Setting { name, wanted: wanted.to_owned(), found });
            }
            _ => {}
        }
    }
    Ok(())
}

async fn set_one_by_one(client: &Client) -> Result<BTreeMap<String, String>, Error> {
    let mut found = BTreeMap::new();
    for setting in SETTINGS {
        match set(client, &[setting]).await {
            Ok(one) => found.extend(one),
            Err(error) if error.sqlstate().is_some() && setting.2 == IfPossible => {}
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

/// Sets those that the server has, and returns their values.
async fn set(
    client: &Client,
    settings: &[(&str, &str, Need)],
) -> Result<BTreeMap<String, String>, Error> {
    let rows: Vec<String> = settings
        .iter()
        .map(|(name, value, _)| {
            format!("({}, {})", Postgres.literal(name), Postgres.literal(value))
        })
        .collect();
    let sql = format!(
        "SELECT it.name, pg_catalog.set_config(it.name, it.value, false)
         FROM (VALUES {}) AS it (name, value) WHERE EXISTS (SELECT FROM pg_catalog.pg_settings AS known
             WHERE pg_catalog.lower(known.name) = pg_catalog.lower(it.name))",
        rows.join(", ")
    );
    let answer = client.simple_query(&sql).await?;
    let pairs = answer.into_iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some((row.get(0)?.to_owned(), row.get(1)?.to_owned())),
        _ => None,
    });
    Ok(pairs.collect())
}
