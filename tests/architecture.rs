//! The architecture as a test: which module may use which, and which module may use which crate.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

/// The modules, top layer first. A module uses only modules of lower layers.
const LAYERS: [&[&str]; 14] = [
    &["main"],
    &["commands"],
    &["cli", "ui", "render"],
    &["workspace"],
    &[
        "repair",
        "compare",
        "copy",
        "follow",
        "verify",
        "migrations",
        "pgloader",
        "indexes",
        "cutover",
    ],
    &["check"],
    &["source", "ledger"],
    &["models"],
    &["mysql", "postgres", "dump"],
    &["convert", "ddl"],
    &["mattermost", "activity"],
    &[
        "schema",
        "release",
        "sql",
        "secret",
        "progress",
        "quarantine",
        "workers",
        "instance",
        "parameter",
        "source_identity",
        "time_zone",
        "transcript",
        "url",
    ],
    &["certificate", "clock", "digest", "figures", "file", "foreign_text", "unencrypted"],
    &["blocking", "shell"],
];

/// Each external crate and the modules that may use it.
const CRATES: [(&str, &[&str]); 28] = [
    ("clap", &["cli", "commands"]),
    ("clap_mangen", &["cli"]),
    ("indicatif", &["ui"]),
    ("console", &["ui"]),
    ("crc32fast", &["mysql"]),
    ("itoa", &["mysql"]),
    ("libc", &["main"]),
    ("anyhow", &["commands", "main"]),
    ("sqlparser", &["ddl"]),
    ("refinery", &["migrations"]),
    ("tera", &["pgloader"]),
    ("mysql_async", &["mysql"]),
    ("encoding_rs", &["dump"]),
    ("flate2", &["dump"]),
    ("ruzstd", &["dump"]),
    ("tokio_postgres", &["postgres"]),
    ("tokio_postgres_rustls", &["postgres"]),
    ("tokio_rustls", &["mysql"]),
    ("x509_cert", &["certificate"]),
    ("rustix", &["copy", "file"]),
    ("saphyr_parser", &["cutover"]),
    ("glob", &["cutover"]),
    ("jiff", &["time_zone"]),
    ("percent_encoding", &["url"]),
    ("sha2", &["digest"]),
    ("textwrap", &["ui"]),
    ("tracing", &["mysql", "postgres", "ui"]),
    ("tracing_subscriber", &["ui"]),
];

/// What only `ui` and the binary may use.
const TERMINAL: [&str; 5] = ["println!", "eprintln!", "print!(", "eprint!(", "process::exit"];

fn source_files(folder: &Path, extensions: &[&str], found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of the source") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            source_files(&path, extensions, found);
        } else if extensions.iter().any(|it| path.extension().is_some_and(|has| has == *it)) {
            found.push(path);
        }
    }
}

/// Every file of `src` by the module it belongs to, comments and unit tests left out.
fn modules() -> BTreeMap<String, Vec<(PathBuf, String)>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    source_files(&root, &["rs"], &mut files);
    let mut modules: BTreeMap<String, Vec<(PathBuf, String)>> = BTreeMap::new();
    for path in files {
        let relative = path.strip_prefix(&root).expect("a file of the source").to_owned();
        let first = relative.iter().next().expect("a name").to_string_lossy();
        let module = first.trim_end_matches(".rs").to_owned();
        let text = fs::read_to_string(&path).expect("a readable file");
        let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
        let code: Vec<&str> =
            code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        let code = code.join("\n");
        modules.entry(module).or_default().push((relative, code));
    }
    modules.remove("lib");
    modules
}

fn layer(module: &str) -> usize {
    LAYERS.iter().position(|layer| layer.contains(&module)).unwrap_or_else(|| {
        panic!("`{module}` is in no layer of `tests/architecture.rs`; give it one")
    })
}

