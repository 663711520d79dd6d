//! Databases for the demonstration: made on a server of either kind, and removed.

use std::error::Error;

use migration_assist::mysql::{self, Access};
use migration_assist::postgres::{self, Defaults};
use migration_assist::secret::Secret;
use migration_assist::sql::Dialect::{MySql, Postgres};

/// A server by its DSN, whichever it is.
pub enum Server {
    MySql(mysql::Dsn),
    Postgres(postgres::Dsn),
}

impl Server {
    /// Distinguishes the two kinds by the scheme.
    pub fn parse(dsn: &str) -> Result<Self, Box<dyn Error>> {
        if dsn.starts_with("postgres://") || dsn.starts_with("postgresql://") {
            return Ok(Self::Postgres(postgres::Dsn::parse(dsn, &Defaults::default())?));
        }
        Ok(Self::MySql(dsn.parse()?))
    }

    /// Makes a database, and gives its DSN.
    pub async fn create(&self, name: &str) -> Result<String, Box<dyn Error>> {
        match self {
            Self::MySql(dsn) => {
                let quoted = MySql.identifier(name);
                let statement = format!("CREATE DATABASE {quoted} CHARACTER SET utf8mb4");
                mysql::Connection::connect(dsn, Access::Writing).await?.execute(&statement).await?;
                let made = mysql::Dsn { database: Some(name.to_owned()), ..dsn.clone() };
                Ok(made.render().expose().to_owned())
            }
            Self::Postgres(dsn) => {
                let connection = postgres::Connection::connect(dsn).await?;
                let right = postgres::create_database_statement(&connection, name, &dsn.user);
                let plain = || format!("CREATE DATABASE {}", Postgres.identifier(name));
                connection.batch_execute(&right.await?.unwrap_or_else(plain)).await?;
                let made = postgres::Dsn { database: name.to_owned(), ..dsn.clone() };
                Ok(made.render())
            }
        }
    }

    /// Removes a database, if it is there.
    pub async fn drop(&self, name: &str) -> Result<(), Box<dyn Error>> {
        match self {
            Self::MySql(dsn) => {
                let statement = format!("DROP DATABASE IF EXISTS {}", MySql.identifier(name));
                mysql::Connection::connect(dsn, Access::Writing).await?.execute(&statement).await?;
            }
            Self::Postgres(dsn) => {
                let statement = format!("DROP DATABASE IF EXISTS {}", Postgres.identifier(name));
                postgres::Connection::connect(dsn).await?.batch_execute(&statement).await?;
            }
        }
        Ok(())
    }
}

/// Makes an account that may write to the database of a DSN, unless the server is read-only, as Mattermost's may;
/// gives its DSN.
pub async fn create_account(dsn: &mysql::Dsn) -> Result<String, Box<dyn Error>> {
    let database = dsn.database.clone().ok_or("the DSN names no database")?;
    let user = format!("m{}", std::process::id());
    let statements = format!(
        "CREATE USER {user}@'%' IDENTIFIED BY 'mattermost';
         GRANT SELECT, INSERT, UPDATE, DELETE ON {}.* TO {user}@'%'",
        MySql.identifier(&database)
    );
    mysql::Connection::connect(dsn, Access::Writing).await?.execute(&statements).await?;
    let password = Secret::new("mattermost");
    Ok(mysql::Dsn { user, password, ..dsn.clone() }.render().expose().to_owned())
}
