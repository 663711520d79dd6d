//! Dates and times that are not in the calendar.

use crate::check::correction::Replacement;
use crate::check::probe::{Condition, ProbeResult, RowRule, Verdict};
use crate::check::{ColumnPair, Finding, Rule, Severity};
use crate::convert::scalar;
use crate::figures::counted;
use crate::schema::Kind;

/// MySQL's `0000-00-00` and similar dates, which PostgreSQL rejects.
pub struct InvalidDate;

impl RowRule for InvalidDate {
    fn rule(&self) -> Rule {
        Rule::InvalidDate
    }

    fn severity(&self) -> Severity {
        Severity::Blocks
    }

    fn condition(&self, pair: &ColumnPair) -> Option<Condition> {
        let is_time = |kind: &Kind| matches!(kind, Kind::Timestamp { .. } | Kind::Date);
        let column = pair.sql();
        (is_time(pair.source.kind()) && is_time(pair.target.kind())).then(|| {
            // `ALLOW_INVALID_DATES` admits days that their month does not have; all of them follow the 28th.
            Condition::Column(format!(
                "(YEAR({column}) = 0 OR MONTH({column}) = 0 OR DAYOFMONTH({column}) = 0 \
                 OR DAYOFMONTH({column}) > 28)"
            ))
        })
    }

    fn decide(&self, pair: &ColumnPair, cell: Option<&[u8]>) -> Verdict {
        let Some(cell) = cell else { return Verdict::Fits };
        let outcome = match pair.source.kind() {
            Kind::Date => scalar::date(cell),
            _ => scalar::timestamp(cell),
        };
        Verdict::found_if(outcome.is_err())
    }

    fn finding(&self, pair: &ColumnPair, result: &ProbeResult) -> Finding {
        let message = format!("not a valid date: {}", counted(result.count, "time"));
        result.finding(self, pair, message).action("the copy stops at the row")
    }

    fn replacement(&self, pair: &ColumnPair, _result: &ProbeResult) -> Option<Replacement> {
        Some(if pair.takes_null() {
            Replacement::new("NULL", "NULL, a valid date")
        } else {
            Replacement::new("'1970-01-01'", "a valid date")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::InvalidDate;
    use crate::check::probe::{RowRule, Verdict};
    use crate::check::rules::testing::pair;

    #[test]
    fn the_calendar_decides() {
        let pair = pair("datetime(6)", "timestamp with time zone");
        let decide = |cell: &str| InvalidDate.decide(&pair, Some(cell.as_bytes()));
        assert_eq!(decide("2024-02-29 23:59:59.000001"), Verdict::Fits);
        assert_eq!(decide("2023-02-29 00:00:00"), Verdict::FOUND);
        assert_eq!(decide("0000-00-00 00:00:00"), Verdict::FOUND);
    }

    #[test]
    fn mattermost_s_own_times_are_numbers() {
        assert!(InvalidDate.condition(&pair("bigint", "bigint")).is_none());
    }
}
