//! Everything that a user decided about values, rows and tables that do not fit.

use std::sync::Arc;

use super::{BadDecision, InvalidAction, LeftOut, OnInvalid, Overflow, Override, decide};
use crate::check::{Finding, Probe, Rule, Severity};
use crate::convert::{self, InvalidUtf8, LoneSurrogates, Policy, Reason, Replacement, SearchText};
use crate::mattermost::is_string_list;
use crate::schema::{Catalog, Column, Kind};
use crate::shell::shell_word;

/// The decisions of a user, as the flags give them and the ledger records them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decisions {
    /// Changes that need no decision are made on the way.
    pub fix_in_flight: bool,
    /// What is done with text that is too long.
    pub overflow: Vec<Override>,
    /// What is done with values that do not fit for another reason.
    pub invalid: Vec<OnInvalid>,
    /// The rows that are left out.
    pub left_out: Vec<LeftOut>,
    /// The tables of no known product, and columns that the target does not have, that stay behind.
    pub left_behind: Vec<String>,
    /// Whether tables of no known product are copied.
    pub copy_unknown: bool,
}

/// The reasons for which a value does not fit, other than its length.
const REASONS: [Reason; 14] = [
    Reason::KeysMerge,
    Reason::LoneSurrogate,
    Reason::JsonNumber,
    Reason::JsonDepth,
    Reason::InvalidJson,
    Reason::NotStringArray,
    Reason::InvalidUtf8,
    Reason::OutOfRange,
    Reason::NotNumber,
    Reason::NotBoolean,
    Reason::UnknownEnumLabel,
    Reason::InvalidDate,
    Reason::AmbiguousTime,
    Reason::NullNotAllowed,
];

/// Whether rows that a rule finds can be left out: the conversion refuses them for the same reason.
pub(super) fn reason_of(rule: Rule) -> Option<Reason> {
    let mut reasons = REASONS.into_iter().chain([Reason::TooLong, Reason::ForeignKey]);
    reasons.find(|reason| reason.id() == rule.id())
}

impl Decisions {
    /// Whether nothing was decided.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Checks that each decision has an effect on this source; `probes` are all of it.
    pub fn check(&self, source: &Catalog, probes: &[Probe]) -> Result<(), BadDecision> {
        self.invalid.iter().try_for_each(|decision| decision.check(probes))?;
        for LeftOut { rule, place } in &self.left_out {
            let asked = probes.iter().filter(|probe| probe.rule.rule() == *rule);
            let mut places = asked.map(|it| format!("{}.{}", it.pair.table, it.pair.column));
            if !places.clone().any(|it| it.eq_ignore_ascii_case(place)) {
                return Err(BadDecision::no_such_place(
                    "--leave-out",
                    &format!("{rule}:{place}"),
                    places.by_ref().map(|it| format!("{rule}:{it}")),
                ));
            }
        }
        for place in &self.left_behind {
            let tables = source.tables.values();
            let mut names = tables.flat_map(|table| {
                let columns = table.columns.iter();
                let columns = columns.map(|column| format!("{}.{}", table.name, column.name));
                std::iter::once(table.name.clone()).chain(columns)
            });
            if !names.clone().any(|it| it.eq_ignore_ascii_case(place)) {
                return Err(BadDecision::no_such_place("--leave-behind", place, names.by_ref()));
            }
        }
        Ok(())
    }

    /// What is done to the values of a column of the target on their way.
    #[must_use]
    pub fn policy(&self, table: &str, column: &Column) -> Policy {
        let name = column.name.as_str();
        let mut policy = Policy::of_mattermost(table, name, !column.not_null);
        if self.fix_in_flight {
            policy.lone_surrogates = LoneSurrogates::Replace;
            policy.invalid_utf8 = InvalidUtf8::Replace;
            if matches!(column.data_type.kind(), Kind::Integer { .. }) {
                policy.null_value = Some(b"0");
            }
            set_overflow(&mut policy, decide(table, name, &[]).overflow, table, name);
        }
        if let Some(asked) = self.overflow.iter().rfind(|it| it.is_for(table, name)) {
            set_overflow(&mut policy, asked.overflow, table, name);
        }
        match self.invalid.iter().rfind(|it| it.is_for(table, name)).map(|it| &it.action) {
            None => {}
            Some(InvalidAction::Delete) => policy.left_out.extend(REASONS),
            Some(InvalidAction::Shorten) => policy.search_text = SearchText::Shorten,
            Some(InvalidAction::Null) => policy.replacement = Some(Replacement::Null),
            Some(InvalidAction::Nearest) => policy.replacement = Some(Replacement::Nearest),
            Some(InvalidAction::MarkNul) => policy.replacement = Some(Replacement::MarkNul),
            Some(InvalidAction::Value(value)) => {
                policy.replacement = Some(Replacement::Value(Arc::from(value.as_bytes())));
            }
        }
        let left_out = self.left_out.iter().filter(|it| it.is_for(table, name));
        policy.left_out.extend(left_out.filter_map(|it| reason_of(it.rule)));
        policy
    }

