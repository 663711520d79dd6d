//! The releases of Mattermost that supported MySQL.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use super::MigrationSet;

/// A release number: major, minor, patch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Number {
    major: u32,
    minor: u32,
    patch: Option<u32>,
}

impl Number {
    fn line(self) -> (u32, u32) {
        (self.major, self.minor)
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)?;
        self.patch.map_or(Ok(()), |patch| write!(f, ".{patch}"))
    }
}

impl FromStr for Number {
    type Err = ReleaseError;

    /// Reads `10.5.4`, `v10.5.4` and `10.5`.
    fn from_str(text: &str) -> Result<Self, ReleaseError> {
        let malformed = || ReleaseError::Malformed { text: text.to_owned() };
        let digits = text.trim();
        let digits = digits.strip_prefix(['v', 'V']).unwrap_or(digits);
        let parts = digits
            .split('.')
            .map(|part| part.parse::<u32>().map_err(|_| malformed()))
            .collect::<Result<Vec<_>, _>>()?;
        match parts[..] {
            [major, minor] => Ok(Self { major, minor, patch: None }),
            [major, minor, patch] => Ok(Self { major, minor, patch: Some(patch) }),
            _ => Err(malformed()),
        }
    }
}

/// A release and its migrations, the same numbers on either side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    number: Number,
    /// The migrations of a database that only this release has set up.
    pub migrations: MigrationSet,
    /// Whether the set was read from the release itself; otherwise it was derived from adjacent releases.
    pub exact: bool,
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.number.fmt(f)
    }
}

/// The release that a text matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// The known release whose set applies.
    pub release: &'static Release,
    /// The requested version, if it is an unlisted patch release that the nearest earlier one replaces.
    pub stands_in_for: Option<String>,
    /// The newest patch release, if the text has no patch number and that release has another set.
    pub later: Option<&'static Release>,
}

/// A text that matches no known release.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ReleaseError {
    /// It is not a version.
    #[error("`{text}` is not a Mattermost version")]
    Malformed {
        /// What was given.
        text: String,
    },
    /// A line that no release on MySQL belongs to.
    #[error("Mattermost {asked} is not known; the nearest known releases are {nearest}")]
    Unknown {
        /// The requested version, without a leading `v`.
        asked: String,
        /// The known releases around it.
        nearest: String,
    },
}

static RELEASES: LazyLock<Vec<Release>> =
    LazyLock::new(|| parse(include_str!("../../migrations/releases.tsv")));

/// Every known release, in ascending order.
#[must_use]
pub fn releases() -> &'static [Release] {
    &RELEASES
}

/// The newest known release.
#[must_use]
pub fn newest() -> &'static Release {
    releases().last().expect("the table of releases is not empty")
}

/// The known releases with exactly these migrations, as ranges: `10.10.0 to 10.11.5, 10.12.0`; `None` if no
/// release has them.
#[must_use]
pub fn release_range(migrations: &MigrationSet) -> Option<String> {
    let same = |release: &Release| release.migrations == *migrations;
    let ranges = releases().chunk_by(|one, next| same(one) == same(next));
    let ranges: Vec<String> = ranges
        .filter(|range| same(&range[0]))
        .map(|range| match range {
            [only] => only.to_string(),
            [first, .., last] => format!("{first} to {last}"),
            [] => unreachable!("chunks are never empty"),
        })
        .collect();
    (!ranges.is_empty()).then(|| ranges.join(", "))
}

/// Finds the release that a text such as `10.5.4`, `v10.5.4` or `10.5` names.
///
/// Without a patch number, the first patch release is meant: each later one can upgrade what it built, and an
/// earlier one cannot use what a later one built. An unlisted patch release has the set of the nearest
/// earlier one.
pub fn resolve(text: &str) -> Result<Match, ReleaseError> {
    let asked: Number = text.parse()?;
    let mut of_line = releases().iter().filter(|release| release.number.line() == asked.line());
    let found = match asked.patch {
        None => of_line.clone().next(),
        Some(_) => of_line.clone().rfind(|release| release.number <= asked),
    };
    let Some(release) = found else {
        return Err(ReleaseError::Unknown { asked: asked.to_string(), nearest: nearest(asked) });
    };
    let stands_in = asked.patch.is_some() && release.number != asked;
    let later =
        of_line.rfind(|later| asked.patch.is_none() && later.migrations != release.migrations);
    Ok(Match { release, stands_in_for: stands_in.then(|| asked.to_string()), later })
}

