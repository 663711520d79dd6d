//! The steps of an air-gapped migration, as its page has them, if nothing but the two databases can be reached.

mod namespace;

use migration_assist::migrations;
use migration_assist::mysql::{Address, Dsn, Flavour};
use migration_assist::release::Document;

use crate::compare::compare;
use crate::sample::Sample;
use crate::support::mysql::Source;
use crate::support::postgres::Database;
use crate::workspace::load;
use namespace::Namespace;

/// The first shell block of a section of the page.
fn block(section: &str) -> String {
    let page = include_str!("../../docs/air-gapped.md");
    let (_, after) = page.split_once(&format!("## {section}\n")).expect("the section");
    let (_, block) = after.split_once("```sh\n").expect("a block of shell");
    block.split("```").next().expect("an end").to_owned()
}

#[tokio::test]
async fn the_documented_steps_reach_for_nothing_but_the_two_databases() {
    let source = Source::create(Flavour::MariaDb).await;
    load(&source, Sample { posts: 1200, awkward: false }).await;
    let target = Database::create().await;
    let Address::Tcp { port, .. } = source.dsn.address else {
        panic!("the test server listens on TCP")
    };
    let namespace = Namespace::with_ways_to([port, target.dsn.port]).await;
    let [mysql, postgres] = namespace.addresses();
    let mysql = Dsn {
        address: Address::Tcp { host: mysql.ip().to_string(), port: mysql.port() },
        ..source.dsn.clone()
    };
    let mut of_target = target.dsn.clone();
    of_target.host = migration_assist::postgres::Host::Tcp(postgres.ip().to_string());
    of_target.port = postgres.port();

    let folder = tempfile::tempdir().expect("a folder");
    let steps = block("With pgloader, as in Mattermost's guide");
    let lines: Vec<&str> = steps.lines().filter(|line| !line.is_empty()).collect();
    assert_eq!(lines.len(), 5, "the guide has five steps");
    for line in lines {
        let path = std::env::var("PATH").expect("a PATH");
        let binary = std::path::Path::new(env!("CARGO_BIN_EXE_migration-assist"));
        let mut command = namespace.command("bash");
        command.args(["-euc", line]).current_dir(folder.path()).env_clear();
        command.env("PATH", format!("{}:{path}", binary.parent().expect("a folder").display()));
        command.env("MYSQL_DSN", mysql.render().expose());
        command.env("POSTGRES_DSN", of_target.render());
        let done = tokio::task::spawn_blocking(move || command.output()).await;
        let done = done.expect("it is waited for").expect("bash runs");
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{line}\n{said}{}", String::from_utf8_lossy(&done.stdout));
        assert_eq!(namespace.tries_elsewhere(), 0, "{line} tried another address");
    }

    let document = std::fs::read_to_string(folder.path().join("mysql.output")).expect("a document");
    assert!(Document::parse(&document).expect("our own").server.is_some());
    let all = migrations::target().iter().map(|migration| migration.number).collect();
    let model = migrations::target_model(&all).expect("a model");
    let mut connection = source.connect().await;
    let tables = compare(&mut connection, &target.connect().await, "public", &model).await;
    assert_eq!(tables.len(), model.tables.len());
    for table in &tables {
        assert_eq!(table.source_rows, table.target_rows, "rows of {}", table.table);
        assert!(table.differences.is_empty(), "{table:#?}");
    }
}

/// What the count of the test above rests on.
#[tokio::test]
async fn a_try_at_any_other_address_is_counted() {
    let namespace = Namespace::with_ways_to([1, 2]).await;
    let mut counted = namespace.tries_elsewhere();
    assert_eq!(counted, 0);
    for attempt in [
        ": <>/dev/tcp/192.0.2.1/443",
        ": <>/dev/udp/192.0.2.53/53",
        ": <>/dev/tcp/2001:db8::1/443",
        ": <>/dev/tcp/127.0.0.1/3306",
        "getent ahosts name.invalid",
    ] {
        let outcome = namespace.command("bash").args(["-c", attempt]).output();
        assert!(!outcome.expect("bash runs").status.success(), "`{attempt}` leads somewhere");
        let now = namespace.tries_elsewhere();
        assert!(now > counted, "`{attempt}` was not counted");
        counted = now;
    }
}
