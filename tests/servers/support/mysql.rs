//! The test servers of `scripts/servers`, and a database of its own for each test.

use std::hash::{BuildHasher as _, RandomState};
use std::time::Duration;

use migration_assist::mysql::{Access, Connection, Dsn, Flavour, Row};
use migration_assist::secret::Secret;

/// The value of an environment variable that `scripts/servers` prints.
#[track_caller]
pub fn variable(name: &str) -> String {
    std::env::var(name)
        .unwrap_or_else(|_| panic!("{name} is not set: these tests need servers; run scripts/test"))
}

/// Whether the servers store the names of tables in lower case (`scripts/servers start --lower-case-table-names`).
pub fn names_are_in_lower_case() -> bool {
    std::env::var("MIGRATION_ASSIST_TEST_COMBINATION")
        .is_ok_and(|it| it.contains("--lower-case-table-names"))
}

/// The name of a table as the servers store it.
pub fn stored_name(name: &str) -> String {
    if names_are_in_lower_case() { name.to_lowercase() } else { name.to_owned() }
}

/// A text with the names of tables as `sql` spells them, where the servers store them in lower case.
pub fn spelled_as_in(sql: &str, text: &str) -> String {
    if !names_are_in_lower_case() {
        return text.to_owned();
    }
    let is_of_a_name = |it: char| it.is_alphanumeric() || it == '_';
    let mut words = sql.split_whitespace().peekable();
    let mut names = Vec::new();
    while let Some(word) = words.next() {
        if ["TABLE", "INTO", "UPDATE"].contains(&word) {
            let name = words.peek().and_then(|it| it.split(|it| !is_of_a_name(it)).next());
            names.extend(name.filter(|it| !it.is_empty()));
        }
    }
    let mut spelled = String::new();
    for part in text.split_inclusive(|it| !is_of_a_name(it)) {
        let word = part.trim_end_matches(|it| !is_of_a_name(it));
        let name = names.iter().find(|it| it.to_lowercase() == word).copied().unwrap_or(word);
        spelled.push_str(name);
        spelled.push_str(&part[word.len()..]);
    }
    spelled
}

/// A name that no other test has.
pub fn unique_name() -> String {
    format!("migration_assist_{:016x}", RandomState::new().hash_one(std::process::id()))
}

/// The administrator's DSN of a MySQL or `MariaDB` server, without a database.
#[track_caller]
pub fn administrator(flavour: Flavour) -> Dsn {
    let name = match flavour {
        Flavour::MySql => "MIGRATION_ASSIST_TEST_MYSQL",
        Flavour::MariaDb => "MIGRATION_ASSIST_TEST_MARIADB",
    };
    let dsn = variable(name).parse();
    dsn.unwrap_or_else(|error| panic!("{name} is no DSN: {error}"))
}

/// The DSN of another database on the same server.
pub fn with_database(dsn: &Dsn, database: &str) -> Dsn {
    Dsn { database: Some(database.to_owned()), ..dsn.clone() }
}

/// A database on a MySQL or `MariaDB` server; it goes when the test ends, however it ends.
pub struct Source {
    /// The kind of server it is on.
    pub flavour: Flavour,
    /// The administrator's DSN of the database.
    pub dsn: Dsn,
    administrator: Dsn,
    name: String,
    accounts: Vec<String>,
}

impl Source {
    /// Creates a database with nothing in it.
    pub async fn create(flavour: Flavour) -> Self {
        Self::create_on(flavour, administrator(flavour)).await
    }

    /// The same on a server that the test has for itself.
    pub async fn create_on(flavour: Flavour, administrator: Dsn) -> Self {
        let name = unique_name();
        let mut connection = open(&administrator, Access::Writing).await;
        run(&mut connection, &format!("CREATE DATABASE {name} CHARACTER SET utf8mb4")).await;
        let dsn = with_database(&administrator, &name);
        Self { flavour, dsn, administrator, name, accounts: Vec::new() }
    }

    /// The database's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A new session of the administrator in the database.
    pub async fn connect(&self) -> Connection {
        open(&self.dsn, Access::Writing).await
    }

