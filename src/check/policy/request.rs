//! `--on-overflow TABLE.COLUMN=POLICY`: the user's decision for one column.

use std::str::FromStr;

use super::allowed::allowed_by_name;
use super::{Overflow, allowed};
use crate::check::{ColumnPair, Probe, Rule};
use crate::schema::Catalog;
use crate::shell::shell_word;

/// A policy for the text of one column, instead of its default policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// `Table.Column`, in any letter case.
    pub place: String,
    pub overflow: Overflow,
}

/// Why `--on-overflow` is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadOverride {
    /// It has another form.
    #[error("`{0}` is not of the form TABLE.COLUMN=POLICY")]
    Form(String),
    /// There is no such policy.
    #[error("unrecognised policy: {policy}")]
    Action {
        /// The column that was named with it.
        place: String,
        /// The policy.
        policy: String,
    },
    /// The source has no such column.
    #[error("the source has no column `{place}`")]
    NoSuchColumn {
        /// The named column.
        place: String,
        /// A choice for the column with the nearest name, and the policies that it can have.
        nearest: Option<(String, String)>,
    },
    /// The target's column takes every text of the source's column.
    #[error("no text is too long for column `{place}`: the target's column is as wide")]
    DoesNotNarrow {
        /// The named column.
        place: String,
        /// A choice for the column with the nearest name, and the policies that it can have.
        nearest: Option<(String, String)>,
    },
    /// The column cannot have this policy.
    #[error("policy `{policy}` is not allowed for column `{place}`")]
    NotAllowed {
        /// The column, as the source spells it.
        place: String,
        /// The requested policy.
        policy: Overflow,
        /// The policies that the column can have.
        allowed: String,
    },
}

impl BadOverride {
    /// The next step.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Form(text) => match column_named(text) {
                Some((table, column)) => add_policy(text, &allowed_by_name(table, column)),
                None => "write it as `--on-overflow Channels.Header=truncate`".to_owned(),
            },
            Self::Action { place, .. } => {
                let (table, column) = column_named(place).unwrap_or_default();
                format!("allowed for `{place}`: {}", join(&allowed_by_name(table, column)))
            }
            Self::NoSuchColumn { nearest: Some((decision, allowed)), .. }
            | Self::DoesNotNarrow { nearest: Some((decision, allowed)), .. } => {
                format!("nearest column: `--on-overflow {decision}` (allowed: {allowed})")
            }
            Self::NoSuchColumn { .. } | Self::DoesNotNarrow { .. } => {
                "run again without `--on-overflow`".to_owned()
            }
            Self::NotAllowed { place, allowed, .. } => format!("allowed for `{place}`: {allowed}"),
        }
    }
}

const POLICIES: [Overflow; 7] = [
    Overflow::Truncate,
    Overflow::TruncateWords,
    Overflow::TruncateName,
    Overflow::Empty,
    Overflow::Null,
    Overflow::Delete,
    Overflow::Keep,
];

impl Override {
    /// Whether it applies to that column.
    #[must_use]
    pub fn is_for(&self, table: &str, column: &str) -> bool {
        self.place.eq_ignore_ascii_case(&format!("{table}.{column}"))
    }
}

/// The table and the column of `Table.Column`.
fn column_named(place: &str) -> Option<(&str, &str)> {
    place.split_once('.').filter(|(table, column)| !table.is_empty() && !column.is_empty())
}

/// The hint for a column without a policy.
fn add_policy(place: &str, allowed: &[Overflow]) -> String {
    let first = allowed.first().copied().unwrap_or(Overflow::Keep);
    let decision = shell_word(&format!("{place}={first}"));
    format!("add a policy, such as `--on-overflow {decision}` (allowed: {})", join(allowed))
}

