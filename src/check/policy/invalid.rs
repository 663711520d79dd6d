//! `--on-invalid TABLE.COLUMN=ACTION`: what is done with values that the target's column cannot hold.

use std::fmt;
use std::str::FromStr;

use super::BadDecision;
use crate::check::{Choice, ChoiceCommand, ColumnPair, Probe, Rule, Verdict};
use crate::mattermost::{is_never_deleted, is_string_list};
use crate::schema::Kind;
use crate::shell::shell_word;

/// What is done with a value that does not fit for another reason than its length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InvalidAction {
    /// It becomes NULL.
    Null,
    /// It becomes the nearest number that fits.
    Nearest,
    /// It becomes the same JSON with U+FFFD for each escape of NUL.
    MarkNul,
    /// It becomes the beginning of the same text, which full-text search takes.
    Shorten,
    /// It becomes this value.
    Value(String),
    /// Its row is deleted, or left out of the copy.
    Delete,
}

/// The decision for a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnInvalid {
    /// `Table.Column`, in any case.
    pub place: String,
    /// What is done there.
    pub action: InvalidAction,
}

impl OnInvalid {
    /// Whether it is about that column.
    #[must_use]
    pub fn is_for(&self, table: &str, column: &str) -> bool {
        self.place.eq_ignore_ascii_case(&format!("{table}.{column}"))
    }

    /// Whether some action decides about what that rule finds.
    #[must_use]
    pub fn covers(rule: Rule) -> bool {
        COVERED.contains(&rule)
    }

    /// Whether its action decides about what that rule finds.
    #[must_use]
    pub fn decides(&self, rule: Rule) -> bool {
        let is_shortened = self.action == InvalidAction::Shorten;
        Self::covers(rule) && (rule == Rule::FullText) == is_shortened
    }

    /// Checks that the column is one that can hold such values, and that the action fits it. `probes` are
    /// all of the source.
    pub(super) fn check(&self, probes: &[Probe]) -> Result<(), BadDecision> {
        let covered = |probe: &&Probe| self.decides(probe.rule.rule());
        let is_here = |probe: &&Probe| self.is_for(&probe.pair.table, &probe.pair.column);
        let Some(probe) = probes.iter().filter(covered).find(is_here) else {
            let places = probes
                .iter()
                .filter(covered)
                .map(|probe| format!("{}.{}", probe.pair.table, probe.pair.column));
            return Err(BadDecision::no_such_place("--on-invalid", &self.place, places));
        };
        let pair = &probe.pair;
        let fits = |value: Option<&[u8]>| {
            let mut of_column = probes.iter().filter(is_here);
            of_column.all(|probe| {
                probe.rule.rule().info().severity != crate::check::Severity::Blocks
                    || probe.decide(value) == Verdict::Fits
            })
        };
        let is_allowed = match &self.action {
            InvalidAction::Null => !pair.target_not_null && !pair.source_not_null,
            InvalidAction::Nearest => matches!(pair.target.kind(), Kind::Integer { .. }),
            InvalidAction::MarkNul => pair.target.is_json(),
            InvalidAction::Value(value) => fits(Some(value.as_bytes())),
            InvalidAction::Shorten => true,
            InvalidAction::Delete => !is_never_deleted(&pair.table),
        };
        if is_allowed {
            return Ok(());
        }
        let allowed = suggestions(probe.rule.rule(), pair);
        let allowed: Vec<String> = allowed.iter().map(|(_, action)| action.to_string()).collect();
        Err(BadDecision::NotAllowed {
            flag: "--on-invalid",
            place: format!("{}.{}", pair.table, pair.column),
            action: self.action.to_string(),
            allowed: allowed.join(", "),
        })
    }
}

/// The rules that an action satisfies.
const COVERED: [Rule; 14] = [
    Rule::KeysMerge,
    Rule::LoneSurrogate,
    Rule::InvalidUtf8,
    Rule::InvalidJson,
    Rule::JsonDepth,
    Rule::JsonNumber,
    Rule::NotStringArray,
    Rule::NullNotAllowed,
    Rule::OutOfRange,
    Rule::NotBoolean,
    Rule::UnknownEnumLabel,
    Rule::InvalidDate,
    Rule::ForeignKey,
    Rule::FullText,
];

/// A value that every column of times takes, and that no row of Mattermost has.
const NO_TIME: &str = "1970-01-01 00:00:00";

