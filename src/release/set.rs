//! A set of migration numbers, as in `db_migrations`.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The numbers of applied migrations. Sets have gaps, so the highest number does not describe a schema.
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct MigrationSet(BTreeSet<u32>);

impl MigrationSet {
    /// Whether the number is in the set.
    #[must_use]
    pub fn contains(&self, number: u32) -> bool {
        self.0.contains(&number)
    }

    /// The numbers in ascending order.
    #[must_use]
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = u32> + '_ {
        self.0.iter().copied()
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The highest number.
    #[must_use]
    pub fn highest(&self) -> Option<u32> {
        self.0.last().copied()
    }

    /// The set as the version of a schema: `40` for all up to it, `1-38, 40` if some are missing, empty for an
    /// empty set.
    #[must_use]
    pub fn as_version(&self) -> String {
        match self.highest() {
            Some(last) if usize::try_from(last).is_ok_and(|last| last == self.len()) => {
                last.to_string()
            }
            _ => self.to_string(),
        }
    }

    /// The numbers in this set that are not in `other`.
    #[must_use]
    pub fn without(&self, other: &Self) -> Self {
        Self(self.0.difference(&other.0).copied().collect())
    }

    /// The numbers in either set.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self(self.0.union(&other.0).copied().collect())
    }
}

impl FromIterator<u32> for MigrationSet {
    fn from_iter<I: IntoIterator<Item = u32>>(numbers: I) -> Self {
        Self(numbers.into_iter().collect())
    }
}

/// Prints ranges, such as `1-109, 111-144, 195`.
impl fmt::Display for MigrationSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut numbers = self.iter().peekable();
        let mut separator = "";
        while let Some(first) = numbers.next() {
            let mut last = first;
            while numbers.next_if_eq(&(last + 1)).is_some() {
                last += 1;
            }
            f.write_str(separator)?;
            if first == last {
                write!(f, "{first}")?;
            } else {
                write!(f, "{first}-{last}")?;
            }
            separator = ", ";
        }
        Ok(())
    }
}

/// A text that is not a list of numbers and ranges.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{0}` is neither a migration number nor a range of them")]
pub struct SetError(String);

/// Reads ranges, such as `1-109,111-144,195`.
impl FromStr for MigrationSet {
    type Err = SetError;

    fn from_str(text: &str) -> Result<Self, SetError> {
        let mut numbers = BTreeSet::new();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let bound = |digits: &str| digits.trim().parse::<u32>();
            let (Ok(first), Ok(last)) = (bound(first), bound(last)) else {
                return Err(SetError(part.to_owned()));
            };
            numbers.extend(first..=last);
        }
        Ok(Self(numbers))
    }
}

#[cfg(test)]
mod tests {
    use super::MigrationSet;

    #[test]
    fn prints_what_it_reads() {
        let set: MigrationSet = "1-109,111-144,195".parse().expect("a set");
        assert_eq!(set.len(), 109 + 34 + 1);
        assert_eq!(set.to_string(), "1-109, 111-144, 195");
        assert!(!set.contains(110));
        assert_eq!(set.highest(), Some(195));
    }

    #[test]
    fn names_the_part_it_cannot_read() {
        let error = "1-9,x".parse::<MigrationSet>().expect_err("no number");
        assert_eq!(error.to_string(), "`x` is neither a migration number nor a range of them");
    }

    #[test]
    fn two_sets_are_distinguished() {
        let old: MigrationSet = "1-5".parse().expect("a set");
        let new: MigrationSet = "1-4,7".parse().expect("a set");
        assert_eq!(new.without(&old).to_string(), "7");
        assert_eq!(new.union(&old).to_string(), "1-5, 7");
    }

    #[test]
    fn a_version_is_the_last_migration_unless_some_are_missing() {
        let of = |set: &str| set.parse::<MigrationSet>().expect("a set").as_version();
        assert_eq!(of("1-40"), "40");
        assert_eq!(of("1-38,40"), "1-38, 40");
        assert_eq!(MigrationSet::default().as_version(), "");
    }
}