    /// Creates an account with these rights on the database (`SELECT`), proved as `identified` says
    /// (`BY 'secret'`); returns its DSN without a password.
    pub async fn account(&mut self, rights: &str, identified: &str) -> Dsn {
        let user = format!("u{}", &unique_name()[17..]);
        let mut connection = self.connect().await;
        run(&mut connection, &format!("CREATE USER {user}@'%' IDENTIFIED {identified}")).await;
        self.accounts.push(user.clone());
        let grant = format!("GRANT {rights} ON {}.* TO {user}@'%'", self.name);
        run(&mut connection, &grant).await;
        Dsn { user, password: Secret::default(), ..self.dsn.clone() }
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        let mut statements = vec![format!("DROP DATABASE IF EXISTS {}", self.name)];
        statements.extend(self.accounts.iter().map(|user| format!("DROP USER {user}@'%'")));
        // Where a test has failed, a session of it may still hold what is to be dropped, and cannot end
        // before this does.
        let name = self.name.clone();
        let administrator = self.administrator.clone();
        // The test's own runtime may be ending, and cannot be waited on from here.
        let cleaner = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(async {
                let mut connection = open(&administrator, Access::Writing).await;
                let is_of_the_test = |it: &Session| it.database.as_ref() == Some(&name);
                end_sessions(&mut connection, is_of_the_test).await;
                for statement in statements {
                    run(&mut connection, &statement).await;
                }
            });
        });
        let outcome = cleaner.join();
        assert!(outcome.is_ok() || std::thread::panicking(), "{} was not removed", self.name);
    }
}

/// Connects, or fails the test.
pub async fn open(dsn: &Dsn, access: Access) -> Connection {
    let connected = Connection::connect(dsn, access).await;
    connected.unwrap_or_else(|error| panic!("cannot connect to {dsn}: {error:?}"))
}

/// A session of a server.
#[derive(Debug)]
pub struct Session {
    /// The server's number of it.
    pub id: u32,
    /// Whose it is.
    pub user: String,
    /// The database in use.
    pub database: Option<String>,
    /// The statement that runs.
    pub statement: Option<String>,
}

/// All sessions of the server. (MySQL 9 answers a query of `information_schema.PROCESSLIST` with an error
/// while some statement holds a character of four bytes.)
pub async fn sessions(connection: &mut Connection) -> Vec<Session> {
    let rows: Vec<Row> = connection.query("SHOW FULL PROCESSLIST").await.expect("sessions");
    let session = |row: Row| Session {
        id: row.get("Id").expect("a number"),
        user: row.get("User").expect("a name"),
        database: row.get("db").expect("a name or none"),
        statement: row.get("Info").expect("a statement or none"),
    };
    rows.into_iter().map(session).collect()
}

/// Ends those of the server's sessions that are meant.
pub async fn end_sessions(connection: &mut Connection, is_meant: impl Fn(&Session) -> bool) {
    for session in sessions(connection).await.into_iter().filter(is_meant) {
        // It may have ended by itself.
        let _ = connection.execute(&format!("KILL {}", session.id)).await;
    }
}

/// Runs statements, or fails the test.
pub async fn run(connection: &mut Connection, sql: &str) {
    let outcome = connection.execute(sql).await;
    outcome.unwrap_or_else(|error| panic!("{error}: {sql}"));
}

/// Far longer than any test takes: one that takes longer hangs.
const DEADLINE: Duration = Duration::from_mins(15);

/// Runs a test with a database of its own.
pub async fn with_source(flavour: Flavour, test: impl AsyncFnOnce(Source)) {
    let run = async { test(Source::create(flavour).await).await };
    tokio::time::timeout(DEADLINE, run).await.expect("a test that does not hang");
}

/// Makes two tests of each function that takes a [`Source`]: one on MySQL, one on `MariaDB`. What a test spawns runs
/// on, while the test itself waits for the program.
macro_rules! on_both_flavours {
    ($($test:ident),+ $(,)?) => {$(
        mod $test {
            use crate::support::mysql::with_source;
            use migration_assist::mysql::Flavour;

            #[tokio::test(flavor = "multi_thread")]
            async fn mysql() {
                with_source(Flavour::MySql, super::$test).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn mariadb() {
                with_source(Flavour::MariaDb, super::$test).await;
            }
        }
    )+};
}

pub(crate) use on_both_flavours;
