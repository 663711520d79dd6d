//! The configuration in a file.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::process::{Command, Stdio};

use migration_assist::ledger::{self, Phase};
use migration_assist::sql::Dialect::Postgres;

use super::fixtures::{
    SECRET, arguments, config, file, mysql_config, record_copy, record_proof, workspace,
};
use crate::support::program::{Watchdog, run};

#[tokio::test]
async fn it_goes_there_and_back_and_only_on_a_yes() {
    let database = workspace("10.11.0").await;
    record_proof(&database.connect().await, true, 0).await;
    let text = mysql_config();
    let (folder, path) = file(&text);
    let password = database.dsn.password.expose().to_owned();
    let cutover = |more: &[&str]| {
        let more = [&["--accept-unreachable"][..], more].concat();
        run(arguments(&path, &database.dsn, &more)).never_shows(SECRET).never_shows(&password)
    };
    let written = database.dsn.render_masked();
    cutover(&[])
        .expect(1)
        .says("- mmuser:****@tcp(localhost:3306)/mattermost")
        .says(&format!("+ {}", written.split('?').next().expect("a URL")))
        .says("sslmode=")
        .says("connect_timeout=10&binary_parameters=yes")
        .says("both sides were equal at")
        .says("the target has the schema that Mattermost expects")
        .says("not known: whether MySQL was written since the proof")
        .says("nothing was changed")
        .says("add `--yes`");
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
    let report = cutover(&["--yes", "--format=json"]).expect(0).json();
    assert_eq!(report["report"]["outcome"], "done");
    assert_eq!(report["report"]["changes"][0]["setting"], "SqlSettings.DriverName");
    let switched = fs::read_to_string(&path).unwrap();
    assert!(switched.contains("\"DriverName\": \"postgres\",\r\n"), "{switched}");
    assert!(switched.contains("\"DataSourceReplicas\": [],\r\n"), "{switched}");
    assert!(switched.contains("binary_parameters=yes"), "{switched}");
    cutover(&["--yes"]).expect(0).says("already names this database");
    fs::write(&path, switched.replace("\"k\"", "\"other\"")).unwrap();
    let undone = "cannot determine whether the source is frozen";
    cutover(&["--undo", "--yes"]).expect(1).says("had been changed since").says(undone);
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
    cutover(&["--undo", "--yes"]).expect(2).says("no cutover of");
    let entries = fs::read_dir(folder.path()).unwrap();
    let kept = entries.filter(|entry| entry.as_ref().unwrap().path().is_file()).count();
    assert_eq!(kept, 3, "the configuration, the old one, and the one that was changed since");
}

/// As root, who runs these tests to start servers, like an administrator.
#[tokio::test]
async fn the_file_stays_its_owner_s() {
    let database = workspace("10.11.0").await;
    let (folder, path) = file(&mysql_config());
    chown(&path, Some(65_534), Some(65_533)).expect("root gives files away");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let owned = || {
        let entries =
            fs::read_dir(folder.path()).unwrap().map(|it| it.unwrap().metadata().unwrap());
        let entries = entries.filter(std::fs::Metadata::is_file);
        entries.map(|it| (it.uid(), it.gid(), it.mode() & 0o777)).collect::<Vec<_>>()
    };
    let cutover = |more: &[&str]| run(arguments(&path, &database.dsn, more));
    cutover(&["--yes", "--unproven", "--accept-unreachable"]).expect(0);
    assert_eq!(owned(), [(65_534, 65_533, 0o640); 3]);
    cutover(&["--yes", "--undo"]).expect(1);
    assert_eq!(owned(), [(65_534, 65_533, 0o640); 2]);
}

