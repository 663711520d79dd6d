//! Comparisons of rows as text.

use crate::figures::counted;

/// How much was compared.
pub(crate) fn extent(rows: u64, tables: u64) -> String {
    format!("{} of {}", counted(rows, "row"), counted(tables, "table"))
}
