//! Table `Systems`: names and values that belong to the workspace as a whole.

/// The table, as MySQL spells it.
pub const SYSTEMS: &str = "Systems";

/// The table, as PostgreSQL spells it.
pub const SYSTEMS_ON_POSTGRES: &str = "systems";

/// The name of the row with the id of the workspace. A server writes a new id if there is none.
pub const DIAGNOSTIC_ID: &str = "DiagnosticId";

/// The name of the row in which releases before 6.4 record the version of their schema.
pub const SYSTEMS_VERSION: &str = "Version";

/// The names of the rows that the migrations 54 and 55 write to `systems`.
pub const SEEDS: [&str; 2] =
    ["CRTChannelMembershipCountsMigrationComplete", "CRTThreadCountsAndUnreadsMigrationComplete"];
