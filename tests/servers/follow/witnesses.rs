//! Eight sessions write as Mattermost does, and are witnesses of what has to be in the target.

use std::process::Stdio;
use std::time::Duration;

use migration_assist::mysql::Flavour;
use tokio::time::{Instant, sleep};

use super::site::Site;
use crate::copy::compare::assert_equal;
use crate::live_writer::{LiveWriter, Witness};
use crate::support::own_server::on_servers_of_both_flavours;
use crate::support::program::Watchdog;

on_servers_of_both_flavours!(what_live_writers_have_written_arrives);

const SESSIONS: u64 = 8;
/// How many statements a second the sessions are to send.
const RATE: u64 = 500;

async fn written(writer: &LiveWriter, count: u64) {
    let deadline = Instant::now() + Duration::from_mins(3);
    while writer.written() < count {
        assert!(Instant::now() < deadline, "the writers are stuck");
        sleep(Duration::from_millis(5)).await;
    }
}

async fn what_live_writers_have_written_arrives(flavour: Flavour) {
    let site = Site::start(flavour).await;
    let writer = LiveWriter::start(&site.mattermost, 0..SESSIONS, RATE);
    written(&writer, 200).await;
    let before = writer.written();
    site.run(&["copy", "--live", "--no-check", "--jobs", "3"]).expect(0);
    assert!(writer.written() > before, "the sessions write during the copy");
    let mut command = site.command(&["follow", "--quiet"]);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut follower = command.spawn().expect("the binary runs");
    let watchdog = Watchdog::over(follower.id());
    let so_far = writer.written();
    written(&writer, so_far + 2000).await;
    let witness = writer.stop().await;
    follower.kill().expect("it can be killed");
    follower.wait().expect("it ends");
    drop(watchdog);
    site.run(&["follow", "--until-caught-up"]).expect(0);
    let differences = witness.differences(&site.pair.target.connect().await).await;
    assert_eq!(differences.expect("rows"), [""; 0], "of {} rows", witness.len());
    assert!(witness.len() > 500, "{}", witness.len());
    assert_equal(&site.pair).await;
}

/// Copies that begin while sessions write: nothing that was committed at their start may be missing.
async fn copies_begin_exactly(flavour: Flavour, copies: u64) {
    let site = Site::start(flavour).await;
    let target = site.pair.target.connect().await;
    let mut witness = Witness::default();
    for copy in 0..copies {
        let numbers = copy * SESSIONS..(copy + 1) * SESSIONS;
        let writer = LiveWriter::start(&site.mattermost, numbers, RATE);
        written(&writer, 50).await;
        let before = writer.written();
        site.run(&["copy", "--live", "--no-check", "--restart", "--jobs", "3"]).expect(0);
        assert!(writer.written() > before, "the sessions write during the copy");
        witness.extend(writer.stop().await);
        site.run(&["follow", "--until-caught-up"]).expect(0);
        let differences = witness.differences(&target).await;
        assert_eq!(differences.expect("rows"), [""; 0], "copy {copy}");
        site.run(&["verify", "--quiet"]).expect(0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn copies_begin_exactly_on_mysql() {
    copies_begin_exactly(Flavour::MySql, 3).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn copies_begin_exactly_on_mariadb() {
    copies_begin_exactly(Flavour::MariaDb, 3).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "it takes half an hour: `cargo test --test servers -- --ignored many_copies`"]
async fn many_copies_begin_exactly() {
    for flavour in [Flavour::MySql, Flavour::MariaDb] {
        copies_begin_exactly(flavour, 50).await;
    }
}