#[tokio::test]
async fn it_is_refused_without_a_proof_that_still_holds() {
    let database = workspace("10.11.0").await;
    let connection = database.connect().await;
    let (_folder, path) = file(&mysql_config());
    let cutover = |more: &[&str]| {
        run(arguments(&path, &database.dsn, &[&["--accept-unreachable"][..], more].concat()))
    };
    let missing = "both sides were never compared";
    cutover(&["--yes"]).expect(1).says(missing).says("nothing was changed").says("--unproven");
    record_proof(&connection, false, 3).await;
    cutover(&["--yes"]).expect(1).says("both sides differed when they were compared at");
    record_proof(&connection, false, 0).await;
    cutover(&["--yes"]).expect(1).says("only a part of the rows was compared at");
    record_proof(&connection, true, 0).await;
    record_copy(&connection, "clock_timestamp()", None).await;
    cutover(&["--yes"]).expect(1).says("rows were copied after both sides were compared at");
    assert_eq!(fs::read_to_string(&path).unwrap(), mysql_config());
    cutover(&["--yes", "--unproven"]).expect(0);
    assert_ne!(fs::read_to_string(&path).unwrap(), mysql_config());
}

#[tokio::test]
async fn it_is_refused_where_another_database_was_compared() {
    let database = workspace("10.11.0").await;
    let connection = database.connect().await;
    record_proof(&connection, true, 0).await;
    let (_folder, path) = file(&mysql_config());
    let cutover = |more: &[&str]| {
        run(arguments(&path, &database.dsn, &[&["--accept-unreachable"][..], more].concat()))
    };
    for database in ["mattermost_test", "mattermost old"] {
        let other = format!("UPDATE migration_assist.proofs SET source_database = '{database}'");
        connection.batch_execute(&other).await.expect("another source");
        let said = format!(
            "compared with `{database} d`, but the configuration names the database `mattermost`"
        );
        cutover(&["--yes"]).expect(1).says(&said).says("nothing was changed");
    }
    let elsewhere = "UPDATE migration_assist.proofs
        SET source_database = 'mattermost', source_address = 'tcp(db:3306)'";
    connection.batch_execute(elsewhere).await.expect("the same source at another address");
    cutover(&["--yes"]).expect(0).says("check that both are the same server");
}

#[tokio::test]
async fn what_else_names_mysql_is_listed_with_its_edit() {
    let database = workspace("10.11.0").await;
    record_proof(&database.connect().await, true, 0).await;
    let (folder, path) = file(&mysql_config());
    let units = folder.path().join("root/lib/systemd/system");
    fs::create_dir_all(&units).unwrap();
    let unit = format!(
        "[Unit]\nBindsTo=mysql.service\n[Service]\nEnvironment=MM_CONFIG=mysql://mm:{SECRET}@db/mm\n"
    );
    fs::write(units.join("mattermost.service"), &unit).unwrap();
    run(arguments(&path, &database.dsn, &["--yes", "--accept-unreachable"]))
        .expect(1)
        .says("systemctl daemon-reload")
        .says("write `BindsTo=postgresql.service` instead of `BindsTo=mysql.service`")
        .says("write `Environment=MM_CONFIG=postgres://")
        .never_shows(SECRET);
    assert!(fs::read_to_string(&path).unwrap().contains("\"postgres\""));
    assert_eq!(fs::read_to_string(units.join("mattermost.service")).unwrap(), unit);
}

