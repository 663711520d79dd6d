//! Conditions that come true while a test waits.

use std::time::Duration;

use tokio::time::{Instant, sleep};

/// How long a test waits before it fails.
pub const DEADLINE: Duration = Duration::from_mins(2);

/// Waits until the condition holds.
pub async fn wait_until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + DEADLINE;
    while !holds().await {
        assert!(Instant::now() < deadline, "not within two minutes: {what}");
        sleep(Duration::from_millis(10)).await;
    }
}
