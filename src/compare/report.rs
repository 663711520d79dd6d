//! What a comparison of schemas found, as a value.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::release::MigrationSet;
use crate::schema::Product;
use crate::sql::Dialect;

/// How much a difference matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Weight {
    /// It stops the migration, leaves rows or values behind, or makes Mattermost fail or crawl.
    Matters,
    /// It is only worth knowing.
    Harmless,
}

/// The kinds of differences, by their stable names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
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

/// One way in which a schema is not as expected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SchemaDifference {
    /// What kind of difference it is.
    pub kind: Kind,
    /// How much it matters.
    pub weight: Weight,
    /// The table, view or type, as the schema spells it.
    pub table: String,
    /// Whose table it is, where a product defines it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product: Option<Product>,
    /// The column, index or key in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How it is, as a definition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
    /// How it should be, as a definition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// What it means for the migration.
    pub meaning: String,
    /// Whether the statements remove something that may hold values.
    pub destroys: bool,
    /// What mends it, each without its semicolon.
    pub statements: Vec<String>,
}

/// A schema beside what its own applied migrations define.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ComparisonReport {
    #[serde(skip)]
    pub(super) dialect: Dialect,
    /// The server's flavour and version.
    pub server: String,
    /// The database, or the schema on PostgreSQL.
    pub schema: String,
    /// The numbers in `db_migrations`.
    pub applied_migrations: MigrationSet,
    /// The releases that have exactly these migrations, as ranges; none if no release has.
    pub release: Option<String>,
    /// Numbers that are not known here: what they made appears as too much.
    #[serde(skip_serializing_if = "MigrationSet::is_empty")]
    pub unknown_migrations: MigrationSet,
    /// The products whose tables were compared.
    pub products: BTreeSet<Product>,
    /// A statement to run before those of the differences.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<String>,
    /// What is not as expected: what matters first, then by table.
    pub differences: Vec<SchemaDifference>,
    /// What was not compared, each with the reason.
    pub not_compared: Vec<String>,
}

impl ComparisonReport {
    /// The differences of that weight.
    pub fn of_weight(&self, weight: Weight) -> impl Iterator<Item = &SchemaDifference> {
        self.differences.iter().filter(move |difference| difference.weight == weight)
    }

    /// Whether statements are offered for any difference.
    #[must_use]
    pub fn has_statements(&self) -> bool {
        self.differences.iter().any(|difference| !difference.statements.is_empty())
    }

    /// Whether nothing differs that matters.
    #[must_use]
    pub fn is_as_expected(&self) -> bool {
        self.of_weight(Weight::Matters).next().is_none()
    }

    /// Whose schema it was compared with.
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
