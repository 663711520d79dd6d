//! One workspace that is migrated: its opened source, the schemas that both sides are expected to have, what was
//! decided about it, and the phases of its migration.

mod decisions;
mod error;
mod known_product;
mod live;
mod migration;
mod opened_source;
mod opening;
mod phases;
mod row_check;
mod session_limits;
mod source_models;
mod surveyed_dump;
mod target_check;
mod target_locale;
mod target_products;
mod text_search;
mod time_zones;
mod unknown_tables;

pub(crate) use decisions::{RecordedDecisions, RunDecisions, refuse_ineffective, unfit_rows};
pub use error::Error;
pub(crate) use live::{
    FollowStop, Followed, LiveObserver, LiveOutcome, LiveProof, LiveReport, LiveSides,
    ProofObserver,
};
pub(crate) use migration::{
    Lack, LiveMigration, MigrationEvent, MigrationObserver, MigrationOutcome, MigrationPhase,
    MigrationReport, MigrationRequest, migrate,
};
pub(crate) use opened_source::{
    OpenedSource, RowScan, SourceSpec, open_sessions, read_server_models,
};
pub(crate) use opening::{OpenedWorkspace, Opening};
pub(crate) use phases::Workspace;
pub(crate) use row_check::{RowCheck, RowsBeforeCopy, UnreadRows};
pub(crate) use session_limits::{ReducedJobs, SessionLimits};
pub use source_models::SourceModels;
pub(crate) use surveyed_dump::{
    DumpSpec, SurveyedDump, all_forms, derived_from_schema, offer_on_the_way,
};
pub(crate) use target_check::{AcceptedTarget, LedgerNeed, TargetChecks, TargetReport};
pub(crate) use target_locale::{CaselessCtype, ChannelOrder};
pub(crate) use target_products::refuse_newer_products;
pub(crate) use text_search::{
    FullTextOptions, PhraseIndexEstimate, TextSearch, TextSearchObstacle, TextSearchReport,
    TextSearchRequest,
};
pub(crate) use time_zones::{RecordedZones, ZoneRequest};
pub use unknown_tables::Unknown;