    /// Whether rows are left out if the row is missing that this column refers to.
    #[must_use]
    pub fn leaves_out_orphans(&self, table: &str, column: &str) -> bool {
        let is_deleted = |it: &OnInvalid| it.action == InvalidAction::Delete;
        let mut left_out = self.left_out.iter();
        left_out.any(|it| it.rule == Rule::ForeignKey && it.is_for(table, column))
            || self.invalid.iter().any(|it| it.is_for(table, column) && is_deleted(it))
    }

    /// Turns the findings that are decided into notes of what is done.
    pub fn apply(&self, findings: &mut [Finding]) {
        let is_open =
            |it: &&mut Finding| it.severity == Severity::Blocks || it.id == Rule::FullText;
        for finding in findings.iter_mut().filter(is_open) {
            let Some(action) = self.action(finding) else { continue };
            finding.severity = Severity::Note;
            action.clone_into(&mut finding.action);
            (finding.fix, finding.statement) = (None, None);
            finding.choices.clear();
        }
    }

    /// What is done about a finding that stops the copy otherwise.
    fn action(&self, finding: &Finding) -> Option<&'static str> {
        const CHANGED: &str =
            "the copy changes the value as decided, and keeps the original in the quarantine";
        const LEFT_OUT: &str = "the copy skips the row as decided, and keeps it in the quarantine";
        const BEHIND: &str = "the copy skips it as decided";
        let table = finding.table.as_deref()?;
        let is_behind = |place: &String| place.eq_ignore_ascii_case(&finding.place());
        let Some(column) = finding.column.as_deref() else {
            return self.left_behind.iter().any(is_behind).then_some(BEHIND);
        };
        if self.left_out.iter().any(|it| it.rule == finding.id && it.is_for(table, column)) {
            return Some(LEFT_OUT);
        }
        match finding.id {
            Rule::UnknownColumn => self.left_behind.iter().any(is_behind).then_some(BEHIND),
            Rule::TooLong => {
                let mut decisions = self.overflow.iter();
                let of_column = decisions.rfind(|it| it.is_for(table, column));
                of_column.and_then(|it| match it.overflow {
                    Overflow::Keep => None,
                    Overflow::Delete => Some(LEFT_OUT),
                    _ => Some(CHANGED),
                })
            }
            rule => {
                let mut decisions = self.invalid.iter();
                let of_column = decisions.rfind(|it| it.is_for(table, column));
                of_column.filter(|it| it.decides(rule)).map(|it| match it.action {
                    InvalidAction::Delete => LEFT_OUT,
                    _ => CHANGED,
                })
            }
        }
        .or_else(|| {
            let is_fixed = self.fix_in_flight && finding.fix.is_some();
            is_fixed.then_some(
                "the copy makes the repair on the way, and keeps what it was in the quarantine",
            )
        })
    }

    /// The flags that give these decisions, quoted for a shell.
    #[must_use]
    pub fn flags(&self) -> Vec<String> {
        let flag = |(kind, place, action): (&str, String, String)| match (&*place, &*action) {
            ("", _) => format!("--{kind}"),
            (_, "") => format!("--{kind} {}", shell_word(&place)),
            _ => format!("--{kind} {}", shell_word(&format!("{place}={action}"))),
        };
        self.entries().into_iter().map(flag).collect()
    }

    /// The decisions as kind, place and action, which [`Self::add`] reads.
    #[must_use]
    pub fn entries(&self) -> Vec<(&'static str, String, String)> {
        let none = String::new;
        let mut entries = Vec::new();
        if self.fix_in_flight {
            entries.push(("fix-in-flight", none(), none()));
        }
        if self.copy_unknown {
            entries.push(("copy-unknown", none(), none()));
        }
        let overflow = self.overflow.iter();
        entries
            .extend(overflow.map(|it| ("on-overflow", it.place.clone(), it.overflow.to_string())));
        let invalid = self.invalid.iter();
        entries.extend(invalid.map(|it| ("on-invalid", it.place.clone(), it.action.to_string())));
        entries.extend(self.left_out.iter().map(|it| ("leave-out", it.to_string(), none())));
        entries.extend(self.left_behind.iter().map(|it| ("leave-behind", it.clone(), none())));
        entries
    }

    /// Adds a decision in the form of [`Self::entries`]; `false` if this version does not have it.
    #[must_use]
    pub fn add(&mut self, kind: &str, place: &str, action: &str) -> bool {
        let pair = format!("{place}={action}");
        match kind {
            "fix-in-flight" => self.fix_in_flight = true,
            "copy-unknown" => self.copy_unknown = true,
            "on-overflow" => match pair.parse() {
                Ok(decision) => self.overflow.push(decision),
                Err(_) => return false,
            },
            "on-invalid" => match pair.parse() {
                Ok(decision) => self.invalid.push(decision),
                Err(_) => return false,
            },
            "leave-out" => match place.parse() {
                Ok(decision) => self.left_out.push(decision),
                Err(_) => return false,
            },
            "leave-behind" => self.left_behind.push(place.to_owned()),
            _ => return false,
        }
        true
    }

    /// These decisions, and those of an earlier run that they do not replace.
    #[must_use]
    pub fn over(&self, earlier: &Self) -> Self {
        let mut all = self.clone();
        all.fix_in_flight |= earlier.fix_in_flight;
        all.copy_unknown |= earlier.copy_unknown;
        let is_new =
            |place: &str, places: &[&str]| !places.iter().any(|it| it.eq_ignore_ascii_case(place));
        let places: Vec<&str> = self.overflow.iter().map(|it| &*it.place).collect();
        let kept = earlier.overflow.iter().filter(|it| is_new(&it.place, &places));
        all.overflow.extend(kept.cloned());
        let places: Vec<&str> = self.invalid.iter().map(|it| &*it.place).collect();
        let kept = earlier.invalid.iter().filter(|it| is_new(&it.place, &places));
        all.invalid.extend(kept.cloned());
        let kept = earlier.left_out.iter().filter(|it| !self.left_out.contains(it));
        all.left_out.extend(kept.cloned());
        let kept = earlier.left_behind.iter().filter(|it| !self.left_behind.contains(it));
        all.left_behind.extend(kept.cloned());
        all
    }
}

