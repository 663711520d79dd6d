//! Halves of surrogate pairs in JSON.

use super::json_text;
use crate::check::probe::{Condition, ProbeResult, RowRule, Verdict};
use crate::check::{ColumnPair, Finding, Rule, Severity};
use crate::convert::json;
use crate::figures::counted;

/// JSON with an escape such as `\ud83d` that lacks its other half, which `jsonb` rejects.
pub struct LoneSurrogate;

impl RowRule for LoneSurrogate {
    fn rule(&self) -> Rule {
        Rule::LoneSurrogate
    }

    fn severity(&self) -> Severity {
        Severity::Blocks
    }

    fn condition(&self, pair: &ColumnPair) -> Option<Condition> {
        json_text::suspicious_as_text(pair).filter(|_| pair.is_jsonb())
    }

    fn decide(&self, _pair: &ColumnPair, cell: Option<&[u8]>) -> Verdict {
        match cell.map(json::replace_lone_surrogates) {
            Some(Ok(repaired)) if repaired.in_values + repaired.in_keys > 0 => {
                Verdict::found_of_size(repaired.in_values + repaired.in_keys)
            }
            _ => Verdict::Fits,
        }
    }

    fn finding(&self, pair: &ColumnPair, result: &ProbeResult) -> Finding {
        let message = format!(
            "an unpaired surrogate escape, which PostgreSQL's jsonb rejects: {}",
            counted(result.count, "value")
        );
        result
            .finding(self, pair, message)
            .action("the copy stops at the row")
            .fix("migration-assist mysql --fix-unicode")
    }
}

#[cfg(test)]
mod tests {
    use super::LoneSurrogate;
    use crate::check::probe::{RowRule, Verdict};
    use crate::check::rules::testing::{maria_pair, pair};

    #[test]
    fn whole_pairs_are_in_order() {
        let decide =
            |cell: &str| LoneSurrogate.decide(&pair("longtext", "jsonb"), Some(cell.as_bytes()));
        assert_eq!(decide(r#""\ud83d\ude00""#), Verdict::Fits);
        assert_eq!(decide(r#""\ud83d\ud83d\ude00""#), Verdict::found_of_size(1));
    }

    #[test]
    fn mysql_s_own_json_has_none() {
        assert!(LoneSurrogate.condition(&pair("json", "jsonb")).is_none());
        assert!(LoneSurrogate.condition(&maria_pair("json", "jsonb")).is_some());
        assert!(LoneSurrogate.condition(&maria_pair("json", "json")).is_none());
    }
}
