//! `PgBouncer` in front of the target: refused before the first setting, unless it keeps sessions apart.

use std::os::unix::fs::PermissionsExt as _;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use migration_assist::postgres::{Connection, Dsn, Error, Host, TlsMode};
use tempfile::TempDir;
use tokio_postgres::{NoTls, SimpleQueryMessage};

use crate::support::postgres::{Database, administrator};
use crate::support::program::run;

/// Longer than `PgBouncer` takes to start.
const DEADLINE: Duration = Duration::from_mins(1);

/// A `PgBouncer` in front of a test's database.
struct Pool {
    dsn: Dsn,
    process: Child,
    _folder: TempDir,
}

impl Pool {
    async fn start(database: &Database, mode: &str, size: u8) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let server = administrator();
        let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = free.local_addr().expect("an address").port();
        drop(free);
        let path = |name: &str| folder.path().join(name);
        let settings = format!(
            "[databases]\n* = host=127.0.0.1 port={}\n\
             [pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n\
             auth_type = plain\nauth_file = {}\npool_mode = {mode}\ndefault_pool_size = {size}\n\
             ignore_startup_parameters = extra_float_digits\n",
            server.port,
            path("users").display(),
        );
        std::fs::write(path("pool.ini"), settings).expect("a file");
        let user = format!("\"{}\" \"{}\"\n", server.user, server.password.expose());
        std::fs::write(path("users"), user).expect("a file");
        // It refuses to run as root.
        for (name, mode) in [("", 0o755), ("pool.ini", 0o644), ("users", 0o644)] {
            let mode = std::fs::Permissions::from_mode(mode);
            std::fs::set_permissions(path(name), mode).expect("permissions");
        }
        let process = Command::new("setpriv")
            .args([
                "--reuid=postgres",
                "--regid=postgres",
                "--clear-groups",
                "pgbouncer",
                "--quiet",
            ])
            .arg(path("pool.ini"))
            .stderr(Stdio::null())
            .spawn()
            .expect("pgbouncer: run `scripts/servers install pgbouncer`");
        let mut dsn = Dsn { host: Host::Tcp("127.0.0.1".to_owned()), port, ..database.dsn.clone() };
        dsn.tls.mode = TlsMode::Disable;
        let pool = Self { dsn, process, _folder: folder };
        let listens = async {
            while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(DEADLINE, listens).await.expect("a pool that listens");
        pool
    }

    /// What another client of the pool sees of a setting.
    async fn setting(&self, name: &str) -> String {
        let mut config = tokio_postgres::Config::new();
        config.host("127.0.0.1").port(self.dsn.port).user(&self.dsn.user);
        config.dbname(&self.dsn.database).password(self.dsn.password.expose());
        let (client, driver) = config.connect(NoTls).await.expect("a session of the pool");
        tokio::spawn(driver);
        let answer = client.simple_query(&format!("SHOW {name}")).await.expect("a setting");
        let value = answer.iter().find_map(|message| match message {
            SimpleQueryMessage::Row(row) => row.get(0),
            _ => None,
        });
        value.expect("a value").to_owned()
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.process.kill().expect("it runs");
        self.process.wait().expect("it ends");
    }
}

#[tokio::test]
async fn a_pool_that_moves_sessions_is_refused_and_left_as_it_was() {
    let database = Database::create().await;
    for (mode, size) in
        [("transaction", 20), ("transaction", 2), ("transaction", 1), ("statement", 1)]
    {
        let pool = Pool::start(&database, mode, size).await;
        let before = pool.setting("search_path").await;
        let error = Connection::connect(&pool.dsn).await.err().expect("it is a pool");
        assert!(matches!(error, Error::MovingSessions { .. }), "{mode} {size}: {error}");
        run(["postgres", &pool.dsn.render()])
            .expect(2)
            .says("is a connection pool in transaction or statement mode")
            .says("hint: name the PostgreSQL server itself in the DSN");
        for _ in 0..3 {
            assert_eq!(pool.setting("search_path").await, before, "{mode} {size}");
            assert_ne!(pool.setting("TimeZone").await, "UTC", "{mode} {size}");
        }
    }
}

#[tokio::test]
async fn a_pool_that_keeps_sessions_apart_is_as_good_as_the_server() {
    let database = Database::create().await;
    let pool = Pool::start(&database, "session", 20).await;
    let one = Connection::connect(&pool.dsn).await.expect("a session");
    let two = Connection::connect(&pool.dsn).await.expect("another session");
    assert_eq!(one.identity(), two.identity());
    run(["postgres", &pool.dsn.render()]).expect(0);
}

#[tokio::test]
async fn a_pool_without_a_free_server_connection_is_not_waited_for() {
    let database = Database::create().await;
    let mut pool = Pool::start(&database, "session", 1).await;
    pool.dsn.connect_timeout = Some(Duration::from_secs(5));
    let error = Connection::connect(&pool.dsn).await.err().expect("one session only");
    assert!(matches!(error, Error::NotServed { .. }), "{error}");
    assert!(error.hint().expect("a hint").contains("default_pool_size"));
}
