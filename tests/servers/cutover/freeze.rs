//! Freezing the source, and releasing it.

use std::time::Duration;

use migration_assist::cutover::{Freeze, FreezeRecords, Patience, freeze};
use migration_assist::mysql::{Access, Dsn, Flavour};

use super::fixtures::{arguments, config, file, workspace};
use super::own_server::{Site, on_servers_of_both_flavours, secret};
use crate::support::mysql::{Source, on_both_flavours, open, run as execute};
use crate::support::program::run;

const INSERT: &str = "INSERT INTO Posts VALUES (1)";
/// "The server is running with the --read-only option so it cannot execute this statement."
const READ_ONLY: Option<u16> = Some(1290);

async fn a_freeze_stops_mattermost_until_it_is_undone(flavour: Flavour) {
    let site = Site::start(flavour, "").await;
    let mut mattermost = site.mattermost().await;
    site.as_administrator(&["--freeze"])
        .expect(1)
        .says("other databases on it: blog")
        .says("posting fails with status 500")
        .says("nothing was changed");
    execute(&mut mattermost, INSERT).await;
    site.as_administrator(&["--freeze", "--yes"])
        .expect(0)
        .says("is frozen: no session of the workspace can write")
        .says("of mmuser from localhost in `chat`, idle for");
    let refused = mattermost.execute(INSERT).await.expect_err("read only");
    assert_eq!(refused.code(), READ_ONLY, "{refused}");
    site.as_administrator(&["--freeze", "--yes"]).expect(0).says("was frozen already");
    site.as_administrator(&["--undo", "--yes"]).expect(0).says("the source accepts writes again");
    execute(&mut mattermost, INSERT).await;
    site.as_administrator(&["--undo", "--yes"])
        .expect(2)
        .says("the source is not frozen")
        .says("no cutover of");

    // A server that was read only before stays so.
    let mut administrator = open(&site.server.dsn, Access::Writing).await;
    execute(&mut administrator, "SET GLOBAL read_only = ON").await;
    let frozen = site.as_administrator(&["--freeze", "--yes", "--format=json"]).expect(0).json();
    let undone = site.as_administrator(&["--undo", "--yes"]);
    if frozen["report"]["already"].as_bool() == Some(true) {
        undone.expect(1).says("no record shows").says("SET GLOBAL read_only = OFF;");
    } else {
        undone.expect(0).says("stays read only");
    }
    assert!(site.server.is_on("read_only").await);
}

async fn an_account_that_writes_all_the_same_is_named(flavour: Flavour) {
    let site = Site::start(flavour, "GRANT ALL ON *.* TO mmuser@'%'").await;
    let mut mattermost = site.mattermost().await;
    let id = mattermost.id();
    let frozen = site.cutover(&["--freeze", "--yes"]);
    match flavour {
        // `super_read_only` refuses every account.
        Flavour::MySql => {
            frozen.expect(0).says("no session of the workspace can write");
            let refused = mattermost.execute(INSERT).await.expect_err("read only");
            assert_eq!(refused.code(), READ_ONLY, "{refused}");
        }
        Flavour::MariaDb => {
            frozen
                .expect(1)
                .says("the freeze is not effective")
                .says("stop Mattermost on every node")
                .says("REVOKE READ_ONLY ADMIN ON *.* FROM 'mmuser'@'%';")
                .says(&format!("KILL {id};"));
            execute(&mut mattermost, INSERT).await;
            // What is advised works: the statements, then the command again.
            let mut administrator = open(&site.server.dsn, Access::Writing).await;
            let advice = format!("REVOKE READ_ONLY ADMIN ON *.* FROM 'mmuser'@'%'; KILL {id}");
            execute(&mut administrator, &advice).await;
            let mut mattermost = site.mattermost().await;
            let refused = mattermost.execute(INSERT).await.expect_err("read only");
            assert_eq!(refused.code(), READ_ONLY, "{refused}");
            site.as_administrator(&["--freeze", "--yes"]).expect(0).says("was frozen already");
        }
    }
    site.as_administrator(&["--undo", "--yes"]).expect(0);
}

