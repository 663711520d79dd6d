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
    ui.lines(&opened.models.absent_product_lines(chosen));
    if let Some(error) = &opened.unreadable_zones {
        ui.warn(format!(
            "cannot read the time zones that the copy used from the target's schema \
             `migration_assist`: {error}"
        ));
    }
    Ok((source, opened))
}
