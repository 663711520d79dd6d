//! The configuration in a file.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};

use super::fixtures::{
    SECRET, arguments, file, mysql_config, record_copy, record_proof, workspace,
};
use crate::support::program::run;

#[tokio::test]
async fn it_goes_there_and_back_and_only_on_a_yes() {
    let database = workspace("10.11.0").await;
    record_proof(&database.connect().await, true, 0).await;
    let text = mysql_config();
    let (folder, path) = file(&text);
    let password = database.dsn.password.expose().to_owned();
    let cutover = |more: &[&str]| {
        run(arguments(&path, &database.dsn, more)).never_shows(SECRET).never_shows(&password)
    };
    cutover(&[])
        .expect(1)
        .says("- mmuser:****@tcp(localhost:3306)/mattermost")
        .says("both sides were equal at")
        .says("Mattermost would accept the target")
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
    cutover(&["--yes"]).expect(0).says("names this database already");
    fs::write(&path, switched.replace("\"k\"", "\"other\"")).unwrap();
    cutover(&["--undo", "--yes"]).expect(0).says("had been changed since");
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
    cutover(&["--undo", "--yes"]).expect(2).says("no cutover of");
    let kept = fs::read_dir(folder.path()).unwrap().count();
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
        entries.map(|it| (it.uid(), it.gid(), it.mode() & 0o777)).collect::<Vec<_>>()
    };
    let cutover = |more: &[&str]| run(arguments(&path, &database.dsn, more)).expect(0);
    cutover(&["--yes", "--unproven"]);
    assert_eq!(owned(), [(65_534, 65_533, 0o640); 3]);
    cutover(&["--yes", "--undo"]);
    assert_eq!(owned(), [(65_534, 65_533, 0o640); 2]);
}

#[tokio::test]
async fn it_is_refused_without_a_proof_that_still_holds() {
    let database = workspace("10.11.0").await;
    let connection = database.connect().await;
    let (_folder, path) = file(&mysql_config());
    let cutover = |more: &[&str]| run(arguments(&path, &database.dsn, more));
    let missing = "nothing proves that the target holds what the source held";
    cutover(&["--yes"]).expect(1).says(missing).says("nothing was changed").says("--unproven");
    record_proof(&connection, false, 3).await;
    cutover(&["--yes"]).expect(1).says("both sides were different at");
    record_proof(&connection, false, 0).await;
    cutover(&["--yes"]).expect(1).says("not everything was compared at");
    record_proof(&connection, true, 0).await;
    record_copy(&connection, "clock_timestamp()", None).await;
    cutover(&["--yes"]).expect(1).says("rows were copied since");
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
    let cutover = |more: &[&str]| run(arguments(&path, &database.dsn, more));
    let other = "UPDATE migration_assist.proofs SET source = 'mattermost_test d'";
    connection.batch_execute(other).await.expect("another source");
    let said = "compared with `mattermost_test d`, and the configuration names the database \
                `mattermost`";
    cutover(&["--yes"]).expect(1).says(said).says("nothing was changed");
    let elsewhere = "UPDATE migration_assist.proofs
        SET source = 'mattermost d', source_address = 'tcp(db:3306)'";
    connection.batch_execute(elsewhere).await.expect("the same source at another address");
    cutover(&["--yes"]).expect(0).says("see that both are the same server");
}

#[tokio::test]
async fn what_else_names_mysql_is_told_with_its_edit() {
    let database = workspace("10.11.0").await;
    record_proof(&database.connect().await, true, 0).await;
    let (folder, path) = file(&mysql_config());
    let units = folder.path().join("root/lib/systemd/system");
    fs::create_dir_all(&units).unwrap();
    let unit = format!(
        "[Unit]\nBindsTo=mysql.service\n[Service]\nEnvironment=MM_CONFIG=mysql://mm:{SECRET}@db/mm\n"
    );
    fs::write(units.join("mattermost.service"), &unit).unwrap();
    run(arguments(&path, &database.dsn, &["--yes"]))
        .expect(1)
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
    let (_folder, path) = file(&mysql_config());
    let plan = run(arguments(&path, &database.dsn, &["--plan", "--unit=chat"]))
        .expect(0)
        .never_shows(SECRET)
        .never_shows(database.dsn.password.expose());
    for line in [
        "systemctl stop chat",
        "source: mmuser:****@tcp(localhost:3306)/mattermost",
        "Migrate (took 2 min in a rehearsal)",
        "Prove that both sides are equal (took 8 s in a rehearsal)",
        &format!("cutover --config {} --undo", path.display()),
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
    run(arguments(&path, &database.dsn, &["--yes", "--unproven"]))
        .expect(2)
        .says("is not a configuration of Mattermost")
        .says("it is not valid JSON from line 1")
        .never_shows(SECRET);
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
    run(["cutover", "--postgres", &database.dsn.render()]).expect(2).says("--config");
}
