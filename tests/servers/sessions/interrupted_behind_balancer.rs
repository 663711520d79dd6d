//! An interruption ends the program's own statements only, although a balancer leads to another server: numbers of
//! sessions belong to one server each.

use std::process::{Command, Stdio};

use migration_assist::mysql::{Access, Address, Connection, Dsn, Flavour};
use migration_assist::secret::Secret;

use crate::support::mysql::{open, run as execute, sessions, with_database};
use crate::support::own_server::{OwnServer, on_servers_of_both_flavours};
use crate::support::program::{Watchdog, command};
use crate::support::tcp_proxy::Line;

const PASSWORD: &str = "hunter2";

fn port(dsn: &Dsn) -> u16 {
    match dsn.address {
        Address::Tcp { port, .. } => port,
        Address::Socket(_) => panic!("no TCP"),
    }
}

/// A server with a workspace that the account `tool` may read.
async fn server(kind: &str) -> (OwnServer, Dsn) {
    let own = OwnServer::start(kind);
    let dsn: Dsn = own.dsn().parse().expect("a DSN");
    let setup = format!(
        "CREATE DATABASE chat; CREATE TABLE chat.Systems (Name varchar(64), Value varchar(1024));
         CREATE USER tool@'%' IDENTIFIED BY '{PASSWORD}'; GRANT ALL ON chat.* TO tool@'%'"
    );
    execute(&mut open(&dsn, Access::Writing).await, &setup).await;
    (own, with_database(&dsn, "chat"))
}

/// The number of the session of `tool` that waits for a lock.
async fn waiting(administrator: &mut Connection) -> Option<u32> {
    let all = sessions(administrator).await;
    all.into_iter().find(|it| it.user == "tool" && it.statement.is_some()).map(|it| it.id)
}

/// A session with that number or a later one, whose server had given out only smaller ones.
async fn session_number(dsn: &Dsn, number: u32) -> Connection {
    loop {
        let session = open(dsn, Access::Writing).await;
        if session.id() >= number {
            assert_eq!(session.id(), number, "the server has given out larger numbers already");
            return session;
        }
    }
}

async fn a_session_of_another_server_with_the_same_number_is_left_alone(flavour: Flavour) {
    let kind = match flavour {
        Flavour::MySql => "mysql",
        Flavour::MariaDb => "mariadb",
    };
    let ((_own, own), (_other, other)) = (server(kind).await, server(kind).await);
    let mut administrator = open(&own, Access::Writing).await;
    // The numbers of the first server are ahead of those of the second one.
    let ahead = open(&other, Access::Writing).await.id() + 20;
    while open(&own, Access::Writing).await.id() < ahead {}
    execute(&mut administrator, "LOCK TABLES Systems WRITE").await;

    let line = Line::to(port(&own));
    let address = Address::Tcp { host: "127.0.0.1".to_owned(), port: line.port };
    let (user, password) = ("tool".to_owned(), Secret::new(PASSWORD));
    let balanced = Dsn { address, user, password, ..own.clone() };
    let mut command = command(["mysql", balanced.render().expose()]);
    let mut child = command.stderr(Stdio::null()).spawn().expect("the binary runs");
    let _watchdog = Watchdog::over(child.id());
    let number = loop {
        if let Some(number) = waiting(&mut administrator).await {
            break number;
        }
    };

    let mut victim = session_number(&other, number).await;
    let statement = tokio::spawn(async move { victim.execute("SELECT SLEEP(3600)").await });
    let mut other_administrator = open(&other, Access::Writing).await;
    let is_alive = async |connection: &mut Connection| {
        let all = sessions(connection).await;
        all.iter()
            .any(|it| it.id == number && it.statement.as_deref() == Some("SELECT SLEEP(3600)"))
    };
    while !is_alive(&mut other_administrator).await {}

    // The first connection that ends statements reaches the other server.
    line.route_to(&[port(&other), port(&own)]);
    let interrupt = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(interrupt.is_ok_and(|it| it.success()));
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
    while waiting(&mut administrator).await.is_some() {}
    assert!(is_alive(&mut other_administrator).await && !statement.is_finished());
    execute(&mut other_administrator, &format!("KILL {number}")).await;
    statement.await.expect("no panic").expect_err("it was killed");
}

on_servers_of_both_flavours!(a_session_of_another_server_with_the_same_number_is_left_alone);
