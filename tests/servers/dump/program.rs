//! The programs that dump a database.

use std::io::{Cursor, Write as _};
use std::process::{Command, Stdio};

use migration_assist::dump::{Input, Reader};
use migration_assist::mysql::{Address, Flavour};

use crate::support::mysql::{Source, variable};

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

/// Packs a file by a program of the system.
pub fn compressed(program: &str, plain: &[u8]) -> Vec<u8> {
    let mut child = Command::new(program)
        .arg("-c")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{program}: {error}"));
    let mut stdin = child.stdin.take().expect("a pipe");
    let plain = plain.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&plain).expect("written"));
    let output = child.wait_with_output().expect("compressed");
    writer.join().expect("written");
    output.stdout
}
