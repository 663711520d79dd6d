//! Fixes and undoings that end at any instant.

use std::future::Future;
use std::pin::pin;
use std::task::Poll;

use migration_assist::check::Class;
use migration_assist::progress::Silent;
use migration_assist::repair::{UndoOptions, fix, undo};

use super::fixture::{World, all, options};
use crate::support::mysql::{Source, on_both_flavours, run, sessions};

on_both_flavours![an_interrupted_fix_resumes_and_can_be_undone, batches_are_read_to_the_end,];

/// Lets a future go on so many times, then drops it; whether it came to its end.
async fn for_a_while<F: Future>(future: F, steps: usize) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut left = steps;
    std::future::poll_fn(move |context| match future.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending if left == 0 => Poll::Ready(None),
        Poll::Pending => {
            left -= 1;
            Poll::Pending
        }
    })
    .await
}

/// Each a little further than the one before, so that steps of every kind are interrupted.
fn further() -> impl Iterator<Item = usize> {
    std::iter::successors(Some(0), |steps| Some(steps + 1 + steps / 6))
}

/// Waits until the server has noticed that a session ended.
async fn is_gone(world: &World, id: u32) {
    let mut watcher = world.source.connect().await;
    while sessions(&mut watcher).await.iter().any(|session| session.id == id) {
        tokio::task::yield_now().await;
    }
}

async fn an_interrupted_fix_resumes_and_can_be_undone(source: Source) {
    let world = World::create(source).await;
    let before = world.dump().await;
    let mut interrupted = 0;
    for steps in further() {
        let mut connection = world.source.connect().await;
        let id = connection.id();
        let (models, options, mut quarantine) =
            (world.models(), options(all()), world.quarantine());
        let fixing = fix(&mut connection, &models, &options, &mut quarantine, &Silent);
        match for_a_while(fixing, steps).await {
            None => {
                interrupted += 1;
                drop(connection);
                is_gone(&world, id).await;
            }
            Some(fixed) => {
                assert!(fixed.expect("fixed").is_complete());
                break;
            }
        }
    }
    assert!(interrupted > 10, "{interrupted}");
    let rest = world.dry_run(all()).await.total();
    assert_eq!((rest.altered, rest.deleted, rest.dropped), (0, 0, 0));

    let mut interrupted = 0;
    for steps in further() {
        let mut connection = world.source.connect().await;
        let id = connection.id();
        let path = world.path();
        match for_a_while(undo(&mut connection, &path, UndoOptions::default(), &Silent), steps)
            .await
        {
            None => {
                interrupted += 1;
                drop(connection);
                is_gone(&world, id).await;
            }
            Some(undone) => {
                assert_eq!(undone.expect("undone").conflicts, []);
                break;
            }
        }
    }
    assert!(interrupted > 10, "{interrupted}");
    assert_eq!(world.dump().await, before);
}

async fn batches_are_read_to_the_end(source: Source) {
    let world = World::create(source).await;
    let mut connection = world.source.connect().await;
    let digits = "(SELECT 0 n UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 \
                  UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9)";
    let numbers = format!(
        "SELECT a.n + 10 * b.n + 100 * c.n + 1000 * d.n AS n \
                           FROM {digits} a, {digits} b, {digits} c, (SELECT 0 n UNION SELECT 1) d"
    );
    run(
        &mut connection,
        &format!(
            "INSERT INTO Threads SELECT CONCAT('x', n DIV 700), n, 7, '' FROM ({numbers}) n;
             INSERT INTO NoKey SELECT IF(n % 2 = 0, 'too long for this', 'short'), CONCAT(n, CHAR(0)), n FROM ({numbers}) n WHERE n < 700"
        ),
    )
    .await;
    let before = world.dump().await;
    let fixed = world.fix(&[Class::Unicode, Class::Json, Class::Varchar]).await;
    assert!(fixed.is_complete());
    let counts = super::fixture::counts(&fixed);
    assert_eq!(counts["Threads.Participants empty-json"].altered, 2001);
    assert_eq!(counts["NoKey.B nul-byte"].altered, 703);
    assert_eq!(counts["NoKey.A too-long"].left, 352);
    assert_eq!(world.undo().await.conflicts, []);
    assert_eq!(world.dump().await, before);
}
