//! Holding the source still. `read_only` is the whole server's, so these tests start servers of their
//! own with `scripts/servers`; what an account may not do is tried on the common ones.

use std::path::{Path, PathBuf};
use std::process::Command;

use migration_assist::mysql::{Access, Dsn, Flavour};
use tempfile::TempDir;

use super::fixtures::{arguments, config, file, record_copy, workspace};
use crate::support::mysql::{Source, on_both_flavours, open, run as execute};
use crate::support::program::run;

/// A server that no other test uses; it goes when the test ends.
struct OwnServer {
    folder: TempDir,
    dsn: Dsn,
}

impl OwnServer {
    fn start(kind: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let started = servers().arg("start").arg(servers_folder(&folder)).arg(kind).output();
        let started = started.expect("scripts/servers runs");
        let said = String::from_utf8_lossy(&started.stderr);
        assert!(started.status.success(), "scripts/servers cannot start {kind}:\n{said}");
        let variables = String::from_utf8(started.stdout).expect("UTF-8");
        let name = format!("_{}='", kind.to_uppercase());
        let dsn = variables.split_once(&name).and_then(|(_, rest)| rest.split_once('\''));
        let dsn = dsn.expect("the server's DSN").0.parse().expect("a DSN");
        Self { folder, dsn }
    }

    /// Its administrator, or another account, in the test's database.
    fn account(&self, user: Option<&str>) -> Dsn {
        let dsn = self.dsn.with_database("chat");
        let user = user.map_or(dsn.user.clone(), str::to_owned);
        Dsn { user, ..dsn }
    }
}

impl Drop for OwnServer {
    fn drop(&mut self) {
        let stopped = servers().arg("stop").arg(servers_folder(&self.folder)).status();
        assert!(stopped.is_ok_and(|it| it.success()) || std::thread::panicking());
    }
}

fn servers() -> Command {
    Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/servers"))
}

fn servers_folder(folder: &TempDir) -> PathBuf {
    folder.path().join("servers")
}

#[tokio::test]
async fn mysql_is_held_still_and_let_go() {
    there_and_back(&OwnServer::start("mysql")).await;
}

#[tokio::test]
async fn mariadb_is_held_still_and_let_go() {
    there_and_back(&OwnServer::start("mariadb")).await;
}

async fn there_and_back(server: &OwnServer) {
    let mut administrator = open(&server.dsn, Access::Writing).await;
    let password = server.dsn.password.expose();
    let setup = format!(
        "CREATE DATABASE chat; CREATE DATABASE blog; CREATE TABLE chat.Posts (Id int);
         CREATE USER mmuser@'%' IDENTIFIED BY '{password}';
         GRANT ALL ON chat.* TO mmuser@'%'"
    );
    execute(&mut administrator, &setup).await;
    let database = workspace("10.11.0").await;
    let target = database.connect().await;
    let (_folder, path) = file(&config(server.account(None).render().expose()));
    let cutover = |more: &[&str]| run(arguments(&path, &database.dsn, more)).never_shows(password);
    let mut mattermost = open(&server.account(Some("mmuser")), Access::Writing).await;
    let insert = "INSERT INTO Posts VALUES (1)";

    cutover(&["--freeze"]).expect(1).says("nothing was changed");
    execute(&mut mattermost, insert).await;
    let position = migration_assist::mysql::log_position(&mut administrator).await;
    let position = position.expect("an answer").expect("a log");
    record_copy(&target, "clock_timestamp()", Some(&position)).await;
    cutover(&["--freeze", "--yes"]).expect(0).says("is read only now").says("blog");
    let refused = mattermost.execute(insert).await.expect_err("read only");
    assert_eq!(refused.code(), Some(1290), "{refused}");
    cutover(&["--freeze", "--yes"]).expect(0).says("was read only already");
    cutover(&["--undo", "--yes"])
        .expect(0)
        .says("the source can be written again")
        .says("nothing was written to the source");
    execute(&mut mattermost, insert).await;
    cutover(&["--undo", "--yes"]).expect(2).says("no cutover of");

    // A server that was read only before stays so.
    execute(&mut administrator, "SET GLOBAL read_only = ON").await;
    let frozen = cutover(&["--freeze", "--yes", "--format=json"]).expect(0).json();
    let undone = cutover(&["--undo", "--yes"]);
    match frozen["report"]["already"].as_bool() {
        Some(true) => drop(undone.expect(2)),
        _ => drop(undone.expect(0).says("stays read only").says("was written since")),
    }
    let refused = mattermost.execute(insert).await.expect_err("read only");
    assert_eq!(refused.code(), Some(1290), "{refused}");
}

async fn an_account_without_the_right_is_told_what_to_run(mut source: Source) {
    let account = source.account("SELECT", "BY 'hunter2'").await;
    let dsn = Dsn { password: "hunter2".into(), ..account };
    let database = workspace("10.11.0").await;
    let (_folder, path) = file(&config(dsn.render().expose()));
    let whole = match source.flavour {
        Flavour::MySql => "SET GLOBAL super_read_only = ON;",
        Flavour::MariaDb => "SET GLOBAL read_only = ON;",
    };
    let revoke =
        format!("REVOKE INSERT, UPDATE, DELETE ON `{}`.* FROM '{}'@'%';", source.name(), dsn.user);
    run(arguments(&path, &database.dsn, &["--freeze", "--yes"]))
        .expect(1)
        .says(whole)
        .says(&revoke)
        .says("ACCOUNT LOCK;")
        .never_shows("hunter2");
    run(arguments(&path, &database.dsn, &["--undo", "--yes"])).expect(2);
}

on_both_flavours!(an_account_without_the_right_is_told_what_to_run);
