//! Questions to the server about the bytes of text. Each is asked of one text or of many, joined.

use crate::check::ColumnPair;
use crate::check::probe::Condition;
use crate::mysql::Flavour;

/// The condition that text with NUL bytes meets.
pub(super) fn nul(pair: &ColumnPair) -> Condition {
    Condition::Text(if pair.flavour == Flavour::MariaDb && pair.is_utf8() {
        is_not_clean
    } else {
        holds_nul
    })
}

/// The condition that text meets which is not UTF-8.
pub(super) fn not_utf8(pair: &ColumnPair) -> Condition {
    Condition::Text(if pair.flavour == Flavour::MariaDb { is_not_clean } else { is_not_utf8 })
}

/// Asks for the byte, not the character: NUL has no weight in `utf8mb4_0900_ai_ci`, so that every text
/// would hold it (MySQL reference manual, "Unicode Character Sets").
fn holds_nul(text: &str) -> String {
    format!("INSTR(CAST({text} AS BINARY), X'00')")
}

/// MySQL cuts what it cannot convert.
fn is_not_utf8(text: &str) -> String {
    let bytes = format!("CAST({text} AS BINARY)");
    format!("NOT (CAST(CONVERT({bytes} USING utf8mb4) AS BINARY) <=> {bytes})")
}

/// Both questions at once, which `MariaDB` answers a quarter faster; it writes a question mark for what
/// it cannot convert.
fn is_not_clean(text: &str) -> String {
    let bytes = format!("CAST({text} AS BINARY)");
    format!("NOT (CONVERT({bytes} USING utf8mb4) <=> REPLACE({bytes}, X'00', X'01'))")
}
