//! Files that commands write and read: pipes, devices, links, existing files, modes.

use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, symlink};
use std::path::Path;
use std::process::{Command, Stdio};

use migration_assist::release::Document;
use tempfile::TempDir;

use crate::support::program::{Run, command, finish};

/// A dump with nothing but the list of migrations.
const DUMP: &str = "-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)\n--\n\
    -- Host: localhost    Database: mm\n-- Server version\t8.0.36\n\n\
    /*!50503 SET NAMES utf8mb4 */;\n\
    CREATE TABLE `db_migrations` (\n  `Version` bigint NOT NULL,\n  `Name` varchar(64) NOT NULL,\n  \
    PRIMARY KEY (`Version`)\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;\n\
    INSERT INTO `db_migrations` VALUES (1,'create_teams');\n\
    -- Dump completed on 2026-01-01  0:00:00\n";

fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("dump.sql"), DUMP).expect("a dump");
    folder
}

fn check(folder: &TempDir, arguments: &[&str]) -> Command {
    let mut command = command(["mysql", "--dump", "dump.sql"].iter().chain(arguments));
    command.current_dir(folder.path());
    command
}

/// The findings about such a dump are not the subject; the command itself succeeds.
#[track_caller]
fn written(run: Run) -> Run {
    assert!(run.status < 2, "{}", run.stderr);
    run
}

fn is_document(path: &Path) -> bool {
    Document::parse(&fs::read_to_string(path).expect("text")).is_ok()
}

#[test]
fn a_device_is_written_to_and_never_replaced() {
    let folder = folder();
    let device = folder.path().join("null");
    let made = Command::new("mknod").arg(&device).args(["c", "1", "3"]).status();
    assert!(made.expect("mknod runs").success(), "root makes devices");
    for more in [&["-o", "null"][..], &["-o", "null", "--force"], &["--schema-report", "null"]] {
        written(finish(check(&folder, more)));
        let kind = fs::metadata(&device).expect("it is there").file_type();
        assert!(kind.is_char_device(), "{more:?}");
    }
}

#[test]
fn a_directory_is_refused_by_name() {
    let folder = folder();
    fs::create_dir(folder.path().join("out")).expect("a directory");
    finish(check(&folder, &["-o", "out", "--force"])).expect(2).says("is a directory");
}

#[test]
fn a_pipe_is_written_to_and_one_without_a_reader_is_refused() {
    let folder = folder();
    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().expect("mkfifo runs").success());
    finish(check(&folder, &["-o", "pipe", "--force"]))
        .expect(2)
        .says("no program reads from this pipe");
    assert!(fs::metadata(&pipe).expect("it is there").file_type().is_fifo());
    let program = env!("CARGO_BIN_EXE_migration-assist");
    let script =
        format!("{program} mysql --dump dump.sql -o >(cat > copied) >/dev/null; wait $!; true");
    let status = Command::new("bash").args(["-c", &script]).current_dir(folder.path()).status();
    assert!(status.expect("bash runs").success());
    assert!(is_document(&folder.path().join("copied")));
}

#[test]
fn standard_output_is_a_file_like_any_other() {
    let folder = folder();
    let run = written(finish(check(&folder, &["-o", "/dev/stdout"])));
    assert!(Document::parse(&run.stdout).is_ok(), "{}", run.stdout);
    let into = |name: &str, more: &[&str]| {
        let mut command = check(&folder, more);
        command.stdout(File::create(folder.path().join(name)).expect("a file"));
        let status = command.stderr(Stdio::null()).status().expect("the binary runs");
        assert!(status.code().is_some_and(|code| code < 2));
    };
    into("ci.log", &[]);
    assert!(is_document(&folder.path().join("ci.log")));
    assert!(is_document(&folder.path().join("mysql.output")));
    fs::remove_file(folder.path().join("mysql.output")).expect("removed");
    into("mysql.output", &[]);
    assert!(is_document(&folder.path().join("mysql.output")));
    into("same", &["-o", "same"]);
    assert!(is_document(&folder.path().join("same")));
}

