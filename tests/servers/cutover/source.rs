//! What a switch asks the source before it changes a configuration.

use std::fs;

use migration_assist::mysql::{Access, Dsn};

use super::fixtures::{SECRET, arguments, config, file, workspace};
use super::own_server::secret;
use crate::sample::Sample;
use crate::support::mysql::{Source, on_both_flavours, open, run as execute};
use crate::support::postgres::Database;
use crate::support::program::{Run, command_in, finish, run};
use crate::workspace::load;

/// A workspace that is proven, and a configuration that names an account of its own.
struct Site {
    source: Source,
    target: Database,
    path: std::path::PathBuf,
    folder: tempfile::TempDir,
    account: Dsn,
}

impl Site {
    async fn proven(mut source: Source) -> Self {
        load(&source, Sample { posts: 1200, awkward: false }).await;
        let account = source.account("ALL", &format!("BY '{SECRET}'")).await;
        let account = Dsn { password: secret(SECRET), ..account };
        let (folder, path) = file(&config(account.render().expose()));
        let site = Self { source, target: Database::create().await, path, folder, account };
        site.tool(&["migrate"]).expect(0).says("the target is proven equal");
        site
    }

    fn tool(&self, arguments: &[&str]) -> Run {
        finish(command_in(self.folder.path(), (&self.account, &self.target.dsn), arguments))
            .never_shows(SECRET)
    }

    fn cutover(&self, more: &[&str]) -> Run {
        run(arguments(&self.path, &self.target.dsn, more)).never_shows(SECRET)
    }

    fn configuration(&self) -> String {
        fs::read_to_string(&self.path).expect("a configuration")
    }

    /// Writes to the source as Mattermost does, in a session that ends.
    async fn write(&self, sql: &str) {
        execute(&mut open(&self.account, Access::Writing).await, sql).await;
    }
}

const POST: &str = "INSERT INTO Posts (Id, CreateAt, UpdateAt, Message, Props)
    VALUES ('writtenaftertheproof000000', 1, 1, 'late', '{}')";

async fn what_was_written_since_the_proof_is_named_and_refused(source: Source) {
    let site = Site::proven(source).await;
    let before = site.configuration();
    site.cutover(&[])
        .expect(1)
        .says("both sides were equal at")
        .says("the source was not written since")
        .says("not frozen")
        .says("GRANT PROCESS ON *.* TO")
        .says("add `--yes`");
    site.write(POST).await;
    site.cutover(&["--yes"])
        .expect(1)
        .says("[written-since-proof]")
        .says("`Posts` (rows then: ")
        .says("`--accept-written`");
    // A change that leaves the number of rows and every time as they were.
    site.tool(&["copy", "--restart"]).expect(0);
    site.tool(&["verify"]).expect(0);
    site.write("UPDATE Preferences SET Value = CONCAT(Value, 'x') LIMIT 1").await;
    site.cutover(&["--yes", "--unproven"])
        .expect(1)
        .says("`Preferences` (rows then: ")
        .says("`--accept-written`");
    assert_eq!(site.configuration(), before);
    site.cutover(&["--yes", "--accept-written"])
        .expect(0)
        .says("accepted by `--accept-written`: rows that were written to MySQL since the proof");
    assert_ne!(site.configuration(), before);
    site.cutover(&["--undo", "--yes"]).expect(0).says("the source is not frozen");
    assert_eq!(site.configuration(), before);
}

async fn sessions_are_named_and_refused(source: Source) {
    let site = Site::proven(source).await;
    let node = open(&site.account, Access::Writing).await;
    let session = format!("session {} of {} from ", node.id(), site.account.user);
    site.cutover(&["--yes"])
        .expect(1)
        .says("[sessions] other sessions use the source, and can write to it: 1")
        .says(&session)
        .says("`--accept-running`");
    let report = site.cutover(&["--yes", "--format=json"]).expect(1).json();
    let sessions = &report["report"]["source"]["sessions"];
    assert_eq!(sessions["sessions"][0]["user"], site.account.user.as_str(), "{report:#}");
    assert_eq!(sessions["complete"], false);
    let plan = site.cutover(&["--plan"]).expect(0).stdout;
    for line in [
        format!("connected to the source: {} from ", site.account.user),
        "users cannot write for about ".to_owned(),
        format!("{}@% may not freeze the server", site.account.user),
        format!("GRANT PROCESS ON *.* TO '{}'@'%';", site.account.user),
    ] {
        assert!(plan.contains(&line), "`{line}` is not in:\n{plan}");
    }
    // An administrator sees the session too.
    let administrator = site.source.dsn.render().expose().to_owned();
    let all = site.cutover(&["--yes", "--mysql", &administrator]).expect(1).says(&session);
    assert!(!all.stderr.contains("GRANT PROCESS"), "{}", all.stderr);
    drop(node);
}