fn set_overflow(policy: &mut Policy, overflow: Overflow, table: &str, column: &str) {
    policy.overflow = match overflow {
        Overflow::Truncate if is_string_list(table, column) => convert::Overflow::TruncateList,
        Overflow::Truncate => convert::Overflow::Truncate,
        Overflow::TruncateName => convert::Overflow::TruncateName,
        Overflow::TruncateWords => convert::Overflow::TruncateWords,
        Overflow::Empty => convert::Overflow::Empty,
        Overflow::Null => convert::Overflow::Null,
        Overflow::Delete => {
            policy.left_out.push(Reason::TooLong);
            convert::Overflow::Fail
        }
        Overflow::Keep => convert::Overflow::Fail,
    };
}

#[cfg(test)]
mod tests {
    use super::{BadDecision, Decisions, LeftOut};
    use crate::check::policy::OnInvalid;
    use crate::check::{Finding, Rule, Severity};
    use crate::convert::{self, LoneSurrogates, Reason, Replacement};
    use crate::schema::{Column, ColumnType};

    fn decisions(entries: &[(&str, &str, &str)]) -> Decisions {
        let mut decisions = Decisions::default();
        for (kind, place, action) in entries {
            assert!(decisions.add(kind, place, action), "{kind} {place} {action}");
        }
        decisions
    }

