//! Readers of foreign text against mutated inputs: none panics, and none prints a password.
//!
//! Each file of `corpus/READER` is read as it is, and mutated some times, always in the same way. For a longer
//! run, set `MIGRATION_ASSIST_FUZZ_ROUNDS`; an input that fails is printed, and belongs into the corpus.

mod mutation;

use std::io::{Cursor, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use migration_assist::mattermost::config::read_sql_settings;
use migration_assist::sql::Dialect;
use migration_assist::{cutover, ddl, dump, mysql, postgres, quarantine, release};

use mutation::Mutation;

/// The password of the DSNs of the corpus.
const PASSWORD: &str = "S3CR3T";

/// The variable with the number of mutations of each file.
const ROUNDS: &str = "MIGRATION_ASSIST_FUZZ_ROUNDS";
const USUAL_ROUNDS: u64 = 400;

/// Reads every file of a folder of the corpus, as it is and mutated.
fn replay(folder: &str, read: impl Fn(&[u8])) {
    let rounds = std::env::var(ROUNDS).map_or(USUAL_ROUNDS, |it| it.parse().expect("a number"));
    let files = corpus(folder);
    assert!(!files.is_empty(), "`{folder}` has no corpus");
    let seeds: Vec<Vec<u8>> =
        files.iter().map(|file| std::fs::read(file).expect("a file of the corpus")).collect();
    for (file, seed) in files.iter().zip(&seeds) {
        attempt(file, seed, &read);
        let mut mutation = Mutation::new(file);
        for _ in 0..rounds {
            attempt(file, &mutation.of(seed, &seeds), &read);
        }
    }
}

fn attempt(file: &Path, input: &[u8], read: &impl Fn(&[u8])) {
    assert!(
        catch_unwind(AssertUnwindSafe(|| read(input))).is_ok(),
        "a mutation of {} fails: b\"{}\"",
        file.display(),
        input.escape_ascii()
    );
}

fn corpus(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus").join(folder);
    let entries = std::fs::read_dir(folder).expect("a folder of the corpus");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("a file").path()).collect();
    files.sort();
    files
}

/// An error with its causes and its hint never contains the password.
fn assert_silent(error: &(dyn std::error::Error + 'static), hint: Option<String>) {
    let causes = std::iter::successors(Some(error), |error| error.source());
    let shown = causes.map(ToString::to_string).chain(hint).collect::<Vec<_>>().join("; ");
    assert!(!shown.contains(PASSWORD), "the password is shown: {shown}");
}

#[test]
fn dsns_of_mysql() {
    replay("mysql-dsn", |input| {
        let text = String::from_utf8_lossy(input);
        match text.parse::<mysql::Dsn>() {
            Ok(dsn) => drop((dsn.render(), dsn.unrecognised(), dsn.time_zones())),
            Err(error) => assert_silent(&error, error.hint()),
        }
    });
}

#[test]
fn dsns_of_postgresql() {
    replay("postgres-dsn", |input| {
        let text = String::from_utf8_lossy(input);
        drop(cutover::mask(&text));
        match postgres::Dsn::parse(&text, &postgres::Defaults::default()) {
            Ok(dsn) => drop((dsn.render(), cutover::for_mattermost(&dsn, true))),
            Err(error) => assert_silent(&error, error.hint()),
        }
    });
}

#[test]
fn documents() {
    replay("document", |input| {
        if let Ok(document) = release::Document::parse(&String::from_utf8_lossy(input)) {
            let again = release::Document::parse(&document.render()).expect("a document");
            assert_eq!(again.applied_migrations, document.applied_migrations);
        }
    });
}

#[test]
fn configurations() {
    let text = "postgres://mm:secret@db/mattermost";
    let target = postgres::Dsn::parse(text, &postgres::Defaults::default()).expect("a DSN");
    replay("config", |input| {
        let text = String::from_utf8_lossy(input);
        drop(read_sql_settings(&text));
        drop(cutover::plan_switch(&text, &target, &[]));
    });
}

#[test]
fn quarantines() {
    replay("quarantine", |input| {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        file.write_all(input).expect("it is written");
        if let Ok(mut reader) = quarantine::Reader::open(file.path()) {
            while let Ok(Some(_)) = reader.next_line() {}
        }
    });
}

#[test]
fn definitions() {
    replay("ddl", |input| {
        let text = String::from_utf8_lossy(input);
        drop((ddl::read(Dialect::MySql, &text), ddl::read(Dialect::Postgres, &text)));
    });
}

fn read_dump(input: &[u8]) {
    let size = input.len() as u64;
    let Ok(input) = dump::Input::of(Box::new(Cursor::new(input.to_owned())), Some(size)) else {
        return;
    };
    let mut reader = dump::Reader::new(input);
    while let Ok(Some(_)) = reader.next_event() {}
}

#[test]
fn dumps() {
    replay("dump", read_dump);
}

#[test]
fn compressed_dumps() {
    for file in corpus("dump") {
        let text = std::fs::read(&file).expect("a file of the corpus");
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(&text).expect("it is compressed");
        let seed = encoder.finish().expect("it is compressed");
        attempt(&file, &seed, &read_dump);
        let mut mutation = Mutation::new(&file);
        for _ in 0..USUAL_ROUNDS {
            attempt(&file, &mutation.of(&seed, &[]), &read_dump);
        }
    }
}

#[test]
fn definitions_of_any_length_and_depth_are_read_without_recursion() {
    for size in [60, 200_000] {
        let sum = format!("1{}", "+1".repeat(size));
        let nested = format!("{}1{}", "(".repeat(size), ")".repeat(size));
        for expression in [sum, nested] {
            let dump = format!(
                "-- MariaDB dump 10.19\nCREATE TABLE `x` (`a` int DEFAULT ({expression}), CHECK \
                 ({expression}));\nINSERT INTO `x` VALUES (1);\n-- Dump completed\n"
            );
            read_dump(dump.as_bytes());
        }
    }
}
