//! A node of a Galera cluster: a lock on it would stop the writers of all nodes, so that none is taken.

use std::net::TcpListener;

use migration_assist::convert::{Policy, TablePlan};
use migration_assist::mysql::{Access, Connection, Dsn, is_galera};
use migration_assist::schema::{Catalog, Table};
use migration_assist::source::{Consistency, Part, Session, Source, open_snapshot};

use crate::support::mysql::{open, run as execute, with_database};
use crate::support::own_server::OwnServer;

/// Where Debian's package galera-4 has it, on which its mariadb-server depends.
const PROVIDER: &str = "/usr/lib/galera/libgalera_smm.so";

/// A cluster of one node, in which reads wait for what other nodes have committed.
fn start_node(more: &[&str]) -> (OwnServer, Dsn) {
    let free = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = free.local_addr().expect("an address").port();
    drop(free);
    let options = [
        "wsrep-on=ON".to_owned(),
        format!("wsrep-provider={PROVIDER}"),
        "wsrep-cluster-address=gcomm://".to_owned(),
        format!("wsrep-node-address=127.0.0.1:{port}"),
        format!(
            "wsrep-provider-options=base_port={port};gmcast.listen_addr=tcp://127.0.0.1:{port}"
        ),
        "wsrep-sync-wait=1".to_owned(),
        "binlog-format=ROW".to_owned(),
        "innodb-autoinc-lock-mode=2".to_owned(),
    ];
    let options = options.iter().map(String::as_str).chain(more.iter().copied());
    let options: Vec<String> = options.map(|it| format!("--setting={it}")).collect();
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    let server = OwnServer::start_with_options("mariadb", &options);
    let dsn: Dsn = server.dsn().parse().expect("a DSN");
    (server, dsn)
}

/// How many statements of the kinds that lock the server were run.
async fn locks(connection: &mut Connection) -> Vec<(String, u64)> {
    let statement = "SHOW GLOBAL STATUS WHERE Variable_name IN
        ('Com_lock_tables', 'Com_flush', 'Com_backup', 'Com_backup_lock')";
    let counts: Vec<(String, u64)> = connection.query(statement).await.expect("counts");
    assert!(counts.len() >= 2, "{counts:?}");
    counts
}

#[tokio::test]
async fn no_lock_is_taken_on_a_node_and_its_writers_go_on() {
    // Only with that setting the log of a node shows what the others have written.
    for (more, expected) in [
        (&["log-slave-updates=ON"][..], Consistency::Position),
        (&["log-slave-updates=OFF"][..], Consistency::Nothing),
    ] {
        let (_server, dsn) = start_node(more);
        let mut writer = open(&dsn, Access::Writing).await;
        assert!(is_galera(&mut writer).await.expect("an answer"));
        let setup = "CREATE DATABASE chat;
            CREATE TABLE chat.Posts (Id varchar(26) PRIMARY KEY, Message text);
            INSERT INTO chat.Posts VALUES ('a', 'first')";
        execute(&mut writer, setup).await;
        let before = locks(&mut writer).await;
        let source = Source::from(&with_database(&dsn, "chat"));
        let table = Table::default();
        let plan = TablePlan::new(&table, &table, &Catalog::default(), |_| Policy::default());
        let plan = plan.expect("a plan");
        let mut control = Session::open(&source).await.expect("a session");
        let opened = open_snapshot(&source, &mut control, &["Posts"], 4).await;
        let mut snapshot = opened.expect("a snapshot");
        assert_eq!(snapshot.consistency, expected, "{more:?}");
        execute(&mut writer, "INSERT INTO chat.Posts VALUES ('b', 'while the readers are open')")
            .await;
        assert_eq!(locks(&mut writer).await, before, "{more:?}");
        for reader in &mut snapshot.readers {
            let statement = "SELECT COUNT(*), @@SESSION.wsrep_sync_wait FROM Posts".to_owned();
            let part = Part::default();
            let mut rows = reader.rows(&plan, &part, |_| statement).await.expect("rows");
            let seen = rows.next().await.expect("rows").expect("a row");
            assert_eq!(
                [seen.cell(0), seen.cell(1)],
                [Some(&b"1"[..]), Some(&b"0"[..])],
                "{more:?}"
            );
        }
    }
}
