//! Privileges of accounts on the whole server.

use std::collections::BTreeSet;

use super::{Connection, Error, Flavour, Server};
use crate::sql::Dialect::MySql;

/// The privileges of an account on all databases and on the server itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GlobalRights {
    /// The account in the server's form, such as `mmuser@%`.
    pub account: String,
    granted: BTreeSet<String>,
}

const ALL: &str = "ALL PRIVILEGES";

impl GlobalRights {
    /// Whether the account can make the server read-only.
    #[must_use]
    pub fn may_freeze(&self, server: &Server) -> bool {
        let names: &[&str] = match server.flavour {
            Flavour::MySql => &["SUPER", "SYSTEM_VARIABLES_ADMIN"],
            Flavour::MariaDb if server.is_at_least(Flavour::MariaDb, READ_ONLY_ADMIN_ALONE) => {
                &["READ_ONLY ADMIN", "READ ONLY ADMIN"]
            }
            Flavour::MariaDb => &["SUPER", "READ_ONLY ADMIN", "READ ONLY ADMIN"],
        };
        self.has_one_of(names)
    }

    fn has_one_of(&self, names: &[&str]) -> bool {
        self.granted.contains(ALL) || names.iter().any(|it| self.granted.contains(*it))
    }
}

/// What an account lacks to follow the binary log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingRights {
    on_server: Vec<&'static str>,
    on_database: Vec<&'static str>,
    database: String,
}

impl MissingRights {
    /// The statements that grant them to an account, which is given as statements take it.
    #[must_use]
    pub fn grants(&self, account: &str) -> String {
        let database = MySql.identifier(&self.database);
        let places = [(&self.on_server, "*.*"), (&self.on_database, &format!("{database}.*"))];
        let grants = places.iter().filter(|(rights, _)| !rights.is_empty());
        let grants =
            grants.map(|(rights, on)| format!("GRANT {} ON {on} TO {account};", rights.join(", ")));
        grants.collect::<Vec<_>>().join(" ")
    }
}

/// What the connected account lacks to follow the binary log from the start of a copy of a database, and
/// the account as statements take it; `None` if it lacks nothing.
pub async fn missing_rights(
    connection: &mut Connection,
    database: &str,
) -> Result<Option<(MissingRights, String)>, Error> {
    let (account, grants) = read_grants(connection).await?;
    let variable = "SHOW GLOBAL VARIABLES LIKE 'gtid_mode'";
    let mode: Option<(String, String)> = connection.query_optional(variable).await?;
    let has_gtids = mode.is_some_and(|(_, value)| value == "ON");
    let missing = missing(&grants, connection.server(), has_gtids, database);
    Ok(missing.map(|missing| (missing, quoted_account(&account))))
}