fn join(policies: &[Overflow]) -> String {
    policies.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

impl FromStr for Override {
    type Err = BadOverride;

    fn from_str(text: &str) -> Result<Self, BadOverride> {
        let parts = text.rsplit_once('=').filter(|(place, _)| column_named(place).is_some());
        let Some((place, policy)) = parts else { return Err(BadOverride::Form(text.to_owned())) };
        let overflow = POLICIES.into_iter().find(|it| it.to_string() == policy);
        let overflow = overflow.ok_or_else(|| {
            let (place, policy) = (place.to_owned(), policy.to_owned());
            BadOverride::Action { place, policy }
        })?;
        Ok(Self { place: place.to_owned(), overflow })
    }
}

/// Checks that each override names a column of the source whose text can be too long, and a policy that the
/// column can have. `probes` are all probes of the source.
pub fn check_overrides(
    overrides: &[Override],
    source: &Catalog,
    probes: &[Probe],
) -> Result<(), BadOverride> {
    let narrowing: Vec<&ColumnPair> = probes
        .iter()
        .filter(|probe| probe.rule.rule() == Rule::TooLong)
        .map(|probe| &*probe.pair)
        .collect();
    overrides.iter().try_for_each(|asked| check_override(asked, source, &narrowing))
}

fn check_override(
    asked: &Override,
    source: &Catalog,
    narrowing: &[&ColumnPair],
) -> Result<(), BadOverride> {
    let place = asked.place.clone();
    let Some(pair) = narrowing.iter().find(|pair| asked.is_for(&pair.table, &pair.column)) else {
        let nearest = nearest(asked, narrowing);
        let mut tables = source.tables.values();
        let exists = tables.any(|table| {
            table.columns.iter().any(|column| asked.is_for(&table.name, &column.name))
        });
        return Err(if exists {
            BadOverride::DoesNotNarrow { place, nearest }
        } else {
            BadOverride::NoSuchColumn { place, nearest }
        });
    };
    if allowed(pair).contains(&asked.overflow) {
        return Ok(());
    }
    let place = format!("{}.{}", pair.table, pair.column);
    Err(BadOverride::NotAllowed { place, policy: asked.overflow, allowed: listed(pair) })
}

/// The same policy, or the first possible one, for the column with the nearest name.
fn nearest(asked: &Override, narrowing: &[&ColumnPair]) -> Option<(String, String)> {
    let asked_for = asked.place.to_ascii_lowercase();
    let distance = |pair: &&&ColumnPair| {
        let place = format!("{}.{}", pair.table, pair.column).to_ascii_lowercase();
        strsim::damerau_levenshtein(&asked_for, &place)
    };
    let pair = narrowing.iter().min_by_key(distance)?;
    let policies = allowed(pair);
    let policy = policies.iter().find(|it| **it == asked.overflow).or(policies.first())?;
    let decision = format!("{}.{}={policy}", pair.table, pair.column);
    Some((shell_word(&decision), listed(pair)))
}

fn listed(pair: &ColumnPair) -> String {
    join(&allowed(pair))
}

#[cfg(test)]
mod tests {
    use super::{BadOverride, Overflow, Override, check_overrides};
    use crate::check::Probe;
    use crate::ddl;
    use crate::mysql::Flavour;
    use crate::sql::Dialect;

    #[test]
    fn a_decision_is_read() {
        let asked: Override = "Commands.URL=null".parse().expect("a decision");
        assert_eq!(asked.overflow, Overflow::Null);
        assert!(asked.is_for("commands", "Url") && !asked.is_for("Commands", "IconURL"));
        let asked: Override = "a.b=c.d e=truncate-words".parse().expect("a decision");
        assert!(asked.is_for("a.b=c", "d e") && asked.overflow == Overflow::TruncateWords);
    }

    #[test]
    fn other_forms_are_refused() {
        let refused = |text: &str| text.parse::<Override>().expect_err(text);
        for text in ["", "Posts", "Posts=delete", ".a=keep", "a.=keep", "a.b"] {
            assert!(matches!(refused(text), BadOverride::Form(_)), "{text}");
        }
        let error = refused("Posts.Filenames=cut");
        assert_eq!(error.to_string(), "unrecognised policy: cut");
        assert_eq!(error.hint(), "allowed for `Posts.Filenames`: truncate, null, keep");
        assert_eq!(
            refused("Posts.Filenames").hint(),
            "add a policy, such as `--on-overflow Posts.Filenames=truncate` (allowed: truncate, null, keep)"
        );
    }

    /// The error and the hint for a decision about these tables.
    fn checked(decision: &str) -> Option<(String, String)> {
        let source = "CREATE TABLE Posts (Id varchar(26) PRIMARY KEY, Filenames text, FileIds text, Message text);
            CREATE TABLE Commands (Id varchar(26) PRIMARY KEY, URL text)";
        let target = "CREATE TABLE posts (id varchar(26) PRIMARY KEY, filenames varchar(4000), fileids varchar(300), \
             message varchar(65535)); CREATE TABLE commands (id varchar(26) PRIMARY KEY, url varchar(1024))";
        let source = ddl::read(Dialect::MySql, source).expect("DDL");
        let target = ddl::read(Dialect::Postgres, target).expect("DDL");
        let probes = Probe::all(Flavour::MySql, &source, &target);
        let decision = decision.parse().expect("a decision");
        let error = check_overrides(&[decision], &source, &probes).err()?;
        Some((error.to_string(), error.hint()))
    }

    #[test]
    fn a_decision_that_would_have_no_effect_is_refused_with_the_nearest() {
        assert_eq!(checked("posts.filenames=null"), None);
        let answer = |error: &str, hint: &str| Some((error.to_owned(), hint.to_owned()));
        assert_eq!(
            checked("Posts.Filenams=null"),
            answer(
                "the source has no column `Posts.Filenams`",
                "nearest column: `--on-overflow Posts.Filenames=null` (allowed: truncate, null, keep)",
            )
        );
        assert_eq!(
            checked("Posts.FileId=delete"),
            answer(
                "the source has no column `Posts.FileId`",
                "nearest column: `--on-overflow Posts.FileIds=truncate` (allowed: truncate, null, keep)",
            )
        );
        let (error, _) = checked("Posts.Message=truncate").expect("an error");
        assert!(error.starts_with("no text is too long for column `Posts.Message`"), "{error}");
        assert_eq!(
            checked("posts.filenames=delete"),
            answer(
                "policy `delete` is not allowed for column `Posts.Filenames`",
                "allowed for `Posts.Filenames`: truncate, null, keep",
            )
        );
    }
}