#[tokio::test]
async fn the_plan_has_the_workspace_s_names_and_the_times_of_its_rehearsal() {
    let database = workspace("10.11.0").await;
    let connection = database.connect().await;
    record_copy(&connection, "clock_timestamp() - interval '1 h'", None).await;
    record_proof(&connection, true, 0).await;
    let written = file(&mysql_config());
    let unmeasured = run(arguments(&written.1, &database.dsn, &["--plan"])).expect(0).stdout;
    assert!(
        unmeasured.contains(
            "how long users cannot write is not known (not measured: check, indexes, switch): run `migration-assist migrate`"
        ),
        "{unmeasured}"
    );
    for (phase, seconds) in [
        (Phase::Freeze, 3.0),
        (Phase::Check, 20.0),
        (Phase::Indexes, 29.0),
        (Phase::Proof, 8.0),
        (Phase::Switch, 2.0),
    ] {
        ledger::record_phase(&connection, "public", phase, seconds).await.expect("a record");
    }
    let name = Postgres.identifier(&database.dsn.database);
    let set = format!("ALTER DATABASE {name} SET default_text_search_config = 'pg_catalog.german'");
    connection.batch_execute(&set).await.expect("a setting");
    let (_folder, path) = written;
    let plan = run(arguments(&path, &database.dsn, &["--plan", "--unit=chat"]))
        .expect(0)
        .never_shows(SECRET)
        .never_shows(database.dsn.password.expose());
    for line in [
        "systemctl stop chat",
        "target: `default_text_search_config` is `pg_catalog.german`",
        &format!("; an administrator runs: ALTER DATABASE {name} SET default_text_search_config"),
        "source: mmuser:****@tcp(localhost:3306)/mattermost",
        "users cannot write for about 3 min 2 s,",
        "(measured in the last complete runs: freeze 3 s, check 20 s, copy 2 min 0 s, indexes 29 s, proof \
         8 s, switch 2 s)",
        "Freeze the source (took 3 s the last time)",
        "Copy again, in place of the earlier copy, and prove (took 2 min 57 s the last time)",
        "migration-assist migrate --restart",
        "the source was not asked (",
        "posting fails with status 500",
        "systemctl daemon-reload",
        &format!("cutover --config {} --unit chat --undo", path.display()),
    ] {
        assert!(plan.stdout.contains(line), "`{line}` is not in:\n{}", plan.stdout);
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), mysql_config());
}

#[tokio::test]
async fn a_file_that_is_no_configuration_is_left_alone() {
    let database = workspace("10.11.0").await;
    let text = format!("{{\"SqlSettings\": {{\"DataSource\": \"{SECRET}");
    let (_folder, path) = file(&text);
    run(arguments(&path, &database.dsn, &["--yes", "--unproven", "--accept-unreachable"]))
        .expect(2)
        .says("is not a configuration of Mattermost")
        .says("invalid JSON at line 1")
        .never_shows(SECRET);
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
    run(["cutover", "--postgres", &database.dsn.render()]).expect(2).says("--config");
}

/// Runs `cutover` at a terminal, where these lines are typed; its output and status.
fn at_a_terminal(arguments: &[String], typed: &str) -> (String, Option<i32>) {
    let words = std::iter::once(env!("CARGO_BIN_EXE_migration-assist"))
        .chain(arguments.iter().map(String::as_str))
        .map(|word| format!("'{}'", word.replace('\'', "'\\''")));
    let line = words.collect::<Vec<_>>().join(" ");
    let mut script = Command::new("script");
    script.args(["--quiet", "--return", "--command", &line, "/dev/null"]).env_clear();
    script.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    let mut child = script
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("script, of Debian's package bsdutils, runs");
    let _watchdog = Watchdog::over(child.id());
    child.stdin.take().expect("its input").write_all(typed.as_bytes()).expect("typed");
    let output = child.wait_with_output().expect("it ends");
    (String::from_utf8_lossy(&output.stdout).into_owned(), output.status.code())
}

#[tokio::test]
async fn an_answer_at_a_terminal_accepts_what_was_found() {
    let database = workspace("10.11.0").await;
    record_proof(&database.connect().await, true, 0).await;
    let text = config(&format!("mmuser:{SECRET}@tcp(127.0.0.1:1)/mattermost"));
    let (_folder, path) = file(&text);
    let question = "Switch without asking the source? [y/N]";
    let (shown, status) = at_a_terminal(&arguments(&path, &database.dsn, &["--yes"]), "n\n");
    assert_eq!(status, Some(1), "{shown}");
    assert!(shown.contains(question) && shown.contains("`--accept-unreachable`"), "{shown}");
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
    let (shown, status) = at_a_terminal(&arguments(&path, &database.dsn, &[]), "y\ny\n");
    assert_eq!(status, Some(0), "{shown}");
    assert!(shown.contains(question) && shown.contains("Change "), "{shown}");
    assert_ne!(fs::read_to_string(&path).unwrap(), text);
}