    const ALL: [(&str, &str, &str); 6] = [
        ("fix-in-flight", "", ""),
        ("copy-unknown", "", ""),
        ("on-overflow", "Posts.FileIds", "truncate"),
        ("on-invalid", "Teams.Type", "value:it's"),
        ("leave-out", "too-long:Users.Roles", ""),
        ("leave-behind", "Bots.Colour", ""),
    ];

    #[test]
    fn what_is_recorded_is_read_back() {
        let all = decisions(&ALL);
        let entries = all.entries();
        let entries: Vec<_> =
            entries.iter().map(|(kind, place, action)| (*kind, &**place, &**action)).collect();
        assert_eq!(entries, ALL);
        insta::assert_snapshot!(all.flags().join(" "), @r"--fix-in-flight --copy-unknown --on-overflow Posts.FileIds=truncate --on-invalid 'Teams.Type=value:it'\''s' --leave-out too-long:Users.Roles --leave-behind Bots.Colour");
        assert!(!Decisions::default().add("of-a-later-version", "a", "b"));
    }

    #[test]
    fn a_later_decision_replaces_the_earlier_one_about_its_column() {
        let now = decisions(&[("on-overflow", "posts.fileids", "null")]);
        let all = now.over(&decisions(&ALL));
        assert_eq!(all.overflow, now.overflow);
        assert_eq!(all.over(&all), all);
        assert_eq!(all.left_out, decisions(&ALL).left_out);
        assert!(all.fix_in_flight && all.copy_unknown);
    }

    #[test]
    fn decisions_become_policies() {
        let all = decisions(&ALL);
        let policy = |table: &str, column: &str, data_type: &str| {
            all.policy(table, &Column::of(column, ColumnType::postgres(data_type)))
        };
        let list = policy("posts", "fileids", "character varying(300)");
        assert_eq!(list.overflow, convert::Overflow::TruncateList);
        let label = policy("teams", "type", "team_type");
        assert_eq!(label.replacement, Some(Replacement::Value(b"it's".as_slice().into())));
        assert_eq!(policy("users", "roles", "character varying(256)").left_out, [Reason::TooLong]);
        let number = policy("users", "createat", "bigint");
        assert_eq!(number.null_value, Some(b"0".as_slice()));
        assert_eq!(number.lone_surrogates, LoneSurrogates::Replace);
        let cache = policy("linkmetadata", "url", "character varying(2048)");
        assert_eq!(cache.left_out, [Reason::TooLong]);
        let untouched = Decisions::default()
            .policy("users", &Column::of("roles", ColumnType::postgres("text")));
        assert_eq!(untouched, convert::Policy::of_mattermost("users", "roles", true));
    }

    #[test]
    fn a_decided_finding_stops_nothing() {
        let all = decisions(&ALL);
        let settled = |rule, column: &str, fix: Option<&str>| {
            let (table, column) = column.split_once('.').expect("a column");
            let finding = Finding::new(rule, Severity::Blocks, "").at(table, Some(column));
            let mut finding = [if let Some(fix) = fix { finding.fix(fix) } else { finding }];
            all.apply(&mut finding);
            finding[0].severity == Severity::Note
        };
        assert!(settled(Rule::TooLong, "Posts.FileIds", None));
        assert!(settled(Rule::TooLong, "Users.Roles", None));
        assert!(!settled(Rule::InvalidUtf8, "Users.Roles", None), "another rule's rows");
        assert!(settled(Rule::UnknownEnumLabel, "Teams.Type", None));
        assert!(settled(Rule::UnknownColumn, "Bots.Colour", None));
        assert!(settled(Rule::TooLong, "Audits.Action", Some("mysql --fix-varchar")));
        assert!(!settled(Rule::TooLong, "Systems.Value", None));
    }

    #[test]
    fn other_forms_are_refused_with_the_nearest() {
        let refused = |text: &str| text.parse::<LeftOut>().expect_err(text);
        assert!(matches!(refused("Posts.FileIds"), BadDecision::Form { .. }));
        let error = refused("to-long:Posts.FileIds");
        assert_eq!(error.hint(), "nearest rule: `--leave-out too-long:TABLE.COLUMN`");
        let error = "Teams.Type=O".parse::<OnInvalid>().expect_err("an action");
        assert_eq!(error.to_string(), "unrecognised action: O");
    }
}
