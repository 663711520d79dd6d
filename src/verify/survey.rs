//! Reads from both sides what the plan needs.

use std::collections::BTreeSet;

use super::plan::{Situation, target_only};
use super::{Error, VerifyOptions};
use crate::postgres;
use crate::postgres::{read_catalog, row_presence};
use crate::source::Session;

pub(super) async fn survey(
    source: &mut Session,
    target: &postgres::Connection,
    options: &VerifyOptions,
) -> Result<Situation, Error> {
    let mut situation = Situation {
        source: source.catalog().await?,
        sizes: source.sizes().await?,
        target: source.wait_for(read_catalog(target, &options.schema)).await??,
        ..Situation::default()
    };
    // Mattermost's own tables have lower-case names; `"Posts"` next to `posts` is not one of them.
    let names: BTreeSet<String> = situation.target.tables.keys().cloned().collect();
    let is_shadow =
        |name: &str| name != name.to_lowercase() && names.contains(&name.to_lowercase());
    situation.target.tables.retain(|name, _| !is_shadow(name));
    situation.gaps = source.gaps();
    let is_ours = |name: &String| {
        (options.is_known_name)(name) || options.required.contains(&name.to_ascii_lowercase())
    };
    let mut alone = target_only(&situation.source, &situation.target);
    alone.retain(is_ours);
    let presence = source.wait_for(row_presence(target, &options.schema, &alone)).await??;
    situation.target_only = presence.into_iter().collect();
    Ok(situation)
}