/// What can be done with values of a column that a rule found, with what it does; the action that loses
/// least comes first.
fn suggestions(rule: Rule, pair: &ColumnPair) -> Vec<(&'static str, InvalidAction)> {
    let value = |text: &str| InvalidAction::Value(text.to_owned());
    if rule == Rule::FullText {
        return vec![(
            "cut the text before the first word that full-text search cannot take",
            InvalidAction::Shorten,
        )];
    }
    let mut actions = match rule {
        Rule::OutOfRange => vec![("write the nearest number that fits", InvalidAction::Nearest)],
        Rule::NotBoolean => vec![
            ("write false, which grants nothing", value("0")),
            ("write true, as MySQL reads any number but 0", value("1")),
        ],
        Rule::UnknownEnumLabel => pair
            .labels
            .iter()
            .flatten()
            .map(|label| ("replace the value with this label", value(label)))
            .collect(),
        Rule::KeysMerge => vec![
            ("write U+FFFD for each NUL, which keeps the keys apart", InvalidAction::MarkNul),
            ("replace the value with an empty object", value("{}")),
        ],
        Rule::NullNotAllowed => match pair.target.kind() {
            Kind::Boolean => vec![("write false, which grants nothing", value("0"))],
            Kind::Text(_) => vec![("write an empty text", value(""))],
            Kind::Json { .. } => vec![("write an empty object", value("{}"))],
            Kind::Timestamp { .. } => vec![("write the first second of 1970", value(NO_TIME))],
            _ => Vec::new(),
        },
        Rule::InvalidDate => match pair.target.kind() {
            Kind::Date => vec![("write the first day of 1970", value(&NO_TIME[..10]))],
            _ => vec![("write the first second of 1970", value(NO_TIME))],
        },
        Rule::InvalidJson | Rule::JsonDepth | Rule::JsonNumber | Rule::NotStringArray => {
            let is_list = is_string_list(&pair.table, &pair.column)
                || matches!(pair.target.kind(), Kind::Array(_));
            if is_list {
                vec![("replace the value with an empty list", value("[]"))]
            } else {
                vec![("replace the value with an empty object", value("{}"))]
            }
        }
        _ => Vec::new(),
    };
    if pair.takes_null() && rule != Rule::NullNotAllowed {
        actions.push(("replace the value with NULL", InvalidAction::Null));
    }
    if !is_never_deleted(&pair.table) {
        actions.push(("delete the row", InvalidAction::Delete));
    }
    actions
}

/// What can be decided about values of a column that a rule found.
pub(in crate::check) fn choices(rule: Rule, pair: &ColumnPair) -> Vec<Choice> {
    let place = format!("{}.{}", pair.table, pair.column);
    let choice = |(effect, action): (&'static str, InvalidAction)| {
        let decision = shell_word(&format!("{place}={action}"));
        Choice::repair(effect, format!("--on-invalid {decision}"))
    };
    suggestions(rule, pair).into_iter().map(choice).collect()
}

/// The decision to leave out the rows that a rule found.
pub(in crate::check) fn leave_out(rule: Rule, pair: &ColumnPair) -> Choice {
    let decision = shell_word(&format!("{rule}:{}.{}", pair.table, pair.column));
    Choice::new(
        "leave the row out of the copy, and keep it in the quarantine",
        ChoiceCommand::Migrate,
        vec![format!("--leave-out {decision}")],
    )
}

impl fmt::Display for InvalidAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Nearest => f.write_str("nearest"),
            Self::MarkNul => f.write_str("mark-nul"),
            Self::Shorten => f.write_str("shorten"),
            Self::Delete => f.write_str("delete"),
            Self::Value(value) => write!(f, "value:{value}"),
        }
    }
}

impl FromStr for OnInvalid {
    type Err = BadDecision;

    fn from_str(text: &str) -> Result<Self, BadDecision> {
        let form = || BadDecision::Form {
            flag: "--on-invalid",
            text: text.to_owned(),
            form: "TABLE.COLUMN=ACTION",
            example: "Teams.Type=value:O",
        };
        let is_pair = |(table, column): (&str, &str)| !table.is_empty() && !column.is_empty();
        let parts = text.split_once('=');
        let parts = parts.filter(|(place, _)| place.split_once('.').is_some_and(is_pair));
        let (place, action) = parts.ok_or_else(form)?;
        let action = match action {
            "null" => InvalidAction::Null,
            "nearest" => InvalidAction::Nearest,
            "mark-nul" => InvalidAction::MarkNul,
            "shorten" => InvalidAction::Shorten,
            "delete" => InvalidAction::Delete,
            other => match other.strip_prefix("value:") {
                Some(value) => InvalidAction::Value(value.to_owned()),
                None => {
                    return Err(BadDecision::UnrecognisedAction { action: other.to_owned() });
                }
            },
        };
        Ok(Self { place: place.to_owned(), action })
    }
}
