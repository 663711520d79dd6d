//! Reads from both sides what the plan needs.

use std::collections::{BTreeMap, BTreeSet};

use super::plan::Situation;
use super::{CopyOptions, Error, space};
use crate::ledger::{self, CopySource};
use crate::mysql::SourcePosition;
use crate::postgres::{
    Need, create_database_statement, holds_only_seeds, read_catalog, read_constraints,
    read_readiness, row_presence,
};
use crate::schema::Table;
use crate::source::Session;
use crate::source_identity::SourceIdentity;
use crate::{postgres, source};

pub(super) async fn survey(
    source: &mut Session,
    target: &postgres::Connection,
    target_dsn: &postgres::Dsn,
    options: &CopyOptions,
) -> Result<Situation, Error> {
    let catalog = source.catalog().await?;
    let mut situation = Situation {
        sizes: source.sizes().await?,
        source_migrations: source.applied(&catalog).await?,
        source: catalog,
        ..Situation::default()
    };
    situation.identity = source.identity(&situation.source).await?;
    situation.unreadable = source.unreadable_tables(&situation.source).await?;
    situation.gaps = source.gaps();
    source.wait_for(survey_target(target, options, &mut situation)).await??;
    if let Some(earlier) = &situation.ledger.source {
        situation.source_changed = has_changed(source, &situation.identity, earlier).await?;
    }
    situation.free_bytes = space::free(target, target_dsn).await?;
    Ok(situation)
}

/// Whether a source has changed since the copy that is recorded.
async fn has_changed(
    source: &mut Session,
    now: &SourceIdentity,
    earlier: &CopySource,
) -> Result<Option<bool>, source::Error> {
    let CopySource { identity, position, time, last_write, .. } = earlier.clone();
    if !identity.may_share_log(now) {
        return Ok(None);
    }
    let is_recorded = position.is_some() || time.is_some();
    // A position that an older version recorded in another form is not evidence.
    let position = position.and_then(|position| position.parse().ok());
    let position = is_recorded.then(|| SourcePosition::recorded(position, time, last_write));
    source.has_changed_since(position.as_ref()).await
}

/// Reads the target's side; called again if the target has changed since.
pub(super) async fn survey_target(
    target: &postgres::Connection,
    options: &CopyOptions,
    situation: &mut Situation,
) -> Result<(), Error> {
    let schema = options.schema.as_str();
    let is_ours = |name: &str| options.is_ours(name);
    let mut readiness = read_readiness(target, schema).await?;
    if readiness.encoding != "UTF8" {
        let name = format!("{}_utf8", readiness.database);
        let creation = create_database_statement(target, &name, &readiness.user).await?;
        situation.encoding = Some((readiness.encoding.clone(), creation));
    }
    let of_others: BTreeSet<String> =
        readiness.unowned.iter().map(|object| object.name.clone()).collect();
    readiness.unowned.retain(|object| is_ours(&object.name));
    let lacking = readiness.repairs().into_iter().filter(|repair| repair.need != Need::Temporary);
    situation.repairs = lacking.map(|repair| repair.statement).collect();
    situation.repairs.extend(ledger::missing_rights(target, &readiness).await?);
    situation.target = read_catalog(target, schema).await?;
    let takes_part = |name: &str| {
        let has_counterpart = situation.source.table(name).is_some() && !of_others.contains(name);
        is_ours(name) || has_counterpart
    };
    let tables = std::mem::take(&mut situation.target.tables).into_iter();
    let (ours, others): (BTreeMap<String, Table>, BTreeMap<String, Table>) =
        tables.partition(|(name, _)| takes_part(name));
    situation.target.tables = ours;
    situation.others = others.into_keys().collect();
    situation.constraints = read_constraints(target, schema).await?;
    if !situation.repairs.is_empty() {
        return Ok(());
    }
    situation.target_migrations = postgres::applied_migrations(target, schema)
        .await?
        .map(|rows| rows.into_iter().map(|(number, _)| number).collect());
    situation.ledger = ledger::read_copy(target, schema).await?;
    let tables: Vec<&String> = situation.target.tables.keys().collect();
    let presence = row_presence(target, schema, &tables).await?;
    situation.present =
        presence.into_iter().filter_map(|(table, holds)| holds.then_some(table)).collect();
    if situation.present.contains("systems") && holds_only_seeds(target, schema).await? {
        situation.seeded.insert("systems".to_owned());
    }
    Ok(())
}
