//! A switch that is interrupted while writes are stopped.

use std::time::{Duration, Instant};

use migration_assist::mysql::Flavour;

use super::run::{Background, Switch, wait_for_end};
use crate::copy::compare::assert_equal;
use crate::follow::site::Site;
use crate::support::own_server::on_servers_of_both_flavours;

on_servers_of_both_flavours!(an_interrupted_switch_releases_the_source);

/// Far longer than anything takes that is waited for.
const DEADLINE: Duration = Duration::from_mins(2);

async fn is_read_only(site: &Site) -> bool {
    let mut source = site.pair.source.connect().await;
    let value: Option<i64> =
        source.query_optional("SELECT @@GLOBAL.read_only").await.expect("an answer");
    value == Some(1)
}

async fn an_interrupted_switch_releases_the_source(flavour: Flavour) {
    let site = Site::start(flavour).await;
    let mut migration = Background::migrate(&site);
    migration.wait_for("to switch, run in another terminal");
    site.pair.sql("UPDATE Teams SET DisplayName = 'changed' ORDER BY Id LIMIT 1").await;
    wait_for_end(&site).await;
    let switch = Switch::new(&site);
    let before = std::fs::read_to_string(&switch.path).expect("a configuration");
    let blocker = site.pair.target.connect().await;
    for (signal, status) in [("INT", Some(130)), ("TERM", Some(143)), ("KILL", None)] {
        // The outcome of the comparison waits for it to be recorded.
        let lock = "BEGIN; LOCK TABLE migration_assist.proofs IN EXCLUSIVE MODE";
        blocker.batch_execute(lock).await.expect("a lock");
        let mut switching = Background::start(switch.command(&["--live", "--yes"]));
        let since = Instant::now();
        while !is_read_only(&site).await {
            assert!(switching.is_running(), "it ended:\n{}", switching.said());
            assert!(since.elapsed() < DEADLINE, "no window begins:\n{}", switching.said());
            tokio::task::yield_now().await;
        }
        switching.signal(signal);
        assert_eq!(switching.wait(), status, "SIG{signal}:\n{}", switching.said());
        let is_released = !is_read_only(&site).await;
        assert_eq!(is_released, status.is_some(), "SIG{signal}:\n{}", switching.said());
        assert_eq!(std::fs::read_to_string(&switch.path).expect("a configuration"), before);
        blocker.batch_execute("ROLLBACK").await.expect("no lock");
    }
    migration.end(0);
    switch.run(&["--undo", "--yes"]);
    assert!(!is_read_only(&site).await);
    // What was written meanwhile goes along with the next attempt.
    site.pair.sql("UPDATE Channels SET TotalMsgCount = TotalMsgCount + 1 LIMIT 1").await;
    let run = switch.run(&["--live", "--yes"]).expect(0);
    assert!(run.stderr.contains("switched; writes were stopped for "), "{}", run.stderr);
    assert_equal(&site.pair).await;
    switch.run(&["--undo", "--yes"]).expect(0);
}
