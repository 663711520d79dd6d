//! What a release consists of besides the binary: the bill of materials and the Debian package.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::tool;

fn script(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts").join(name).display().to_string()
}

/// Runs a tool that has to succeed; returns what it prints.
fn run(name: &str, arguments: &[&str]) -> Vec<u8> {
    let output = tool(name, arguments);
    let printed = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name} {arguments:?}: {printed}");
    output.stdout
}

#[test]
fn the_bill_of_materials_names_every_package_with_checksum_and_licence() {
    let lock = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.lock");
    let lock = fs::read_to_string(lock).expect("the lock file");
    let field = |package: &str, name: &str| {
        let prefix = format!("{name} = \"");
        let line = package.lines().find_map(|line| line.strip_prefix(&prefix));
        line.map(|it| it.trim_end_matches('"').to_owned())
    };
    let packages = lock.split("[[package]]").skip(1);
    let locked: BTreeSet<(String, String, String)> = packages
        .filter_map(|it| Some((field(it, "name")?, field(it, "version")?, field(it, "checksum")?)))
        .collect();
    assert!(locked.len() > 100, "{}", locked.len());
    let printed = run(&script("build-sbom"), &[]);
    let bill: Value = serde_json::from_slice(&printed).expect("JSON");
    let components = bill["components"].as_array().expect("components");
    let text = |it: &Value| it.as_str().expect("a text").to_owned();
    let listed: BTreeSet<(String, String, String)> = components
        .iter()
        .map(|it| (text(&it["name"]), text(&it["version"]), text(&it["hashes"][0]["content"])))
        .collect();
    assert_eq!(listed, locked);
    assert!(components.iter().all(|it| it["licenses"][0]["expression"].is_string()));
    assert_eq!(bill["metadata"]["component"]["version"], env!("CARGO_PKG_VERSION"));
}

/// Every path below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

#[test]
fn a_package_is_reproducible_installs_and_leaves_nothing_behind() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    let program = env!("CARGO_BIN_EXE_migration-assist");
    // A program of tens of megabytes takes long to pack, and its bytes do not matter here.
    let binary = path("program");
    fs::write(&binary, format!("#!/bin/sh\nexec {program} \"$@\"\n")).expect("written");
    let packages = [path("one.deb"), path("other.deb")];
    for package in &packages {
        run(&script("build-deb"), &[package, "amd64", &binary, program]);
    }
    let [one, other] = packages.each_ref().map(|it| fs::read(it).expect("a package"));
    assert!(one == other, "two builds differ");

    let root = path("root");
    for folder in ["var/lib/dpkg/info", "var/lib/dpkg/updates", "var/lib/dpkg/triggers"] {
        fs::create_dir_all(Path::new(&root).join(folder)).expect("a folder");
    }
    fs::write(Path::new(&root).join("var/lib/dpkg/status"), "").expect("a file");
    let dpkg = |arguments: &[&str]| {
        let at_root = ["--root", &root, "--log", &path("dpkg.log"), "--force-not-root"];
        run("dpkg", &[&at_root[..], arguments].concat());
    };
    dpkg(&["--install", &packages[0]]);
    let installed = Path::new(&root).join("usr");
    let program = installed.join("bin/migration-assist").display().to_string();
    let version = String::from_utf8(run(&program, &["version"])).expect("UTF-8");
    assert!(version.contains(env!("CARGO_PKG_VERSION")), "{version}");
    for file in [
        "share/man/man1/migration-assist-migrate.1.gz",
        "share/bash-completion/completions/migration-assist",
        "share/zsh/vendor-completions/_migration-assist",
        "share/fish/vendor_completions.d/migration-assist.fish",
        "share/doc/migration-assist/copyright",
        "share/doc/migration-assist/changelog.gz",
    ] {
        assert!(installed.join(file).is_file(), "{file} is missing");
    }
    dpkg(&["--purge", "migration-assist"]);
    assert_eq!(
        if installed.exists() { files(&installed) } else { Vec::new() },
        Vec::<PathBuf>::new()
    );
}
