//! Snapshots of whole configurations.
#![allow(clippy::too_many_lines, reason = "a snapshot is as long as what it shows")]

mod core;
mod plugin;

use super::{ExistingRows, Host, Memory, NullCharacters, Options, Passwords, Server, Tls};
use crate::secret::Secret;

fn options(password: &Secret) -> Options<'_> {
    let server = Server {
        user: "mm",
        password,
        host: Host::Tcp("db"),
        port: 1,
        database: "mm",
        tls: Tls::Preferred,
    };
    Options {
        source: server,
        target: server,
        schema: "public",
        passwords: Passwords::Written,
        null_characters: NullCharacters::Removed,
        existing_rows: ExistingRows::Refused,
        time_zone: None,
        memory: Memory::default(),
    }
}

/// The parts of a rendered text between two lines, both included.
fn part<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let start = text.find(from).expect("the first line");
    let end = start + text[start..].find(to).expect("the last line") + to.len();
    &text[start..end]
}

/// The text without this program's version.
fn unversioned(text: &str) -> String {
    text.replacen(env!("CARGO_PKG_VERSION"), "[version]", 1)
}
