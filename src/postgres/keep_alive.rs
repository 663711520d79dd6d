//! Keeps proxies and firewalls from closing an idle session.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::task::AbortHandle;
use tokio_postgres::Client;

/// Sends an empty query at an interval until it is dropped. The driver queues it behind a running statement,
/// and an empty query neither takes a snapshot nor fails in a failed transaction.
pub(super) struct KeepAlive(AbortHandle);

impl KeepAlive {
    pub(super) fn start(client: &Arc<Client>, every: Duration) -> Self {
        let client = Arc::downgrade(client);
        let task = tokio::spawn(async move {
            loop {
                tokio::time::sleep(every).await;
                let Some(client) = client.upgrade() else { return };
                // The driver sends on the first poll, and its task drops the answer. Waiting for it would
                // keep the connection open.
                let _ = client.batch_execute("").now_or_never();
            }
        });
        Self(task.abort_handle())
    }
}

impl Drop for KeepAlive {
    fn drop(&mut self) {
        self.0.abort();
    }
}
