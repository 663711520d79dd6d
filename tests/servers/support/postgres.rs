//! A database of its own for each test, on the server that the environment names.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use migration_assist::postgres::{Connection, Defaults, Dsn};
use migration_assist::secret::Secret;
use migration_assist::sql::Dialect::Postgres;

/// The value of `MIGRATION_ASSIST_TEST_POSTGRES` and what follows it.
pub fn setting(suffix: &str) -> String {
    let name = format!("MIGRATION_ASSIST_TEST_POSTGRES{suffix}");
    std::env::var(&name).unwrap_or_else(|_| panic!("{name} is not set: run scripts/test"))
}

/// Whether a plan reads every row.
pub fn reads_every_row(plan: &[String]) -> bool {
    plan.iter().any(|line| line.contains("Seq Scan"))
}

/// The administrator's way into the server.
pub fn administrator() -> Dsn {
    parse(&setting(""))
}

/// Reads a DSN without anything from the environment.
pub fn parse(dsn: &str) -> Dsn {
    Dsn::parse(dsn, &Defaults::default()).expect("the test's DSN is right")
}

/// A name that nothing on the server has, fit to need quoting.
fn random_name() -> String {
    static COUNTER: AtomicU32 = AtomicU32::new(0);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("the clock is set").as_nanos();
    let number = COUNTER.fetch_add(1, Ordering::Relaxed);
    format!("Test {}-{now:x}-{number}", std::process::id())
}

/// Something on the server that ends with the test, also when the test fails.
struct Dropped {
    statement: String,
}

impl Drop for Dropped {
    fn drop(&mut self) {
        let statement = std::mem::take(&mut self.statement);
        // The test's own runtime cannot be waited for from here.
        let done = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime starts").block_on(async {
                let connection = Connection::connect(&administrator()).await?;
                connection.batch_execute(&statement).await
            })
        });
        let done = done.join().expect("dropping does not panic");
        if !std::thread::panicking() {
            done.expect("the test's leftovers can be dropped");
        }
    }
}

/// A role of the test's own. Make it before the databases that it owns.
pub struct Role {
    /// Its name.
    pub name: String,
    password: &'static str,
    _dropped: Dropped,
}

impl Role {
    /// Makes a role that may log in and nothing else.
    pub async fn create() -> Self {
        let name = random_name();
        let password = "it's a \\ p@ss:w/rd%";
        let connection = Connection::connect(&administrator()).await.expect("the server answers");
        let quoted = Postgres.identifier(&name);
        let statement =
            format!("CREATE ROLE {quoted} LOGIN PASSWORD {}", Postgres.literal(password));
        connection.batch_execute(&statement).await.expect("a role can be made");
        let statement = format!("DROP ROLE {quoted}");
        Self { name, password, _dropped: Dropped { statement } }
    }

    /// Its way into the administrator's database.
    pub fn dsn(&self) -> Dsn {
        let password = Secret::new(self.password);
        let dsn = Dsn { user: self.name.clone(), password, ..administrator() };
        // The server is the judge of what was printed and read again.
        parse(&dsn.render())
    }
}

/// A database of the test's own.
pub struct Database {
    /// The administrator's way into it.
    pub dsn: Dsn,
    _dropped: Dropped,
}

impl Database {
    /// Makes an empty database, which belongs to the administrator.
    pub async fn create() -> Self {
        Self::create_for(&administrator().user).await
    }

    /// Makes an empty database that belongs to a role.
    pub async fn create_for(owner: &str) -> Self {
        Self::create_with(owner, "").await
    }

    /// Makes an empty database of a template of its own locale, as `CREATE DATABASE` takes it.
    pub async fn create_with(owner: &str, options: &str) -> Self {
        let name = random_name();
        let connection = Connection::connect(&administrator()).await.expect("the server answers");
        let quoted = Postgres.identifier(&name);
        let owner = Postgres.identifier(owner);
        let statement = format!("CREATE DATABASE {quoted} OWNER {owner} {options}");
        connection.batch_execute(&statement).await.expect("a database can be made");
        let statement = format!("DROP DATABASE {quoted} WITH (FORCE)");
        let dsn = Dsn { database: name, ..administrator() };
        Self { dsn, _dropped: Dropped { statement } }
    }

    /// Inserts a row into a table of Mattermost's schema, as a load that worked leaves rows.
    pub async fn load_a_row(&self, schema: &str) {
        let table = Postgres.qualified(schema, "systems");
        let statement = format!("INSERT INTO {table} (name, value) VALUES ('loaded', 'yes')");
        self.connect().await.batch_execute(&statement).await.expect("a row");
    }

    /// Logs in as the administrator.
    pub async fn connect(&self) -> Connection {
        Connection::connect(&self.dsn).await.expect("the server answers")
    }

    /// Logs in as a role.
    pub async fn connect_as(&self, role: &Role) -> Connection {
        let dsn = Dsn { database: self.dsn.database.clone(), ..role.dsn() };
        Connection::connect(&dsn).await.expect("the role can log in")
    }
}
