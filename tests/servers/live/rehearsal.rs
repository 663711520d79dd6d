//! The whole move with a client that posts the whole time and follows the configuration to PostgreSQL.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use migration_assist::mysql::{Dsn, Flavour};
use migration_assist::secret::Secret;

use super::run::{Background, Switch};
use crate::follow::site::Site;
use crate::post::{Arrived, look, post};
use crate::support::own_server::on_servers_of_both_flavours;
use crate::support::program::finish;

on_servers_of_both_flavours!(a_client_that_posts_the_whole_time_loses_nothing);

const DEADLINE: Duration = Duration::from_mins(3);

async fn a_client_that_posts_the_whole_time_loses_nothing(flavour: Flavour) {
    let mut site = Site::start(flavour).await;
    // As Mattermost's account it may not write to a server that is read-only.
    let rights = "SELECT, INSERT, UPDATE, DELETE";
    let account = site.pair.source.account(rights, "BY 'secret'").await;
    let account = Dsn { password: Secret::new("secret"), ..account };
    let switch = Switch::named(&site, &account);
    let (stop, acknowledged) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let client = {
        let (stop, acknowledged) = (Arc::clone(&stop), Arc::clone(&acknowledged));
        let path = switch.path.clone();
        tokio::spawn(async move { post(&account, &path, &stop, acknowledged).await })
    };
    let mut migration = Background::migrate(&site);
    let wait_for_posts = async |more: u64| {
        let wanted = acknowledged.load(Ordering::Relaxed) + more;
        let since = Instant::now();
        while acknowledged.load(Ordering::Relaxed) < wanted {
            if client.is_finished() || since.elapsed() > DEADLINE {
                return false;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        true
    };
    migration.wait_for("to switch, run in another terminal");
    assert!(wait_for_posts(100).await, "{:?}", client.await);
    let command = switch.command(&["--live", "--yes", "--start-command", "true"]);
    let run = finish(command).expect(0);
    assert!(run.stderr.contains("`true` ended after "), "{}", run.stderr);
    migration.end(0);
    assert!(wait_for_posts(50).await, "{:?}", client.await);
    stop.store(true, Ordering::Relaxed);
    let posted = client.await.expect("it ends").expect("nothing fails");
    assert!(posted.on_source.len() > 100 && posted.on_target.len() >= 50);
    let arrived = look(&site.pair.target.connect().await, &posted).await.expect("an answer");
    let Arrived { missing, posts, counted } = arrived;
    assert_eq!(missing, 0, "every acknowledged post is on PostgreSQL");
    assert_eq!(posts, counted, "transactions arrive whole");
    assert!(posted.stopped.is_some(), "the client measures how long it could not write");
    switch.run(&["--undo", "--yes"]);
}
