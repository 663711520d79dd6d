//! The programs that dump a database.

use std::io::Cursor;
use std::process::Command;

use migration_assist::dump::{Input, Reader};
use migration_assist::mysql::{Address, Flavour};

use crate::bed::{Source, variable};

/// What the server's own program writes for a database, with these flags.
pub fn dump(source: &Source, flags: &[&str]) -> Vec<u8> {
    let program = variable(match source.flavour {
        Flavour::MySql => "MIGRATION_ASSIST_TEST_MYSQL_DUMP",
        Flavour::MariaDb => "MIGRATION_ASSIST_TEST_MARIADB_DUMP",
    });
    let mut words = program.split_whitespace();
    let mut command = Command::new(words.next().expect("a program"));
    command.args(words).env("MYSQL_PWD", source.dsn.password.expose());
    let Address::Tcp { host, port } = &source.dsn.address else { panic!("a host and a port") };
    command.args([
        "--no-defaults",
        "--protocol=tcp",
        &format!("--host={host}"),
        &format!("--port={port}"),
        &format!("--user={}", source.dsn.user),
        "--single-transaction",
    ]);
    let output = command.args(flags).arg(source.name()).output().expect("the program runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// A reader of a dump that is held in memory.
pub fn reader(dump: Vec<u8>) -> Reader {
    Reader::new(Input::of(Box::new(Cursor::new(dump)), None).expect("plain text"))
}
