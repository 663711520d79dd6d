//! Quarantine files: written, read, truncated and foreign.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::{Action, Cell, Columns, Error, Line, Purpose, Quarantine, Reader, Record};

fn altered(key: &str) -> Record {
    Record {
        table: "FileInfo".to_owned(),
        key: Columns(vec![("Id".to_owned(), Cell::Bytes(key.into()))]),
        reasons: vec!["too-long".to_owned()],
        action: Action::Altered {
            column: "Name".to_owned(),
            old: Cell::Bytes(b"\xff".to_vec()),
            new: Cell::Null,
        },
    }
}

fn open(path: &Path) -> Quarantine {
    Quarantine::open(path, Purpose::Fix, "mattermost").expect("a quarantine")
}

fn lines(path: &Path) -> Vec<Line> {
    let mut reader = Reader::open(path).expect("a quarantine");
    std::iter::from_fn(|| reader.next_line().expect("a line")).collect()
}

#[test]
fn what_is_written_is_read_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("new/quarantine.jsonl");
    drop(open(&path));
    assert!(!path.exists(), "nothing altered, no file");

    for _ in 0..2 {
        let mut quarantine = open(&path);
        quarantine.begin_batch();
        quarantine.append(&[altered("a"), altered("b")]).expect("written");
        quarantine.sync().expect("synced");
        quarantine.mark_applied(&[1]).expect("marked");
    }
    let mode = path.metadata().expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let lines = lines(&path);
    let [Line::Run(run), Line::Record(first), Line::Record(second), Line::Applied(mark), ..] =
        &lines[..]
    else {
        panic!("{lines:?}")
    };
    assert_eq!(lines.len(), 8);
    assert_eq!((run.purpose, run.database.as_str()), (Purpose::Fix, "mattermost"));
    assert_eq!((&first.run, first.batch, first.number), (&run.id, 1, 0));
    assert_eq!(second.record, altered("b"));
    assert_eq!((mark.batch, &mark.except[..]), (1, &[1][..]));
    assert!(matches!(&lines[4], Line::Run(other) if other.id != run.id));
}

#[test]
fn a_record_is_a_readable_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("q");
    let mut quarantine = open(&path);
    quarantine.begin_batch();
    quarantine.append(&[altered("a")]).expect("written");
    let text = std::fs::read_to_string(&path).expect("text");
    let record: serde_json::Value =
        serde_json::from_str(text.lines().nth(2).expect("a record")).expect("JSON");
    let mut record = record["record"].clone();
    for changing in ["run", "time"] {
        record.as_object_mut().expect("an object").shift_remove(changing);
    }
    insta::assert_json_snapshot!(record, @r#"
    {
      "batch": 1,
      "number": 0,
      "table": "FileInfo",
      "key": {
        "Id": "a"
      },
      "reasons": [
        "too-long"
      ],
      "action": "altered",
      "column": "Name",
      "old": {
        "hex": "ff"
      },
      "new": null
    }
    "#);
}

#[test]
fn a_torn_last_line_is_passed_over_and_removed() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("q");
    let mut quarantine = open(&path);
    quarantine.begin_batch();
    quarantine.append(&[altered("a")]).expect("written");
    drop(quarantine);
    let whole = path.metadata().expect("a file").len();
    let mut file = std::fs::OpenOptions::new().append(true).open(&path).expect("a file");
    let torn = format!("{{\"record\":{{\"run\":\"{}", "x".repeat(200_000));
    file.write_all(torn.as_bytes()).expect("written");
    assert_eq!(lines(&path).len(), 2);
    drop(open(&path));
    assert_eq!(path.metadata().expect("a file").len(), whole);
}

#[test]
fn foreign_newer_and_damaged_files_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("q");
    let refused = |text: &[u8]| {
        std::fs::write(&path, text).expect("written");
        let opened = Quarantine::open(&path, Purpose::Fix, "db").expect_err("refused");
        let read = Reader::open(&path).expect_err("refused");
        assert_eq!(opened.to_string(), read.to_string());
        assert_eq!(std::fs::read(&path).expect("bytes"), text, "left alone");
        read
    };
    for foreign in [&b"{}\n"[..], b"Id,Name\n", b"\x1f\x8b\0\xff", &[b'x'; 10_000]] {
        assert!(matches!(refused(foreign), Error::Foreign { .. }));
    }
    let newer = refused(b"{\"migration-assist-quarantine\":{\"format\":9}}\n");
    assert!(matches!(newer, Error::TooNew { format: 9, .. }));

    std::fs::write(&path, "{\"migration-assist-quarantine\":{\"format\":1}}\n{}\n")
        .expect("written");
    let mut reader = Reader::open(&path).expect("a quarantine");
    assert!(matches!(reader.next_line(), Err(Error::Damaged { line: 2, .. })));
    let folder = Quarantine::open(folder.path(), Purpose::Fix, "db").expect_err("a folder");
    assert!(matches!(folder, Error::Foreign { .. }));
}

#[test]
fn two_processes_do_not_mix_their_lines() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("q");
    let mut quarantine = open(&path);
    quarantine.begin_batch();
    quarantine.append(&[altered("a")]).expect("written");
    let second = Quarantine::open(&path, Purpose::Fix, "db").expect_err("in use");
    assert!(matches!(second, Error::InUse { .. }));
    assert!(matches!(Reader::open(&path), Err(Error::InUse { .. })), "nor is it undone meanwhile");
    drop(quarantine);
    let _reader = Reader::open(&path).expect("a quarantine");
    Reader::open(&path).expect("a second reader");
    assert!(matches!(Quarantine::open(&path, Purpose::Fix, "db"), Err(Error::InUse { .. })));
}
