//! Tables that the target lacks and that a copy creates before it starts.

use super::selection::Selection;
use super::{CopyOptions, Error, Refusal};
use crate::postgres::Connection;
use crate::schema::Catalog;
use crate::sql::Dialect::Postgres;

/// Tables that belong together. They are created if the target has none of them, and never changed if it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Creation {
    /// The name of the product, or of a table without a product.
    pub name: String,
    /// The tables, by the target's names.
    pub tables: Vec<String>,
    /// The statements that create them, with the target's schema in `search_path`.
    pub statements: String,
}

/// Creates the selected tables that are missing, in the transaction of the connection, and returns their
/// names. `target` is the current catalog.
pub(super) async fn create(
    connection: &Connection,
    options: &CopyOptions,
    selection: &Selection<'_>,
    target: &Catalog,
) -> Result<Vec<String>, Error> {
    let wanted = options.create.iter().filter(|creation| creation.is_wanted(selection));
    let (mut lacking, mut refusals) = (Vec::new(), Vec::new());
    for creation in wanted {
        let is_there = |name: &&String| target.tables.contains_key(*name);
        let missing: Vec<_> = creation.tables.iter().filter(|name| !is_there(name)).collect();
        if missing.len() == creation.tables.len() {
            lacking.push(creation);
        } else if !missing.is_empty() {
            let missing = missing.into_iter().cloned().collect();
            refusals.push(Refusal::PartlyThere { name: creation.name.clone(), missing });
        }
    }
    if !refusals.is_empty() {
        return Err(Error::Refused(refusals));
    }
    let path = Postgres.identifier(&options.schema);
    connection.batch_execute(&format!("SET LOCAL search_path = {path}")).await?;
    for creation in &lacking {
        connection.batch_execute(&creation.statements).await?;
    }
    Ok(lacking.into_iter().flat_map(|creation| creation.tables.clone()).collect())
}

impl Creation {
    fn is_wanted(&self, selection: &Selection<'_>) -> bool {
        self.tables.iter().any(|table| selection.is_chosen(table))
    }
}
