//! A workspace on a server that no other test uses: a freeze concerns a server as a whole.

use std::path::PathBuf;

use migration_assist::mysql::{Access, Connection, Dsn, Flavour};
use migration_assist::secret::Secret;
use tempfile::TempDir;

use super::fixtures::{arguments, config, file, workspace};
use crate::support::mysql::{open, run as execute, with_database};
use crate::support::own_server;
pub(crate) use crate::support::own_server::on_servers_of_both_flavours;
use crate::support::postgres::Database;
use crate::support::program::{Run, command_in, finish, run};

/// A MySQL or `MariaDB` server that goes when the test ends.
pub struct OwnServer {
    _server: own_server::OwnServer,
    /// Its administrator's DSN, without a database.
    pub dsn: Dsn,
}

impl OwnServer {
    /// Starts a server with `scripts/servers`.
    pub fn start(flavour: Flavour) -> Self {
        Self::start_with(flavour, &[])
    }

    /// The same with these variables in its environment.
    pub fn start_with(flavour: Flavour, environment: &[(&str, &str)]) -> Self {
        let kind = match flavour {
            Flavour::MySql => "mysql",
            Flavour::MariaDb => "mariadb",
        };
        let server = own_server::OwnServer::start_with(kind, environment);
        let dsn = server.dsn().parse().expect("a DSN");
        Self { _server: server, dsn }
    }

    /// Its administrator, or another account with the same password, in the test's database.
    pub fn account(&self, user: Option<&str>) -> Dsn {
        let dsn = with_database(&self.dsn, "chat");
        let user = user.map_or(dsn.user.clone(), str::to_owned);
        Dsn { user, ..dsn }
    }

    /// The value of a setting of the whole server.
    pub async fn is_on(&self, setting: &str) -> bool {
        let mut administrator = open(&self.dsn, Access::Writing).await;
        let value: Option<i64> = administrator
            .query_optional(&format!("SELECT @@GLOBAL.{setting}"))
            .await
            .expect("a setting");
        value == Some(1)
    }
}

/// A server with a workspace `chat` and another database `blog`, a target, and a configuration.
pub struct Site {
    /// The server.
    pub server: OwnServer,
    /// The target.
    pub target: Database,
    /// Mattermost's configuration, which names `mmuser`.
    pub path: PathBuf,
    _folder: TempDir,
}

impl Site {
    /// Starts the server and makes the rest. `mmuser` has all rights on its database, and `grants`.
    pub async fn start(flavour: Flavour, grants: &str) -> Self {
        let server = OwnServer::start(flavour);
        let mut administrator = open(&server.dsn, Access::Writing).await;
        let password = server.dsn.password.expose();
        let setup = format!(
            "CREATE DATABASE chat; CREATE DATABASE blog; CREATE TABLE chat.Posts (Id int);
             CREATE USER mmuser@'%' IDENTIFIED BY '{password}';
             GRANT ALL ON chat.* TO mmuser@'%'; {grants}"
        );
        execute(&mut administrator, &setup).await;
        let (folder, path) = file(&config(server.account(Some("mmuser")).render().expose()));
        Self { server, target: workspace("10.11.0").await, path, _folder: folder }
    }

    /// Runs `cutover` with Mattermost's account.
    pub fn cutover(&self, more: &[&str]) -> Run {
        run(arguments(&self.path, &self.target.dsn, more))
            .never_shows(self.server.dsn.password.expose())
    }

    /// Runs `cutover` with the administrator's account.
    pub fn as_administrator(&self, more: &[&str]) -> Run {
        let dsn = self.server.account(None).render().expose().to_owned();
        self.cutover(&[&["--mysql", &dsn][..], more].concat())
    }

    /// Runs another command, with the administrator's account.
    pub fn tool(&self, arguments: &[&str]) -> Run {
        let folder = self.path.parent().expect("a folder");
        finish(command_in(folder, (&self.server.account(None), &self.target.dsn), arguments))
    }

    /// A session of Mattermost's account.
    pub async fn mattermost(&self) -> Connection {
        open(&self.server.account(Some("mmuser")), Access::Writing).await
    }

    /// Another name for the same server.
    pub fn by_another_name(&self) -> String {
        let dsn = self.server.account(None);
        let text = dsn.render();
        text.expose().replace("127.0.0.1", "localhost")
    }

    /// The configuration as it is now.
    pub fn configuration(&self) -> String {
        std::fs::read_to_string(&self.path).expect("a configuration")
    }
}

/// A value that no output shows.
pub fn secret(text: &str) -> Secret {
    text.into()
}
