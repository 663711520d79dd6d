//! Replacing and putting back, with what may come in between.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tempfile::TempDir;

use super::super::Error;
use super::{read_config, replace, undo_file};

const OLD: &str = "{\"SqlSettings\": {}}\r\n";

fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.json");
    fs::write(&path, OLD).unwrap();
    (folder, path)
}

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn it_goes_there_and_back_byte_for_byte() {
    let (folder, path) = folder();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let written = replace(&read_config(&path).unwrap(), "new", at(0)).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "new");
    assert_eq!(fs::read_to_string(&written.kept).unwrap(), OLD);
    for name in [&path, &written.kept] {
        assert_eq!(fs::metadata(name).unwrap().mode() & 0o777, 0o640);
    }
    let kept = "config.json.mysql-19700101T000000Z";
    assert_eq!(names(folder.path()), ["config.json", "config.json.cutover", kept]);
    assert_eq!(undo_file(&path, at(1)).unwrap().changed, None);
    assert_eq!(fs::read_to_string(&path).unwrap(), OLD);
    let error = undo_file(&path, at(2)).unwrap_err();
    assert!(matches!(error, Error::NothingToUndo { .. }), "{error}");
}

#[test]
fn what_was_changed_since_is_kept() {
    let (_folder, path) = folder();
    replace(&read_config(&path).unwrap(), "new", at(0)).unwrap();
    fs::write(&path, "newer").unwrap();
    let changed = undo_file(&path, at(0)).unwrap().changed.unwrap();
    assert_eq!(fs::read_to_string(changed).unwrap(), "newer");
    assert_eq!(fs::read_to_string(&path).unwrap(), OLD);
}

#[test]
fn each_switch_is_undone_by_itself_and_keeps_a_file_of_its_own() {
    let (_folder, path) = folder();
    replace(&read_config(&path).unwrap(), "one", at(0)).unwrap();
    replace(&read_config(&path).unwrap(), "two", at(0)).unwrap();
    undo_file(&path, at(0)).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "one");
    undo_file(&path, at(0)).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), OLD);
}

#[test]
fn a_link_stays_a_link() {
    let (folder, path) = folder();
    let link = folder.path().join("link.json");
    symlink(&path, &link).unwrap();
    replace(&read_config(&link).unwrap(), "new", at(0)).unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::read_to_string(&path).unwrap(), "new");
    undo_file(&link, at(0)).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), OLD);
}

#[test]
fn a_file_that_another_program_changed_is_not_overwritten() {
    let (folder, path) = folder();
    let config = read_config(&path).unwrap();
    fs::write(&path, "theirs").unwrap();
    let error = replace(&config, "new", at(0)).unwrap_err();
    assert!(matches!(error, Error::ChangedMeanwhile { .. }), "{error}");
    assert_eq!(names(folder.path()), ["config.json"]);
}

#[test]
fn a_kept_file_that_is_not_what_it_was_is_not_put_back() {
    let (_folder, path) = folder();
    let written = replace(&read_config(&path).unwrap(), "new", at(0)).unwrap();
    fs::write(&written.kept, "half").unwrap();
    assert!(matches!(undo_file(&path, at(0)), Err(Error::Damaged { .. })));
    assert_eq!(fs::read_to_string(&path).unwrap(), "new");
}
