//! The manual's pages.

use std::fs;

use crate::support::{program, tool, visible_flags};

#[test]
fn every_visible_flag_is_in_the_page_of_its_command() {
    let folder = tempfile::tempdir().expect("a folder");
    program(&["man", folder.path().to_str().expect("UTF-8")]);
    for (path, flags) in visible_flags() {
        let name = format!("migration-assist {path}").trim().replace(' ', "-");
        let page = fs::read_to_string(folder.path().join(format!("{name}.1"))).expect("a page");
        let page = page.replace("\\-", "-");
        for flag in flags {
            assert!(page.contains(&format!("\\fB{flag}\\fR")), "{name}: {flag}");
        }
    }
}

#[test]
fn man_shows_every_page_without_a_warning() {
    let folder = tempfile::tempdir().expect("a folder");
    program(&["man", folder.path().to_str().expect("UTF-8")]);
    for entry in fs::read_dir(folder.path()).expect("a folder") {
        let path = entry.expect("an entry").path();
        let path = path.to_str().expect("UTF-8");
        let shown = tool("man", &["--local-file", "--warnings", "--encoding=UTF-8", path]);
        let warnings = String::from_utf8_lossy(&shown.stderr);
        assert!(shown.status.success() && warnings.is_empty(), "{path}: {warnings}");
        assert!(String::from_utf8_lossy(&shown.stdout).contains("SYNOPSIS"), "{path}");
    }
}

#[test]
fn pages_are_replaced_and_other_files_are_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let directory = folder.path().to_str().expect("UTF-8");
    let page = folder.path().join("migration-assist.1");
    fs::write(&page, ".TH migration-assist 1 \"\" \"migration-assist 0.1.0\"\n").expect("written");
    program(&["man", directory]);
    assert!(fs::read_to_string(&page).expect("a page").contains("SYNOPSIS"));

    fs::write(&page, "notes\n").expect("written");
    let refused = tool(env!("CARGO_BIN_EXE_migration-assist"), &["man", directory]);
    assert_eq!(refused.status.code(), Some(2));
    assert_eq!(fs::read_to_string(&page).expect("a file"), "notes\n");
}
