//! Ranges of a primary key, as conditions for the source.
//!
//! The source's collation decides whether a row is below a bound. In any case, each row is in exactly one
//! range, because adjacent ranges share their bound.

use crate::sql::Dialect::MySql;

/// How values of a key column are written in a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// As a literal of text.
    Text,
    /// As printed.
    Integer,
}

/// A column of the primary key that bounds ranges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyColumn {
    /// The column's name in the source.
    pub name: String,
    /// How its values are written.
    pub kind: KeyKind,
}

/// Values for the first columns of a key, as the source prints them.
pub type Bound = Vec<Vec<u8>>;

/// The rows whose keys are at or above the lower bound and below the upper bound; without a bound, all rows on
/// that side.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Range {
    /// The bound that is part of the range.
    pub lower: Option<Bound>,
    /// The bound that is not.
    pub upper: Option<Bound>,
}

impl Range {
    /// The ranges between ascending bounds.
    #[must_use]
    pub fn between(bounds: &[Bound]) -> Vec<Self> {
        let lower = std::iter::once(None).chain(bounds.iter().cloned().map(Some));
        let upper = bounds.iter().cloned().map(Some).chain(std::iter::once(None));
        lower.zip(upper).map(|(lower, upper)| Self { lower, upper }).collect()
    }

    /// The condition of a `WHERE`; `None` for all rows.
    #[must_use]
    pub fn condition(&self, key: &[KeyColumn]) -> Option<String> {
        let lower = self.lower.as_deref().map(|bound| compare(key, bound, Side::NotBelow));
        let upper = self.upper.as_deref().map(|bound| compare(key, bound, Side::Below));
        let both: Vec<String> = lower.into_iter().chain(upper).collect();
        (!both.is_empty()).then(|| both.join(" AND "))
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Side {
    Below,
    NotBelow,
}

/// Compares column by column, because row constructors do not use the index.
fn compare(key: &[KeyColumn], bound: &[Vec<u8>], side: Side) -> String {
    let Some((value, others)) = bound.split_first() else { return "TRUE".to_owned() };
    let column = MySql.identifier(&key[0].name);
    let value = write(key[0].kind, value);
    let strict = if side == Side::Below { '<' } else { '>' };
    if others.is_empty() {
        return match side {
            Side::Below => format!("{column} < {value}"),
            Side::NotBelow => format!("{column} >= {value}"),
        };
    }
    let rest = compare(&key[1..], others, side);
    format!(
        "({column} {strict}= {value} AND ({column} {strict} {value} OR ({column} = {value} AND {rest})))"
    )
}

fn write(kind: KeyKind, value: &[u8]) -> String {
    match kind {
        KeyKind::Integer => String::from_utf8_lossy(value).into_owned(),
        KeyKind::Text => MySql.literal(&String::from_utf8_lossy(value)),
    }
}

#[cfg(test)]
mod tests {
    use super::{KeyColumn, KeyKind, Range};

    fn key() -> Vec<KeyColumn> {
        let column = |name: &str, kind| KeyColumn { name: name.to_owned(), kind };
        vec![column("Id", KeyKind::Text), column("At", KeyKind::Integer)]
    }

    #[test]
    fn ranges_touch_and_leave_nothing_out() {
        let ranges = Range::between(&[vec![b"b".to_vec()], vec![b"d".to_vec()]]);
        let conditions: Vec<_> = ranges.iter().map(|range| range.condition(&key())).collect();
        assert_eq!(
            conditions,
            [
                Some("`Id` < _utf8mb4 X'62'".to_owned()),
                Some("`Id` >= _utf8mb4 X'62' AND `Id` < _utf8mb4 X'64'".to_owned()),
                Some("`Id` >= _utf8mb4 X'64'".to_owned()),
            ]
        );
        assert_eq!(Range::between(&[])[0].condition(&key()), None);
    }

    #[test]
    fn several_columns_are_compared_one_after_the_other() {
        let range = Range { lower: None, upper: Some(vec![b"b".to_vec(), b"-7".to_vec()]) };
        assert_eq!(
            range.condition(&key()).unwrap(),
            "(`Id` <= _utf8mb4 X'62' AND (`Id` < _utf8mb4 X'62' OR (`Id` = _utf8mb4 X'62' AND `At` < -7)))"
        );
    }
}