async fn a_record_survives_another_target_and_another_name_of_the_server(flavour: Flavour) {
    let mut site = Site::start(flavour, "").await;
    site.as_administrator(&["--freeze", "--yes"]).expect(0);
    site.target = workspace("10.11.0").await;
    let name = site.by_another_name();
    site.cutover(&["--mysql", &name, "--freeze", "--yes"]).expect(0).says("was frozen already");
    site.cutover(&["--mysql", &name, "--undo", "--yes"])
        .expect(0)
        .says("the source accepts writes again");
    assert!(!site.server.is_on("read_only").await);

    // Without the configuration, and its file, the ledger has the record.
    let (target, administrator) = (site.target.dsn.render(), site.server.account(None));
    let sides =
        ["--mysql", administrator.render().expose(), "--postgres", &target].map(str::to_owned);
    let without_file = |more: &[&str]| {
        let more = more.iter().map(|&it| it.to_owned());
        run(["cutover".to_owned()].into_iter().chain(sides.clone()).chain(more))
    };
    without_file(&["--freeze", "--yes"]).expect(0);
    without_file(&["--undo", "--yes"]).expect(0).says("the source accepts writes again");

    // Frozen by hand: the statements that release it are printed, and work.
    let mut by_hand = open(&site.server.dsn, Access::Writing).await;
    let statement = match flavour {
        Flavour::MySql => "SET GLOBAL super_read_only = ON",
        Flavour::MariaDb => "SET GLOBAL read_only = ON",
    };
    execute(&mut by_hand, statement).await;
    site.as_administrator(&["--freeze", "--yes"]).expect(0).says("no record of a freeze");
    let undone = site.as_administrator(&["--undo", "--yes"]).expect(1).says("no record shows");
    let printed: Vec<&str> =
        undone.stderr.lines().map(str::trim).filter(|line| line.starts_with("SET ")).collect();
    execute(&mut by_hand, &printed.join(" ")).await;
    assert!(!site.server.is_on("read_only").await);
}

async fn an_undo_by_an_account_without_the_right_leads_to_one_with_it(flavour: Flavour) {
    let site = Site::start(flavour, "").await;
    let before = site.configuration();
    let accept = ["--unproven", "--accept-running", "--yes"];
    site.as_administrator(&["--freeze", "--yes"]).expect(0);
    site.cutover(&accept).expect(0);
    assert_ne!(site.configuration(), before);
    site.cutover(&["--undo", "--yes"])
        .expect(1)
        .says("is as it was before the cutover")
        .says("still frozen: account mmuser@% may not release it")
        .says("Mattermost does not start on it")
        .says("SET GLOBAL read_only = OFF;");
    assert_eq!(site.configuration(), before);
    assert!(site.server.is_on("read_only").await);
    site.as_administrator(&["--undo", "--yes"]).expect(0).says("the source accepts writes again");
    assert!(!site.server.is_on("read_only").await);
}

on_servers_of_both_flavours!(
    a_freeze_stops_mattermost_until_it_is_undone,
    an_account_that_writes_all_the_same_is_named,
    a_record_survives_another_target_and_another_name_of_the_server,
    an_undo_by_an_account_without_the_right_leads_to_one_with_it,
);

async fn an_account_without_the_right_gets_advice_that_stops_mattermost(mut source: Source) {
    let account = source.account("SELECT", "BY 'hunter2'").await;
    let dsn = Dsn { password: secret("hunter2"), ..account };
    let database = workspace("10.11.0").await;
    let (_folder, path) = file(&config(dsn.render().expose()));
    let whole = match source.flavour {
        Flavour::MySql => "SET GLOBAL super_read_only = ON;",
        Flavour::MariaDb => "SET GLOBAL read_only = ON;",
    };
    run(arguments(&path, &database.dsn, &["--freeze", "--yes"]))
        .expect(1)
        .says("hint: choose one:\n  stop Mattermost on every node")
        .says("--freeze --mysql 'ADMINISTRATOR:PASSWORD@tcp(HOST:3306)/DATABASE'")
        .says(whole)
        .says("REVOKE and ACCOUNT LOCK do not stop sessions that are open")
        .says(&format!("GRANT PROCESS ON *.* TO '{}'@'%';", dsn.user))
        .never_shows("hunter2");
    run(arguments(&path, &database.dsn, &["--undo", "--yes"])).expect(2);
}

on_both_flavours!(an_account_without_the_right_gets_advice_that_stops_mattermost);

async fn a_lock_of_another_session_is_named_and_nothing_is_frozen(flavour: Flavour) {
    let site = Site::start(flavour, "").await;
    let mut backup = open(&site.server.account(None), Access::Writing).await;
    execute(&mut backup, "LOCK TABLES Posts WRITE").await;
    let dsn = site.server.account(None);
    let mut server = open(&dsn, Access::Writing).await;
    let target = site.target.connect().await;
    let records = FreezeRecords { target: Some(&target), configuration: Some(&site.path) };
    let patience = Patience { total: Duration::from_millis(1), look: Duration::ZERO };
    let outcome = freeze(&mut server, &dsn, records, patience).await.expect("an outcome");
    let Freeze::Blocked { sessions } = outcome else { panic!("{outcome:?}") };
    assert!(sessions.sessions.iter().any(|it| it.id == u64::from(backup.id())), "{sessions:?}");
    execute(&mut backup, "UNLOCK TABLES").await;
    assert!(!site.server.is_on("read_only").await);
    site.as_administrator(&["--undo", "--yes"]).expect(2).says("no cutover of");
}

on_servers_of_both_flavours!(a_lock_of_another_session_is_named_and_nothing_is_frozen);
