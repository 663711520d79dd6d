//! The outcome of a comparison of schemas.

use std::collections::BTreeSet;
use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use crate::mattermost::Product;
use crate::release::MigrationSet;
use crate::sql::Dialect;

/// The weight of a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Weight {
    /// It stops the migration, loses rows or values, or makes Mattermost fail or slow.
    Matters,
    /// It has no effect on the migration.
    Harmless,
}

/// The kinds of differences, by their stable names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each says what it is")]
pub enum Kind {
    MissingTable,
    ExtraTable,
    MissingColumn,
    ExtraColumn,
    ColumnDiffers,
    MissingIndex,
    ExtraIndex,
    IndexDiffers,
    MissingForeignKey,
    ExtraForeignKey,
    ForeignKeyDiffers,
    OptionsDiffer,
    MissingView,
    ExtraView,
    ViewDiffers,
    MissingType,
    LabelsDiffer,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

/// One difference from the expected schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SchemaDifference {
    pub kind: Kind,
    pub weight: Weight,
    /// The table, view or type, as the schema spells it.
    pub table: String,
    /// The product that defines the table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product: Option<Product>,
    /// The column, index or key in the table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The definition found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
    /// The definition expected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// The effect on the migration.
    pub meaning: String,
    /// Whether the statements remove something that may contain values.
    pub destroys: bool,
    /// The statements that correct it, without semicolons.
    pub statements: Vec<String>,
}

/// The differences between a schema and what its applied migrations define.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ComparisonReport {
    #[serde(skip)]
    pub(super) dialect: Dialect,
    /// The server's flavour and version.
    pub server: String,
    /// The database, or the schema on PostgreSQL.
    pub schema: String,
    /// The numbers in `db_migrations`.
    pub applied_migrations: MigrationSet,
    /// The releases that have exactly these migrations, as ranges; `None` if no release has.
    pub release: Option<String>,
    /// Unrecognised migrations; what they created is listed as unexpected.
    #[serde(skip_serializing_if = "MigrationSet::is_empty")]
    pub unknown_migrations: MigrationSet,
    /// The products whose tables were compared.
    pub products: BTreeSet<Product>,
    /// A statement to run before those of the differences.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<String>,
    /// The differences: those that matter first, then by table.
    pub differences: Vec<SchemaDifference>,
    /// What was not compared, with the reason.
    pub not_compared: Vec<String>,
}

impl ComparisonReport {
    /// The differences of that weight.
    pub fn of_weight(&self, weight: Weight) -> impl Iterator<Item = &SchemaDifference> {
        self.differences.iter().filter(move |difference| difference.weight == weight)
    }

    /// Whether any difference has statements.
    #[must_use]
    pub fn has_statements(&self) -> bool {
        self.differences.iter().any(|difference| !difference.statements.is_empty())
    }

    /// Whether no difference matters.
    #[must_use]
    pub fn is_as_expected(&self) -> bool {
        self.of_weight(Weight::Matters).next().is_none()
    }

    /// The name of the schema that it was compared with.
    #[must_use]
    pub fn expected_by(&self) -> String {
        self.release.as_ref().map_or_else(
            || format!("the migrations {}", self.applied_migrations),
            |release| format!("Mattermost {release}"),
        )
    }
}

impl SchemaDifference {
    /// `Table`, or `Table.Name`.
    #[must_use]
    pub fn place(&self) -> String {
        match &self.name {
            Some(name) => format!("{}.{name}", self.table),
            None => self.table.clone(),
        }
    }
}
