//! Holding the source still: nobody writes to it while its rows move.

use serde::Serialize;

use super::Error;
use crate::ledger::{self, FrozenSettings};
use crate::mysql::{self, Flavour};
use crate::postgres;

/// How a server is held still.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FreezeMode {
    /// `super_read_only`: nobody writes, administrators included.
    SuperReadOnly,
    /// `read_only`: only administrators could write.
    ReadOnly,
}

/// What came of holding a source still.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Frozen {
    /// Nobody writes now.
    Still {
        /// By what.
        means: FreezeMode,
        /// Whether it was so before.
        already: bool,
        /// Databases of others on that server, which cannot be written either.
        others: Vec<String>,
    },
    /// The account may not do it.
    Denied {
        /// What an administrator of the server can run instead: purpose and statement.
        instead: Vec<(&'static str, String)>,
    },
}

/// What came of letting a source go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Released {
    /// It can be written again, as before.
    Released,
    /// It was read only before the cutover, and stays so.
    WasReadOnlyBefore,
    /// No freezing is on record.
    NotOnRecord,
}

/// What is said without a right: MySQL's and `MariaDB`'s "access denied; you need … privilege".
const NO_RIGHT: u16 = 1227;

/// Makes a source read only until [`release`], as far as its account may.
///
/// How the server was before is recorded in the target first, so that an interruption at any instant
/// leaves a record that is true, and a second call changes nothing. `source` names the server there.
pub async fn freeze(
    server: &mut mysql::Connection,
    target: &postgres::Connection,
    source: &str,
) -> Result<Frozen, Error> {
    let before = read_switches(server).await?;
    let flavour = server.server().flavour;
    let means = match flavour {
        Flavour::MySql => FreezeMode::SuperReadOnly,
        Flavour::MariaDb => FreezeMode::ReadOnly,
    };
    let others = other_databases(server).await?;
    let still = |already| Frozen::Still { means, already, others };
    if holds(before, means) {
        return Ok(still(true));
    }
    let new = ledger::record_freeze(target, source, before).await?;
    match server.execute(freezing(flavour)).await {
        Ok(_) => Ok(still(false)),
        Err(error) if error.code() == Some(NO_RIGHT) => {
            if new {
                ledger::forget_freeze(target, source).await?;
            }
            Ok(Frozen::Denied { instead: instead(server).await? })
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether a freezing of that source is on record in the target.
pub async fn is_frozen(target: &postgres::Connection, source: &str) -> Result<bool, Error> {
    Ok(ledger::read_freeze(target, source).await?.is_some())
}

/// Makes a source as it was before [`freeze`].
pub async fn release(
    server: &mut mysql::Connection,
    target: &postgres::Connection,
    source: &str,
) -> Result<Released, Error> {
    let Some(before) = ledger::read_freeze(target, source).await? else {
        return Ok(Released::NotOnRecord);
    };
    for statement in releasing(server.server().flavour, before) {
        server.execute(statement).await?;
    }
    ledger::forget_freeze(target, source).await?;
    Ok(if before.read_only { Released::WasReadOnlyBefore } else { Released::Released })
}

/// Whether anything was written on the source's server since the copy's rows were read; `None` where
/// the server keeps no log, the account may not see it, or no copy is on record.
pub async fn written_since_copy(
    server: &mut mysql::Connection,
    target: &postgres::Connection,
    schema: &str,
) -> Result<Option<bool>, Error> {
    let copy = ledger::read_copy(target, schema).await?;
    let then = copy.source.and_then(|source| source.position);
    let now = mysql::log_position(server).await?;
    Ok(then.zip(now).map(|(then, now)| then != now))
}

fn holds(settings: FrozenSettings, means: FreezeMode) -> bool {
    match means {
        FreezeMode::SuperReadOnly => settings.super_read_only,
        FreezeMode::ReadOnly => settings.read_only,
    }
}

fn freezing(flavour: Flavour) -> &'static str {
    match flavour {
        // It waits for statements that hold tables, but not for ever. It turns `read_only` on, too.
        Flavour::MySql => "SET SESSION lock_wait_timeout = 60; SET GLOBAL super_read_only = ON",
        Flavour::MariaDb => "SET SESSION lock_wait_timeout = 60; SET GLOBAL read_only = ON",
    }
}

fn releasing(flavour: Flavour, before: FrozenSettings) -> Vec<&'static str> {
    let mut statements = Vec::new();
    if flavour == Flavour::MySql && !before.super_read_only {
        statements.push("SET GLOBAL super_read_only = OFF");
    }
    if !before.read_only {
        statements.push("SET GLOBAL read_only = OFF");
    }
    statements
}

async fn read_switches(server: &mut mysql::Connection) -> Result<FrozenSettings, mysql::Error> {
    // MariaDB 12 prints words.
    let is_on = |value: &str| !matches!(value, "0" | "OFF" | "off");
    let flavour = server.server().flavour;
    let mut ask = async |name: &str| -> Result<bool, mysql::Error> {
        let value: Option<String> =
            server.query_optional(&format!("SELECT CAST(@@GLOBAL.{name} AS CHAR)")).await?;
        Ok(value.is_some_and(|value| is_on(&value)))
    };
    let read_only = ask("read_only").await?;
    let super_read_only = flavour == Flavour::MySql && ask("super_read_only").await?;
    Ok(FrozenSettings { read_only, super_read_only })
}

async fn other_databases(server: &mut mysql::Connection) -> Result<Vec<String>, mysql::Error> {
    server
        .query(
            "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME NOT IN
             ('information_schema', 'mysql', 'performance_schema', 'sys')
             AND SCHEMA_NAME <> DATABASE() ORDER BY 1",
        )
        .await
}

/// What an administrator can do about one account or the server.
async fn instead(
    server: &mut mysql::Connection,
) -> Result<Vec<(&'static str, String)>, mysql::Error> {
    let account: Option<String> = server.query_optional("SELECT CURRENT_USER()").await?;
    let database = server.database().await?;
    let account = quoted_account(&account.unwrap_or_default());
    let whole = match server.server().flavour {
        Flavour::MySql => "SET GLOBAL super_read_only = ON;",
        Flavour::MariaDb => "SET GLOBAL read_only = ON;",
    };
    let database = database.replace('`', "``");
    Ok(vec![
        ("hold the whole server still", whole.to_owned()),
        (
            "or take only this account's right to write, which the copy does not need",
            format!("REVOKE INSERT, UPDATE, DELETE ON `{database}`.* FROM {account};"),
        ),
        (
            "or lock the account, and copy by another one that may SELECT",
            format!("ALTER USER {account} ACCOUNT LOCK;"),
        ),
    ])
}

/// `user@host` as statements take it.
fn quoted_account(account: &str) -> String {
    let (user, host) = account.rsplit_once('@').unwrap_or((account, "%"));
    let quote = |name: &str| format!("'{}'", name.replace('\'', "''"));
    format!("{}@{}", quote(user), quote(host))
}

#[cfg(test)]
mod tests {
    use super::{Flavour, FrozenSettings, freezing, quoted_account, releasing};

    #[test]
    fn a_release_undoes_what_the_freezing_did_and_no_more() {
        let switches = |read_only, super_read_only| FrozenSettings { read_only, super_read_only };
        assert!(freezing(Flavour::MySql).ends_with("SET GLOBAL super_read_only = ON"));
        assert!(freezing(Flavour::MariaDb).ends_with("SET GLOBAL read_only = ON"));
        for (flavour, before, expected) in [
            (
                Flavour::MySql,
                switches(false, false),
                &["SET GLOBAL super_read_only = OFF", "SET GLOBAL read_only = OFF"][..],
            ),
            (Flavour::MySql, switches(true, false), &["SET GLOBAL super_read_only = OFF"]),
            (Flavour::MySql, switches(true, true), &[]),
            (Flavour::MariaDb, switches(false, false), &["SET GLOBAL read_only = OFF"]),
            (Flavour::MariaDb, switches(true, false), &[]),
        ] {
            assert_eq!(releasing(flavour, before), expected);
        }
    }

    #[test]
    fn accounts_are_quoted() {
        assert_eq!(quoted_account("mm'user@10.0.%"), "'mm''user'@'10.0.%'");
    }
}
