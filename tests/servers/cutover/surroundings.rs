//! What else names MySQL: containers next to the configuration, files and units that were named.

use std::fs;
use std::path::Path;

use super::fixtures::{SECRET, arguments, file, mysql_config, record_proof, workspace};
use crate::support::program::{Run, command, finish};

/// Runs `cutover` in the directory of the configuration.
fn cutover(path: &Path, dsn: &migration_assist::postgres::Dsn, more: &[&str]) -> Run {
    // The source of these configurations cannot be asked.
    let more = [more, &["--accept-unreachable"]].concat();
    let mut command = command(arguments(path, dsn, &more));
    command.current_dir(path.parent().expect("a folder"));
    finish(command).never_shows(SECRET).never_shows(dsn.password.expose())
}

#[tokio::test]
async fn a_container_is_recognised_and_its_lines_stay_findings_until_corrected() {
    let database = workspace("10.11.0").await;
    record_proof(&database.connect().await, true, 0).await;
    let (folder, path) = file(&mysql_config());
    let compose = folder.path().join("docker-compose.yml");
    let described = |driver: &str, dsn: &str| {
        format!(
            "services:\n  mattermost:\n    image: mattermost/mattermost-enterprise-edition:10.11\n    \
             environment:\n      MM_SQLSETTINGS_DRIVERNAME: {driver}\n      \
             MM_SQLSETTINGS_DATASOURCE: \"{dsn}\"\n"
        )
    };
    let mysql = format!("mmuser:{SECRET}@tcp(db:3306)/mattermost");
    fs::write(&compose, described("mysql", &mysql)).expect("a compose file");
    fs::write(folder.path().join(".env"), format!("MM_SQLSETTINGS_DATASOURCE={mysql}\n")).unwrap();
    let plan = cutover(&path, &database.dsn, &["--plan"]).expect(0).stdout;
    assert!(plan.contains("docker compose stop mattermost"), "{plan}");
    for says in
        ["start Mattermost: `docker compose up -d mattermost`", "already names this database"]
    {
        cutover(&path, &database.dsn, &["--yes"])
            .expect(1)
            .says(says)
            .says("docker-compose.yml, line 5: write `MM_SQLSETTINGS_DRIVERNAME: postgres`")
            .says("docker-compose.yml, line 6: write `MM_SQLSETTINGS_DATASOURCE: postgres://")
            .says("instead of `MM_SQLSETTINGS_DATASOURCE: mmuser:****@tcp(db:3306)/mattermost`")
            .says(".env, line 1: write `MM_SQLSETTINGS_DATASOURCE=postgres://")
            .says("binary_parameters=yes");
    }
    fs::write(&compose, described("postgres", "postgres://mm@db/mm")).expect("corrected");
    fs::remove_file(folder.path().join(".env")).expect("corrected");
    cutover(&path, &database.dsn, &["--yes"])
        .expect(0)
        .says("looked at: ")
        .says("docker-compose.yml");
}

#[tokio::test]
async fn what_was_named_is_read_from_the_working_directory_and_has_to_exist() {
    let database = workspace("10.11.0").await;
    record_proof(&database.connect().await, true, 0).await;
    let text = mysql_config();
    let (folder, path) = file(&text);
    for (more, hint) in [
        (["--env-file", "nothere.env"], "No such file or directory"),
        (["--unit-dir", "nothere"], "No such file or directory"),
        (["--env-file", "nothere.env"], "hint: correct the path: `ls -la "),
        (["--unit-dir", "nothere"], "hint: correct the path: `ls -la "),
        (["--unit", "nothere"], "hint: run `cutover` where Mattermost runs, or name the unit"),
    ] {
        let arguments = [&more[..], &["--yes"]].concat();
        cutover(&path, &database.dsn, &arguments).expect(2).says("nothere").says(hint);
        assert_eq!(fs::read_to_string(&path).unwrap(), text, "nothing was changed");
    }
    fs::create_dir(folder.path().join("units")).expect("a folder");
    fs::write(folder.path().join("units/chat.service"), "[Unit]\nBindsTo=mysql.service\n").unwrap();
    fs::write(folder.path().join("vars"), "MM_SQLSETTINGS_DRIVERNAME=mysql\n").unwrap();
    let named = ["--yes", "--env-file", "vars", "--unit-dir", "units", "--unit", "chat"];
    cutover(&path, &database.dsn, &named)
        .expect(1)
        .says("vars, line 1: write `MM_SQLSETTINGS_DRIVERNAME=postgres`")
        .says("chat.service, line 2: ")
        .says("systemctl daemon-reload")
        .says("start Mattermost: `systemctl start chat`");
}

#[tokio::test]
async fn nothing_found_is_no_claim() {
    let database = workspace("10.11.0").await;
    record_proof(&database.connect().await, true, 0).await;
    let (folder, path) = file(&mysql_config());
    fs::remove_dir_all(folder.path().join("root")).expect("no unit");
    let plan = cutover(&path, &database.dsn, &["--plan"]).expect(0).stdout;
    assert!(!plan.contains("systemctl"), "{plan}");
    let nothing = |run: Run| {
        run.says("not looked at: systemd units")
            .says("it is not known whether variables name MySQL")
            .says("`--unit NAME`")
            .never_shows("systemctl")
            .never_shows("nothing that was looked at names MySQL")
    };
    nothing(cutover(&path, &database.dsn, &["--yes"]).expect(1)).says("from its next start");
    nothing(cutover(&path, &database.dsn, &["--yes"]).expect(1))
        .says("already names this database");
    fs::write(path.with_file_name("vars"), "MM_LOGSETTINGS_ENABLEFILE=true\n").expect("a file");
    cutover(&path, &database.dsn, &["--yes", "--env-file", "vars"])
        .expect(0)
        .says("nothing that was looked at names MySQL")
        .says("looked at: ")
        .says("vars");
}