#[test]
fn an_older_document_is_replaced_and_any_other_file_asked_about() {
    let folder = folder();
    let output = folder.path().join("mysql.output");
    // As the Go tool writes it.
    fs::write(&output, r#"{"applied_migrations": [1, 2, 3]}"#).expect("written");
    written(finish(check(&folder, &[])));
    assert_eq!(
        Document::parse(&fs::read_to_string(&output).unwrap()).unwrap().applied_migrations.len(),
        1
    );
    fs::write(&output, "notes").expect("written");
    let answer = |text: &str| {
        let mut command = check(&folder, &[]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the binary runs");
        child.stdin.take().expect("a pipe").write_all(text.as_bytes()).expect("an answer");
        child.wait_with_output().expect("it ends").status.code().expect("a status")
    };
    finish(check(&folder, &[])).expect(2).says("this tool did not write it").says("--force");
    for text in ["", "n\n"] {
        assert_eq!(answer(text), 2);
        assert_eq!(fs::read_to_string(&output).unwrap(), "notes");
    }
    assert!(answer("y\n") < 2);
    assert!(is_document(&output));
}

#[test]
fn modes_follow_the_umask_and_links_are_kept() {
    let folder = folder();
    let program = env!("CARGO_BIN_EXE_migration-assist");
    let script = format!("umask 027; {program} mysql --dump dump.sql -o new >/dev/null 2>&1; true");
    Command::new("sh").args(["-c", &script]).current_dir(folder.path()).status().expect("sh runs");
    assert_eq!(fs::metadata(folder.path().join("new")).unwrap().mode() & 0o777, 0o640);
    fs::write(folder.path().join("real"), r#"{"applied_migrations": [7]}"#).expect("written");
    symlink("real", folder.path().join("link")).expect("a link");
    fs::hard_link(folder.path().join("real"), folder.path().join("hard")).expect("a link");
    written(finish(check(&folder, &["-o", "link"]))).says("had other hard links");
    assert!(fs::symlink_metadata(folder.path().join("link")).unwrap().is_symlink());
    assert!(is_document(&folder.path().join("real")));
}

#[test]
fn no_input_is_read_without_a_bound() {
    let folder = folder();
    for arguments in [
        &["mysql", "--config", "/dev/zero"][..],
        &["mysql", "--mysql-dsn-file", "/dev/zero"],
        &["postgres", "postgres://u@h/d", "--applied-migrations", "/dev/zero"],
    ] {
        let mut command = command(arguments);
        command.current_dir(folder.path());
        finish(command).expect(2).says("cannot read `/dev/zero`").says("larger than 16 MiB");
    }
    let cutover = [
        "cutover",
        "--config",
        "pipe",
        "--postgres",
        "postgres://u@127.0.0.1:1/d",
        "--undo",
        "--yes",
    ];
    assert!(Command::new("mkfifo").arg(folder.path().join("pipe")).status().unwrap().success());
    let mut command = command(cutover);
    command.current_dir(folder.path());
    finish(command).expect(2);
}

#[test]
fn a_configuration_with_passwords_and_a_log_are_their_owners_alone() {
    let folder = folder();
    let mode = |name: &str| fs::metadata(folder.path().join(name)).unwrap().mode() & 0o777;
    let sides = ["--mysql", "u:pw@tcp(h)/d", "--postgres", "postgres://u:pw@h/d"];
    let pgloader = || {
        let mut command = command(["pgloader"].iter().chain(&sides).chain(&["-o", "a.load"]));
        command.current_dir(folder.path());
        finish(command)
    };
    pgloader().expect(0);
    assert_eq!(mode("a.load"), 0o600);
    fs::write(folder.path().join("a.load"), "LOAD DATABASE\n FROM mysql://u@h/d\n").unwrap();
    pgloader().expect(0);
    let migrate = |log: &str| {
        let target = ["--postgres", "postgres://u@127.0.0.1:1/d", "--log", log];
        let mut command = command(["migrate", "--dump", "dump.sql"].iter().chain(&target));
        command.current_dir(folder.path());
        finish(command).expect(2)
    };
    migrate("log");
    assert_eq!(mode("log"), 0o600);
    let lost = migrate("/dev/full");
    assert_eq!(lost.stderr.matches("cannot write the log").count(), 1, "{}", lost.stderr);
    symlink("log", folder.path().join("link")).expect("a link");
    migrate("link").says("is a symbolic link to `log`");
    fs::create_dir(folder.path().join("directory")).expect("a directory");
    migrate("directory").says("not a regular file: a directory");
}
