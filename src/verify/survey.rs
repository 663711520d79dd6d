//! Reads from both sides what a plan needs to know.

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
    if let Session::Dump(dump, _) = source {
        situation.gaps = dump.gaps();
    }
    let alone = target_only(&situation.source, &situation.target);
    let presence = source.wait_for(row_presence(target, &options.schema, &alone)).await??;
    situation.target_only = presence.into_iter().collect();
    Ok(situation)
}
