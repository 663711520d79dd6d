//! Tells the binary which commit and which target it is built from.

use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=migrations");
    println!("cargo::rerun-if-changed=.git/HEAD");
    println!("cargo::rerun-if-env-changed=MIGRATION_ASSIST_COMMIT");
    let target = std::env::var("TARGET").unwrap_or_default();
    println!("cargo::rustc-env=MIGRATION_ASSIST_TARGET={target}");
    if std::env::var_os("MIGRATION_ASSIST_COMMIT").is_none() {
        let git = Command::new("git").args(["rev-parse", "--short=12", "HEAD"]).output();
        if let Some(commit) = git.ok().filter(|output| output.status.success()) {
            let commit = String::from_utf8_lossy(&commit.stdout);
            println!("cargo::rustc-env=MIGRATION_ASSIST_COMMIT={}", commit.trim());
        }
    }
}
