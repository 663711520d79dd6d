//! Opening a workspace, with what is printed about it.

use crate::progress::Progress;
use crate::ui::Ui;
use crate::workspace::{Error, OpenedSource, OpenedWorkspace, Opening};

/// Opens it, and warns of chosen products that it does not have, and if the zones of an earlier copy are unknown.
pub(super) async fn open(
    opening: Opening<'_>,
    progress: &dyn Progress,
    ui: Ui,
) -> Result<(OpenedSource, OpenedWorkspace), Error> {
    let chosen = opening.products;
    let (source, opened) = OpenedWorkspace::open(opening, progress).await?;
    ui.lines(&opened.lines(chosen));
    Ok((source, opened))
}
