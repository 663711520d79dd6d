//! What accounts may do on the whole server.

use std::collections::BTreeSet;

use super::{Connection, Error, Flavour, Server};

/// The rights of an account on all databases, and on the server itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GlobalRights {
    /// The account as the server knows it, such as `mmuser@%`.
    pub account: String,
    granted: BTreeSet<String>,
}

impl GlobalRights {
    /// Whether the account may make the server read only.
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

    /// Whether the account may see and end the sessions of others.
    #[must_use]
    pub fn may_see_sessions(&self) -> bool {
        self.has_one_of(&["PROCESS"])
    }

    fn has_one_of(&self, names: &[&str]) -> bool {
        self.granted.contains("ALL PRIVILEGES") || names.iter().any(|it| self.granted.contains(*it))
    }
}

/// Since this version of MariaDB, SUPER does not include the right to write on a read-only server (its
/// manual, "READ ONLY ADMIN").
const READ_ONLY_ADMIN_ALONE: (u16, u16, u16) = (10, 11, 0);

/// The rights of the connected account on the whole server, those of its roles included.
pub async fn global_rights(connection: &mut Connection) -> Result<GlobalRights, Error> {
    let account: Option<String> = connection.query_optional("SELECT CURRENT_USER()").await?;
    let account = account.ok_or_else(|| Error::Unexpected("the account has no name".to_owned()))?;
    let mut statement = "SHOW GRANTS".to_owned();
    if connection.server().is_at_least(Flavour::MySql, (8, 0, 0)) {
        let roles: Option<String> = connection.query_optional("SELECT CURRENT_ROLE()").await?;
        if let Some(roles) = roles.filter(|roles| roles != "NONE") {
            statement = format!("SHOW GRANTS FOR CURRENT_USER() USING {roles}");
        }
    }
    let grants: Vec<String> = connection.query(&statement).await?;
    let granted = grants.iter().flat_map(|grant| on_the_server(grant)).collect();
    Ok(GlobalRights { account, granted })
}

/// The accounts that write although the server is read only, such as `mmuser@%`; `None` if the connected
/// account may not see the rights of others. On MySQL there are none under `super_read_only`.
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

/// The rights that a line of SHOW GRANTS gives on `*.*`.
fn on_the_server(grant: &str) -> Vec<String> {
    let names = grant.strip_prefix("GRANT ").and_then(|rest| rest.split_once(" ON *.* TO "));
    let names = names.map_or("", |(names, _)| names);
    names.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::{GlobalRights, account_of, on_the_server};
    use crate::mysql::Server;

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
        assert!(rights.may_see_sessions() && rights.may_freeze(&mysql));
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
}