/// The known releases just below and above a number, as text.
fn nearest(asked: Number) -> String {
    let below = releases().iter().rfind(|release| release.number < asked);
    let above = releases().iter().find(|release| release.number > asked);
    let names: Vec<String> = below.into_iter().chain(above).map(ToString::to_string).collect();
    names.join(" and ")
}

fn parse(table: &str) -> Vec<Release> {
    let mut releases: Vec<Release> = table.lines().skip(1).map(parse_row).collect();
    releases.sort_by_key(|release| release.number);
    releases
}

fn parse_row(row: &str) -> Release {
    let mut cells = row.split('\t');
    let mut cell = || cells.next().expect("a row of the table of releases has three cells");
    Release {
        number: cell().parse().expect("a release number"),
        migrations: cell().parse().expect("a set of migrations"),
        exact: cell() == "exact",
    }
}

#[cfg(test)]
mod tests {
    use super::{newest, release_range, releases, resolve};

    fn named(text: &str) -> String {
        resolve(text).map_or_else(|error| error.to_string(), |found| found.release.to_string())
    }

    #[test]
    fn takes_every_spelling() {
        assert_eq!(named("10.5.4"), "10.5.4");
        assert_eq!(named("v10.5.4"), "10.5.4");
        assert_eq!(named("10.5"), "10.5.0");
    }

    #[test]
    fn a_line_without_a_patch_is_its_first_patch_release() {
        let found = resolve("v10.11").expect("a known line");
        assert_eq!(found.release.to_string(), "10.11.0");
        assert_eq!(found.later.map(ToString::to_string).as_deref(), Some("10.11.21"));
        assert_eq!(found.stands_in_for, None);
        assert_eq!(resolve("9.1").expect("a known line").later, None);
        assert_eq!(resolve("10.11.21").expect("a known release").later, None);
    }

    #[test]
    fn a_set_is_named_by_all_releases_that_have_it() {
        let range = |set: &str| release_range(&set.parse().expect("a set"));
        let named = |set| range(set).unwrap_or_default();
        assert_eq!(named("1-109,111-141"), "10.10.0 to 10.11.5, 10.12.0");
        assert_eq!(named("1-93"), "7.4.0");
        assert_eq!(named("1-109,111-113"), "9.1.0 to 9.2.6");
        assert_eq!(range("1-74"), None);
    }

    #[test]
    fn an_unlisted_patch_release_takes_the_nearest_earlier_one() {
        let found = resolve("10.11.9").expect("a known line");
        assert_eq!(found.release.to_string(), "10.11.5");
        assert_eq!(found.stands_in_for.as_deref(), Some("10.11.9"));
        assert_eq!(resolve("10.11.5").expect("known").stands_in_for, None);
    }

    #[test]
    fn an_unknown_line_names_its_neighbours() {
        assert_eq!(
            named("7.6.0"),
            "Mattermost 7.6.0 is not known; the nearest known releases are 7.5.2 and 7.7.0"
        );
        assert_eq!(
            named("v11.0.0"),
            "Mattermost 11.0.0 is not known; the nearest known releases are 10.12.0"
        );
        assert_eq!(named("latest"), "`latest` is not a Mattermost version");
    }

    #[test]
    fn the_table_is_whole() {
        assert_eq!(
            releases().len(),
            include_str!("../../migrations/releases.tsv").lines().count() - 1
        );
        assert_eq!(newest().to_string(), "10.12.0");
        let mut sets: Vec<_> = releases().iter().map(|release| &release.migrations).collect();
        sets.sort_by_key(ToString::to_string);
        sets.dedup();
        assert_eq!(sets.len(), 46);
    }
}