async fn a_source_that_cannot_be_asked_is_refused(source: Source) {
    let site = Site::proven(source).await;
    let before = site.configuration();
    let nowhere = "mm:x@tcp(127.0.0.1:1)/mattermost";
    site.cutover(&["--yes", "--mysql", nowhere])
        .expect(1)
        .says("[source-unreachable] cannot ask the source at 127.0.0.1:1")
        .says("`--accept-unreachable`");
    let wrong = Dsn { password: secret("wrong"), ..site.account.clone() };
    site.cutover(&["--yes", "--unproven", "--mysql", wrong.render().expose()])
        .expect(1)
        .says("[source-unreachable]");
    assert_eq!(site.configuration(), before);
}

on_both_flavours!(
    what_was_written_since_the_proof_is_named_and_refused,
    sessions_are_named_and_refused,
    a_source_that_cannot_be_asked_is_refused,
);

#[tokio::test]
async fn a_target_without_a_workspace_is_refused_whatever_is_accepted() {
    let empty = Database::create().await;
    let text = config("mm:x@tcp(127.0.0.1:1)/mm");
    let (_folder, path) = file(&text);
    let all =
        ["--yes", "--unproven", "--accept-written", "--accept-unreachable", "--accept-running"];
    run(arguments(&path, &empty.dsn, &all)).expect(1).says("[no-migrations]");
    let without_rows = workspace("10.11.0").await;
    let delete = "DELETE FROM public.users; DELETE FROM public.systems";
    without_rows.connect().await.batch_execute(delete).await.expect("no rows");
    run(arguments(&path, &without_rows.dsn, &all)).expect(1).says("[no-rows]");
    assert_eq!(fs::read_to_string(&path).expect("a file"), text);
}

#[tokio::test]
async fn a_running_mattermost_is_found_and_refused() {
    let target = workspace("10.11.0").await;
    let (folder, path) = file(&config("mm:x@tcp(127.0.0.1:1)/mm"));
    let process = folder.path().join("root/proc/4242");
    fs::create_dir_all(&process).expect("a folder");
    let program = "/opt/mattermost/bin/mattermost";
    fs::write(process.join("cmdline"), format!("{program}\0--config\0{}\0", path.display()))
        .expect("a file");
    fs::write(process.join("environ"), format!("MM_SQLSETTINGS_DATASOURCE={SECRET}\0"))
        .expect("a file");
    for (name, place) in [("exe", program), ("cwd", "/"), ("root", "/")] {
        std::os::unix::fs::symlink(place, process.join(name)).expect("a link");
    }
    let cutover = |more: &[&str]| {
        let more = [&["--yes", "--unproven", "--accept-unreachable"][..], more].concat();
        run(arguments(&path, &target.dsn, &more)).never_shows(SECRET)
    };
    let found = "[running] Mattermost runs on this machine as process 4242";
    cutover(&[])
        .expect(1)
        .says(found)
        .says(
            "its variables name MySQL, whatever the configuration says: MM_SQLSETTINGS_DATASOURCE=",
        )
        .says("`--accept-running`");
    cutover(&["--accept-running"]).expect(1).says("from its next start");
    cutover(&["--undo"]).expect(1).says(found).says("nothing was changed");
    assert!(fs::read_to_string(&path).expect("a file").contains("\"postgres\""));
    fs::remove_dir_all(&process).expect("the process ends");
    cutover(&["--undo"]).says("is as it was before the cutover");
}
