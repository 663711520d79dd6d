//! Releasing the source when the switch is not made.

use std::path::Path;
use std::time::Duration;

use super::Addresses;
use crate::cutover::{FreezeRecords, Release, release};
use crate::mysql::{self, Access};
use crate::postgres::{Connection, Dsn};
use crate::ui::{HeldOff, Signals, Ui};

/// Releases the source, and prints whether it accepts writes.
pub(super) async fn release_and_say(
    addresses: &Addresses,
    seconds: f64,
    ui: Ui,
) -> anyhow::Result<()> {
    let Addresses { source, target, configuration } = addresses;
    let released = release_source(source, target, configuration.as_deref()).await?;
    ui.lines(&released.lines_after(seconds));
    Ok(())
}

async fn release_source(
    source: &mysql::Dsn,
    target: &Dsn,
    configuration: Option<&Path>,
) -> anyhow::Result<Release> {
    let mut server = mysql::Connection::connect(source, Access::Writing).await?;
    let target = Connection::connect(target).await?;
    let records = FreezeRecords { target: Some(&target), configuration };
    Ok(release(&mut server, records).await?)
}

/// Releases the source if the command is interrupted in the window.
pub(super) struct ReleaseGuard {
    addresses: Addresses,
    ui: Ui,
    /// Until the source is released, or stays read-only on purpose.
    armed: Option<HeldOff>,
}

impl ReleaseGuard {
    pub(super) fn new(addresses: Addresses, ui: Ui) -> Self {
        Self { addresses, ui, armed: Some(Signals::hold_off()) }
    }

    /// Leaves the source as it is from now on.
    pub(super) fn disarm(&mut self) {
        self.armed = None;
    }
}

impl Drop for ReleaseGuard {
    fn drop(&mut self) {
        if self.armed.is_none() {
            return;
        }
        let Addresses { source, target, configuration } = self.addresses.clone();
        // The runtime is about to end and runs no further task.
        let releaser = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            let released = release_source(&source, &target, configuration.as_deref());
            runtime.block_on(async {
                tokio::time::timeout(Duration::from_secs(10), released).await?.map(drop)
            })
        });
        if matches!(releaser.join(), Ok(Ok(()))) {
            self.ui.warn("not switched; the source accepts writes again");
        } else {
            self.ui.warn("not switched; the source may still be read-only");
            self.ui.hint("release it with `migration-assist cutover --undo`");
        }
    }
}