fn missing(
    grants: &[String],
    server: &Server,
    has_gtids: bool,
    database: &str,
) -> Option<MissingRights> {
    // The names under which servers list a right, and grant it by the first one.
    let (on_server, on_database): (&[&[&'static str]], &[&'static str]) = match server.flavour {
        Flavour::MySql if has_gtids => (&[&["REPLICATION SLAVE"], &["REPLICATION CLIENT"]], &[]),
        // Readers begin under a lock there.
        Flavour::MySql => (&[&["REPLICATION SLAVE"], &["REPLICATION CLIENT"]], &["LOCK TABLES"]),
        Flavour::MariaDb if server.is_at_least(Flavour::MariaDb, (10, 5, 2)) => (
            &[
                &["REPLICATION SLAVE", "REPLICATION REPLICA"],
                &["BINLOG MONITOR", "REPLICATION CLIENT"],
            ],
            &[],
        ),
        Flavour::MariaDb => (&[&["REPLICATION SLAVE"], &["REPLICATION CLIENT"]], &[]),
    };
    let held: BTreeSet<String> = grants.iter().flat_map(|grant| on_the_server(grant)).collect();
    let held_there: BTreeSet<String> =
        grants.iter().flat_map(|grant| on_a_database(grant, database)).collect();
    let has = |held: &BTreeSet<String>, names: &[&str]| {
        held.contains(ALL) || names.iter().any(|name| held.contains(*name))
    };
    let missing = MissingRights {
        on_server: on_server.iter().filter(|it| !has(&held, it)).map(|it| it[0]).collect(),
        on_database: on_database
            .iter()
            .copied()
            .filter(|name| !has(&held, &[name]) && !has(&held_there, &[name]))
            .collect(),
        database: database.to_owned(),
    };
    (!missing.on_server.is_empty() || !missing.on_database.is_empty()).then_some(missing)
}

/// The user of an account such as `mmuser@%`.
#[must_use]
pub fn user_of(account: &str) -> &str {
    account.rsplit_once('@').map_or(account, |(user, _)| user)
}

/// `user@host` as statements take it.
#[must_use]
pub fn quoted_account(account: &str) -> String {
    let (user, host) = account.rsplit_once('@').unwrap_or((account, "%"));
    let quote = |name: &str| format!("'{}'", name.replace('\'', "''"));
    format!("{}@{}", quote(user), quote(host))
}

/// The statement that grants an account a right on the whole server.
#[must_use]
pub fn grant_statement(right: &str, account: &str) -> String {
    format!("GRANT {right} ON *.* TO {};", quoted_account(account))
}

/// The statement that takes from an account of `MariaDB` what lets it write on a read-only server.
#[must_use]
pub fn revoke_writing(server: &Server, account: &str) -> String {
    let rights = if server.is_at_least(Flavour::MariaDb, READ_ONLY_ADMIN_ALONE) {
        "READ_ONLY ADMIN"
    } else {
        "READ_ONLY ADMIN, SUPER"
    };
    format!("REVOKE {rights} ON *.* FROM {};", quoted_account(account))
}

/// From this version of MariaDB on, SUPER does not include the privilege to write on a read-only server (its
/// manual, "READ ONLY ADMIN").
const READ_ONLY_ADMIN_ALONE: (u16, u16, u16) = (10, 11, 0);

/// Whether the server checks privileges at all: one that runs without its privilege tables lets every
/// session do everything, and says so when it is asked for grants.
pub async fn checks_privileges(connection: &mut Connection) -> Result<bool, Error> {
    match connection.execute("SHOW GRANTS").await {
        Ok(_) => Ok(true),
        // Here the option is `--skip-grant-tables`.
        Err(error) if error.is_prevented_by_option() => Ok(false),
        Err(error) => Err(error),
    }
}

/// The privileges of the connected account on the whole server, including those of its roles.
pub async fn global_rights(connection: &mut Connection) -> Result<GlobalRights, Error> {
    let (account, grants) = read_grants(connection).await?;
    let granted = grants.iter().flat_map(|grant| on_the_server(grant)).collect();
    Ok(GlobalRights { account, granted })
}

/// The connected account, and the statements that grant it its rights and those of its roles.
async fn read_grants(connection: &mut Connection) -> Result<(String, Vec<String>), Error> {
    let account: String = connection.query_one("SELECT CURRENT_USER()").await?;
    if !checks_privileges(connection).await? {
        return Ok((account, vec![format!("GRANT {ALL} ON *.* TO CURRENT_USER")]));
    }
    let mut statement = "SHOW GRANTS".to_owned();
    if connection.server().is_at_least(Flavour::MySql, (8, 0, 0)) {
        let roles: Option<String> = connection.query_optional("SELECT CURRENT_ROLE()").await?;
        if let Some(roles) = roles.filter(|roles| roles != "NONE") {
            statement = format!("SHOW GRANTS FOR CURRENT_USER() USING {roles}");
        }
    }
    Ok((account, connection.query(&statement).await?))
}

/// The accounts that can write on a read-only server, such as `mmuser@%`; `None` if the connected account
/// cannot see the privileges of others. On MySQL there are none under `super_read_only`.
pub async fn writers_on_read_only(
    connection: &mut Connection,
) -> Result<Option<BTreeSet<String>>, Error> {
    let server = connection.server();
    if server.flavour == Flavour::MySql {
        return Ok(Some(BTreeSet::new()));
    }
    let sees_all = match connection.execute("SELECT 1 FROM mysql.user LIMIT 1").await {
        Ok(_) => true,
        Err(error) if error.is_privilege_missing() => false,
        Err(error) => return Err(error),
    };
    if !sees_all {
        return Ok(None);
    }
    let names = if connection.server().is_at_least(Flavour::MariaDb, READ_ONLY_ADMIN_ALONE) {
        "'READ_ONLY ADMIN', 'READ ONLY ADMIN'"
    } else {
        "'READ_ONLY ADMIN', 'READ ONLY ADMIN', 'SUPER'"
    };
    let grantees: Vec<String> = connection
        .query(&format!(
            "SELECT DISTINCT GRANTEE FROM information_schema.USER_PRIVILEGES
             WHERE PRIVILEGE_TYPE IN ({names})"
        ))
        .await?;
    Ok(Some(grantees.iter().map(|grantee| account_of(grantee)).collect()))
}

/// `'name'@'host'` without its quotes.
fn account_of(grantee: &str) -> String {
    let (name, host) = grantee.rsplit_once('@').unwrap_or((grantee, "'%'"));
    let bare = |text: &str| {
        let inner = text.strip_prefix('\'').and_then(|text| text.strip_suffix('\''));
        inner.unwrap_or(text).replace("''", "'")
    };
    format!("{}@{}", bare(name), bare(host))
}

/// The privileges of a line of SHOW GRANTS on `*.*`.
fn on_the_server(grant: &str) -> Vec<String> {
    let names = grant.strip_prefix("GRANT ").and_then(|rest| rest.split_once(" ON *.* TO "));
    listed(names.map_or("", |(names, _)| names))
}

/// The rights that a line of SHOW GRANTS gives on a database. A pattern of names with `%` is taken to
/// match, `_` to stand for itself: servers print `\_` for it.
fn on_a_database(grant: &str, database: &str) -> Vec<String> {
    let parts = grant.strip_prefix("GRANT ").and_then(|rest| rest.split_once(" ON `"));
    let parts = parts.and_then(|(names, rest)| Some((names, rest.split_once("`.* TO ")?.0)));
    match parts {
        Some((names, pattern))
            if pattern.contains('%')
                || pattern.replace('\\', "").replace("``", "`") == database =>
        {
            listed(names)
        }
        _ => Vec::new(),
    }
}

fn listed(names: &str) -> Vec<String> {
    names.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::{GlobalRights, account_of, missing, on_the_server, quoted_account, user_of};
    use crate::mysql::Server;

    #[test]
    fn the_host_is_behind_the_last_at() {
        assert_eq!(["mm@%", "a@b@10.0.0.1", "mm"].map(user_of), ["mm", "a@b", "mm"]);
    }

    #[test]
    fn only_rights_on_the_whole_server_count() {
        let lines = [
            "GRANT USAGE ON *.* TO `mm`@`%`",
            "GRANT ALL PRIVILEGES ON `chat`.* TO `mm`@`%`",
            "GRANT PROCESS, SYSTEM_VARIABLES_ADMIN ON *.* TO `mm`@`%`",
            "GRANT `role`@`%` TO `mm`@`%`",
        ];
        let granted = lines.iter().flat_map(|line| on_the_server(line)).collect();
        let rights = GlobalRights { account: "mm@%".to_owned(), granted };
        let mysql = Server::read("9.7.0", "");
        let mariadb = Server::read("10.11.6-MariaDB", "");
        assert!(rights.may_freeze(&mysql));
        assert!(!rights.may_freeze(&mariadb));
    }

    #[test]
    fn super_is_not_enough_on_a_newer_mariadb() {
        let granted = on_the_server("GRANT SUPER ON *.* TO `mm`@`%`").into_iter().collect();
        let rights = GlobalRights { account: "mm@%".to_owned(), granted };
        assert!(rights.may_freeze(&Server::read("10.6.1-MariaDB", "")));
        assert!(!rights.may_freeze(&Server::read("10.11.1-MariaDB", "")));
    }

    #[test]
    fn a_grantee_is_an_account_without_its_quotes() {
        assert_eq!(account_of("'mm'@'10.0.%'"), "mm@10.0.%");
        assert_eq!(account_of("'o''neil@home'@'%'"), "o'neil@home@%");
    }

    #[test]
    fn what_following_needs_depends_on_the_server() {
        let with = |version: &str, has_gtids: bool, grants: &[&str]| {
            let grants: Vec<String> = grants.iter().map(|&grant| grant.to_owned()).collect();
            let missing = missing(&grants, &Server::read(version, ""), has_gtids, "my_chat");
            missing.map(|missing| missing.grants("'mm'@'%'"))
        };
        let missing = |version: &str, grants: &[&str]| with(version, false, grants);
        let select = "GRANT SELECT ON `my\\_chat`.* TO `mm`@`%`";
        let on_mysql = "GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO 'mm'@'%'; \
             GRANT LOCK TABLES ON `my_chat`.* TO 'mm'@'%';";
        assert_eq!(missing("9.7.4", &[select]).as_deref(), Some(on_mysql));
        let on_mariadb = "GRANT REPLICATION SLAVE, BINLOG MONITOR ON *.* TO 'mm'@'%';";
        assert_eq!(missing("10.11.6-MariaDB", &[select]).as_deref(), Some(on_mariadb));
        let replication = "GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO `mm`@`%`";
        let locks = "GRANT SELECT, LOCK TABLES ON `my\\_chat`.* TO `mm`@`%`";
        assert_eq!(missing("9.7.4", &[replication, locks]), None);
        assert_eq!(with("9.7.4", true, &[select, replication]), None, "no lock is needed");
        assert_eq!(missing("10.11.6-MariaDB", &["GRANT ALL PRIVILEGES ON *.* TO `mm`@`%`"]), None);
    }

    #[test]
    fn an_account_is_quoted_for_statements() {
        assert_eq!(quoted_account("mm'user@10.0.%"), "'mm''user'@'10.0.%'");
    }
}
