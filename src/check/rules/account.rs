//! The account: its privileges and its login plugin.

use std::collections::BTreeSet;
use std::fmt;

use crate::check::{Finding, Rule, Severity};
use crate::mysql::{Connection, Error, checks_privileges};
use crate::sql::Dialect::MySql;

/// The only login plugin that pgloader supports.
const NATIVE: &str = "mysql_native_password";

/// Reports privileges, such as `SELECT`, that the account lacks on the database.
///
/// Servers do not list privileges that come from a role, so an account with a role is assumed to have them.
pub async fn privileges(
    connection: &mut Connection,
    needed: &[&str],
) -> Result<Option<Finding>, Error> {
    let account = Account::read(connection).await?;
    let grantee = account.grantees().map(|it| MySql.literal(&it)).join(", ");
    let listed: Vec<String> = connection
        .query(&format!(
            "SELECT PRIVILEGE_TYPE FROM information_schema.USER_PRIVILEGES \
             WHERE GRANTEE IN ({grantee}) \
             UNION SELECT PRIVILEGE_TYPE FROM information_schema.SCHEMA_PRIVILEGES \
             WHERE GRANTEE IN ({grantee}) AND DATABASE() LIKE TABLE_SCHEMA"
        ))
        .await?;
    let held: BTreeSet<String> = listed.into_iter().collect();
    let missing: Vec<&str> =
        needed.iter().copied().filter(|&privilege| !held.contains(privilege)).collect();
    if missing.is_empty() || has_role(connection).await? || !checks_privileges(connection).await? {
        return Ok(None);
    }
    let database = MySql.identifier(&connection.database().await?);
    let missing = missing.join(", ");
    let message = format!("the account lacks {missing} on some or all tables of the database");
    Ok(Some(
        Finding::new(Rule::Privileges, Severity::Blocks, message)
            .action("tables without access are not visible, so they are neither checked nor copied")
            .statement(format!("GRANT {missing} ON {database}.* TO {account};"))
            .detail("missing", missing),
    ))
}

/// The account that the server authenticated the session as.
struct Account {
    user: String,
    host: String,
}

impl Account {
    async fn read(connection: &mut Connection) -> Result<Self, Error> {
        let current: String = connection.query_one("SELECT CURRENT_USER()").await?;
        // A name may contain `@`, a host may not.
        let (user, host) = current.rsplit_once('@').unwrap_or((&current, "%"));
        Ok(Self { user: user.to_owned(), host: host.to_owned() })
    }

    /// Spellings of the account in `information_schema`: a quote in a name is doubled, escaped with a
    /// backslash or left alone, depending on the server.
    fn grantees(&self) -> [String; 3] {
        let spelled = |quote: &str| {
            let [user, host] = [&self.user, &self.host].map(|part| part.replace('\'', quote));
            format!("'{user}'@'{host}'")
        };
        [spelled("'"), spelled("''"), spelled("\\'")]
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // `Dialect::literal` writes hexadecimal digits for a name with a backslash, which GRANT rejects.
        let quote = |part: &str| format!("'{}'", part.replace('\\', "\\\\").replace('\'', "''"));
        write!(f, "{}@{}", quote(&self.user), quote(&self.host))
    }
}

/// Servers without roles refuse the question.
async fn has_role(connection: &mut Connection) -> Result<bool, Error> {
    let role: Option<Option<String>> =
        match connection.query_optional("SELECT CURRENT_ROLE()").await {
            Err(error) if error.is_unknown_statement() => None,
            outcome => outcome?,
        };
    let role = role.flatten().unwrap_or_default();
    Ok(!role.is_empty() && !role.eq_ignore_ascii_case("none"))
}

/// Reports a login plugin that pgloader does not support. Older servers lack the statement, and a server
/// without privilege tables rejects it.
pub async fn login_plugin(connection: &mut Connection) -> Result<Option<Finding>, Error> {
    let statement: Option<String> =
        match connection.query_optional("SHOW CREATE USER CURRENT_USER()").await {
            Err(error) if error.is_account_hidden() => None,
            outcome => outcome?,
        };
    let plugin = statement.as_deref().and_then(plugin_of).filter(|plugin| plugin != NATIVE);
    Ok(plugin.map(|plugin| {
        Finding::new(Rule::LoginPlugin, Severity::Note, format!("the account authenticates with `{plugin}`"))
            .action("`copy` supports it; pgloader does not, and needs an account with `mysql_native_password`")
            .detail("plugin", plugin)
    }))
}

/// The plugin in `CREATE USER … IDENTIFIED WITH 'x'` (MySQL) or `IDENTIFIED VIA x` (`MariaDB`).
fn plugin_of(statement: &str) -> Option<String> {
    let words: Vec<&str> = statement.split_whitespace().collect();
    let place = words.iter().position(|word| word.eq_ignore_ascii_case("IDENTIFIED"))?;
    let plugin = match words.get(place + 1)?.to_ascii_uppercase().as_str() {
        "WITH" | "VIA" => words.get(place + 2)?.trim_matches(['\'', '`', ',', ';']),
        "BY" => NATIVE,
        _ => return None,
    };
    Some(plugin.to_owned())
}

#[cfg(test)]
mod tests {
    use super::plugin_of;

    #[test]
    fn the_plugin_is_read_and_never_the_password() {
        for (statement, plugin) in [
            (
                "CREATE USER `u`@`%` IDENTIFIED WITH 'caching_sha2_password' AS '$A$x' REQUIRE NONE",
                Some("caching_sha2_password"),
            ),
            ("CREATE USER `u`@`%` IDENTIFIED BY PASSWORD '*ABC'", Some("mysql_native_password")),
            ("CREATE USER `u`@`%` IDENTIFIED VIA ed25519 USING 'x'", Some("ed25519")),
            ("CREATE USER `u`@`%`", None),
        ] {
            assert_eq!(plugin_of(statement).as_deref(), plugin);
        }
    }
}
