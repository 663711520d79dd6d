//! Two servers behind one address are found out, whichever command meets them.

use migration_assist::mysql::{Access, Address, Connection, Dsn, Error, Flavour};
use migration_assist::postgres;
use migration_assist::secret::Secret;

use crate::support::mysql::{administrator, open, run as execute, unique_name, with_database};
use crate::support::own_server::OwnServer;
use crate::support::postgres as target;
use crate::support::program::run;
use crate::support::tcp_proxy::Line;

const PASSWORD: &str = "hunter2";

fn port(dsn: &Dsn) -> u16 {
    match dsn.address {
        Address::Tcp { port, .. } => port,
        Address::Socket(_) => panic!("no TCP"),
    }
}

/// A database and an account of the same names on the common server and on one of its own.
async fn two_sources(flavour: Flavour, kind: &str) {
    let own = OwnServer::start(kind);
    let own_dsn: Dsn = own.dsn().parse().expect("a DSN");
    let common = administrator(flavour);
    let name = unique_name();
    let user = format!("u{}", &name[17..]);
    let setup = format!(
        "CREATE DATABASE {name}; CREATE TABLE {name}.Systems (Name varchar(64), Value varchar(1024));
         CREATE USER {user}@'%' IDENTIFIED BY '{PASSWORD}'; GRANT ALL ON {name}.* TO {user}@'%'"
    );
    for dsn in [&own_dsn, &common] {
        execute(&mut open(dsn, Access::Writing).await, &setup).await;
    }
    let line = Line::balancing(&[port(&own_dsn), port(&common)]);
    let address = Address::Tcp { host: "127.0.0.1".to_owned(), port: line.port };
    let account = Dsn { user: user.clone(), password: Secret::new(PASSWORD), ..common.clone() };
    let balanced = Dsn { address, ..with_database(&account, &name) };

    let first = open(&balanced, Access::ReadOnly).await;
    let error = Connection::connect(&balanced, Access::ReadOnly).await.expect_err("another server");
    assert!(matches!(error, Error::DifferentServers { .. }), "{error}");
    drop(first);
    // The program opens several sessions for its checks.
    let command = run(["mysql", balanced.render().expose()]).expect(2);
    command
        .says("reach different servers")
        .says("hint: name one server by its own address")
        .never_shows(PASSWORD);

    // Each of them is one server, whatever its address.
    let direct = with_database(&account, &name);
    let (one, two) = (open(&direct, Access::ReadOnly).await, open(&direct, Access::ReadOnly).await);
    assert_eq!(one.identity(), two.identity());
    let mut connection = open(&common, Access::Writing).await;
    execute(&mut connection, &format!("DROP DATABASE {name}; DROP USER {user}@'%'")).await;
}

#[tokio::test]
async fn two_mysql_servers_behind_one_address_are_refused() {
    two_sources(Flavour::MySql, "mysql").await;
}

#[tokio::test]
async fn two_mariadb_servers_behind_one_address_are_refused() {
    two_sources(Flavour::MariaDb, "mariadb").await;
}

#[tokio::test]
async fn two_postgresql_servers_behind_one_address_are_refused() {
    let own = OwnServer::start("postgres");
    let own_dsn = target::parse(own.dsn());
    let role = target::Role::create().await;
    let name = migration_assist::sql::Dialect::Postgres.identifier(&role.name);
    let own_connection = postgres::Connection::connect(&own_dsn).await.expect("a session");
    let password = migration_assist::sql::Dialect::Postgres.literal(role.dsn().password.expose());
    let sql = format!("CREATE ROLE {name} LOGIN PASSWORD {password}");
    own_connection.batch_execute(&sql).await.expect("a role");
    let line = Line::balancing(&[target::administrator().port, own_dsn.port]);
    let host = postgres::Host::Tcp("127.0.0.1".to_owned());
    let balanced = postgres::Dsn { host, port: line.port, ..role.dsn() };
    let error = postgres::Connection::connect(&balanced).await.err().expect("another server");
    assert!(matches!(error, postgres::Error::DifferentServers { .. }), "{error}");
    run(["postgres", &balanced.render()])
        .expect(2)
        .says("reach different PostgreSQL servers")
        .says("hint: name one server by its own address");
}