#[test]
fn a_module_uses_only_lower_layers() {
    let names =
        Regex::new(r"\b(?:crate|migration_assist)::(?:\{([^}]*)\}|([a-z_]+))").expect("sound");
    for (module, files) in modules() {
        for (path, code) in files {
            for found in names.captures_iter(&code) {
                let listed = found.get(1).or(found.get(2)).expect("one of the two").as_str();
                for used in listed.split(',').map(|part| part.trim().split("::").next()) {
                    let used = used.unwrap_or_default();
                    if used.is_empty() || used == module {
                        continue;
                    }
                    assert!(
                        layer(&module) < layer(used),
                        "{}: `{module}` may not use `{used}`",
                        path.display()
                    );
                }
            }
        }
    }
}

#[test]
fn each_external_crate_is_used_by_one_module() {
    let used = CRATES.map(|(krate, owners)| {
        (Regex::new(&format!(r"\b{krate}::")).expect("sound"), krate, owners)
    });
    for (module, files) in modules() {
        for (path, code) in files {
            for (used, krate, owners) in &used {
                assert!(
                    owners.contains(&module.as_str()) || !used.is_match(&code),
                    "{}: only {owners:?} may name `{krate}`",
                    path.display()
                );
            }
        }
    }
}

#[test]
fn only_the_ui_prints_and_only_main_exits() {
    for (module, files) in modules() {
        if module == "ui" || module == "main" {
            continue;
        }
        for (path, code) in files {
            for macro_name in TERMINAL {
                assert!(!code.contains(macro_name), "{}: `{macro_name}`", path.display());
            }
        }
    }
}

#[test]
fn every_file_opens_with_a_doc_comment() {
    for (_, files) in modules() {
        for (path, _) in files {
            let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
            let text = fs::read_to_string(root.join(&path)).expect("a readable file");
            assert!(
                text.starts_with("//! "),
                "{} does not open with a `//!` sentence",
                path.display()
            );
        }
    }
}

#[test]
fn only_the_ledger_uses_its_schema_in_sql() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let schema = fs::read_to_string(root.join("ledger/schema.sql")).expect("a readable file");
    let tables = Regex::new(r"CREATE TABLE IF NOT EXISTS migration_assist\.(\w+)").expect("valid");
    let tables: Vec<_> = tables.captures_iter(&schema).map(|it| it[1].to_owned()).collect();
    assert!(tables.len() > 5, "the tables of the ledger were not found");
    let used = format!(r"migration_assist\.(?:{})\b|'migration_assist'", tables.join("|"));
    let used = Regex::new(&used).expect("valid");
    let mut files = Vec::new();
    source_files(&root, &["rs", "sql"], &mut files);
    for path in files.iter().filter(|path| !path.starts_with(root.join("ledger"))) {
        let text = fs::read_to_string(path).expect("a readable file");
        assert!(!used.is_match(&text), "{}: use a function of `ledger`", path.display());
    }
}

#[test]
fn each_hint_of_an_error_is_printed() {
    let failure = concat!(env!("CARGO_MANIFEST_DIR"), "/src/commands/failure.rs");
    let failure = fs::read_to_string(failure).expect("a readable file");
    let declared = Regex::new(r"(?m)^pub enum Error\b").expect("valid");
    let hint = Regex::new(r"(?s)impl Error \{.*pub fn hint\(&self\)").expect("valid");
    let mut hints = 0;
    for (_, files) in modules() {
        for (path, _) in files.iter().filter(|(_, code)| declared.is_match(code)) {
            let folder = path.parent().expect("a folder");
            let has_hint =
                files.iter().any(|(it, code)| it.parent() == Some(folder) && hint.is_match(code));
            let parts: Vec<_> = folder.iter().map(|it| it.to_string_lossy()).collect();
            let name = format!("{}::Error", parts.join("::"));
            hints += usize::from(has_hint);
            assert!(!has_hint || failure.contains(&name), "`{name}` is not in `hint_of`");
        }
    }
    assert!(hints > 10, "the errors with hints were not found");
}