#[tokio::test]
async fn a_plan_leaves_an_older_ledger_as_it_is() {
    let database = workspace("10.11.0").await;
    let connection = database.connect().await;
    connection.batch_execute("CREATE TABLE public.old (id text)").await.expect("a table");
    let older = include_str!("../ledger/version_2.sql").replace("public.posts", "public.old");
    connection.batch_execute(&older).await.expect("the tables of version 2");
    let (_folder, path) = file(&mysql_config());
    let plan = cutover(&path, &database.dsn, &["--plan"]).expect(0).stdout;
    assert!(plan.contains("Copy again, in place of the earlier copy"), "{plan}");
    let version = "SELECT version FROM migration_assist.ledger";
    let version: i32 = connection.query_one(version, &[]).await.expect("a version").get(0);
    assert_eq!(version, 2);
}

#[tokio::test]
async fn two_nodes_have_configurations_of_their_own() {
    let database = workspace("10.11.0").await;
    record_proof(&database.connect().await, true, 0).await;
    let texts = [mysql_config(), mysql_config().replace("https://chat", "https://node-2")];
    let nodes = texts.clone().map(|text| file(&text));
    let vars = "MM_LOGSETTINGS_ENABLEFILE=true\n";
    for (folder, _) in &nodes {
        fs::write(folder.path().join("vars"), vars).expect("a file");
    }
    let [(_, first), (_, second)] = &nodes;
    let cutover = |path: &Path, more: &[&str]| {
        cutover(path, &database.dsn, &[&["--env-file", "vars"][..], more].concat())
    };
    let read = |path: &Path| fs::read_to_string(path).expect("a file");
    cutover(first, &["--yes"]).expect(0).says("other nodes have configurations of their own");
    assert!(read(first).contains("postgres://"));
    assert_eq!(read(second), texts[1], "the other node still names MySQL");
    cutover(second, &["--yes"]).expect(0);
    assert!(read(second).contains("postgres://") && read(second).contains("https://node-2"));
    cutover(first, &["--yes"]).expect(0).says("already names this database");
    // Each node goes back by itself. The source cannot be reached, so that it stays unknown whether it is
    // frozen.
    cutover(first, &["--undo", "--yes"]).expect(1);
    assert_eq!((read(first), read(second).contains("postgres://")), (texts[0].clone(), true));
    cutover(second, &["--undo", "--yes"]).expect(1);
    assert_eq!(read(second), texts[1]);
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_no_evidence() {
    let database = workspace("10.11.0").await;
    record_proof(&database.connect().await, true, 0).await;
    let (folder, path) = file(&mysql_config());
    let units = folder.path().join("root/lib/systemd/system");
    // Larger than any file of variables: as unreadable for root as for others.
    fs::write(folder.path().join("root/large"), vec![b'#'; 2 << 20]).expect("a file");
    let unit = "[Service]\nEnvironmentFile=/large\n";
    fs::write(units.join("mattermost.service"), unit).expect("a unit");
    cutover(&path, &database.dsn, &["--yes"])
        .expect(1)
        .says("not looked at: ")
        .says("it is not known whether they name MySQL")
        .says("start Mattermost: `systemctl start mattermost`")
        .never_shows("nothing that was looked at names MySQL");
}

#[tokio::test]
async fn every_shape_of_a_configuration_is_read_alike() {
    let database = workspace("10.11.0").await;
    record_proof(&database.connect().await, true, 0).await;
    let dsn = "mmuser:pw@tcp(127.0.0.1:1)/mattermost";
    for (text, is_mysql) in [
        ("{\"SqlSettings\": {\"DriverName\": \"mysql\", \"DataSource\": \"DSN\"}}", true),
        ("\u{feff}{\"SqlSettings\": {\"DriverName\": \"mysql\", \"DataSource\": \"DSN\"}}", true),
        ("{\"sqlsettings\": {\"drivername\": \"mysql\", \"datasource\": \"DSN\"}}", true),
        ("{\"SqlSettings\": {\"DriverName\": \"postgres\", \"DataSource\": \"DSN\"}}", true),
        ("{\"SqlSettings\": {\"DataSource\": \"x\", \"DataSource\": \"DSN\"}}", true),
        (
            "{\"SqlSettings\": {\"DriverName\": \"postgres\", \"DataSource\": \"postgres://a@b/c\"}}",
            false,
        ),
        ("{\"Other\": 1}", false),
    ] {
        let text = text.replace("DSN", dsn);
        let (_folder, path) = file(&text);
        let run = finish(command(["mysql", "--config", &path.to_string_lossy()])).expect(2);
        if is_mysql {
            run.says("127.0.0.1:1");
        } else {
            run.says("`").says("MM_SQLSETTINGS_DATASOURCE").never_shows("already");
        }
        cutover(&path, &database.dsn, &["--plan"]).expect(0);
        assert_eq!(fs::read_to_string(&path).unwrap(), text, "a plan changes nothing");
        cutover(&path, &database.dsn, &["--yes", "--unproven"])
            .expect(0)
            .says("from its next start");
        // The source cannot be reached, so that it stays unknown whether it is frozen.
        cutover(&path, &database.dsn, &["--undo", "--yes"]).expect(1);
        assert_eq!(fs::read_to_string(&path).unwrap(), text, "byte for byte");
    }
    let (_folder, path) = file("{}");
    let mut overridden = command(["mysql", "--config", &path.to_string_lossy()]);
    overridden.env("MM_SQLSETTINGS_DATASOURCE", dsn);
    finish(overridden).expect(2).says("127.0.0.1:1");
}
