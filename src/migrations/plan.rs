//! The migrations that a target still needs.

use super::{Error, Migration, embedded};
use crate::release::MigrationSet;

/// A row of `db_migrations`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The column `version`.
    pub number: u32,
    /// The column `name`.
    pub name: String,
}

/// The difference between a target and the requested set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The migrations to run, by number.
    pub pending: Vec<&'static Migration>,
    /// The migrations of the target that the requested set lacks.
    pub beyond: MigrationSet,
}

/// Compares a target's migrations with the requested set.
pub fn plan(applied: &[Applied], wanted: &MigrationSet) -> Result<Plan, Error> {
    let known: MigrationSet = embedded::target().iter().map(|migration| migration.number).collect();
    let numbers = wanted.without(&known);
    if !numbers.is_empty() {
        return Err(Error::Unknown { numbers });
    }
    let present: MigrationSet = applied.iter().map(|row| row.number).collect();
    let pending = embedded::target()
        .iter()
        .filter(|migration| wanted.contains(migration.number))
        .filter(|migration| !present.contains(migration.number))
        .collect();
    Ok(Plan { pending, beyond: present.without(wanted) })
}

#[cfg(test)]
mod tests {
    use super::{Applied, plan};
    use crate::migrations::{Error, target};

    fn applied(numbers: impl Iterator<Item = u32>) -> Vec<Applied> {
        numbers.map(|number| Applied { number, name: String::new() }).collect()
    }

    #[test]
    fn an_older_set_with_holes_is_brought_up() {
        let wanted = "1-109,111".parse().expect("a set");
        let plan = plan(&applied((1..=89).chain([95])), &wanted).expect("known numbers");
        let numbers: Vec<u32> = plan.pending.iter().map(|migration| migration.number).collect();
        let expected: Vec<u32> = (90..=94).chain(96..=109).chain([111]).collect();
        assert_eq!(numbers, expected);
        assert!(plan.beyond.is_empty());
    }

    #[test]
    fn names_what_is_beyond_and_what_is_unknown() {
        let all = target().iter().map(|migration| migration.number);
        let plan_back = plan(&applied(all), &"1-109".parse().expect("a set")).expect("known");
        assert!(plan_back.pending.is_empty());
        assert_eq!(plan_back.beyond.to_string(), "111-144, 195");
        let error = plan(&[], &"1-110,300".parse().expect("a set")).expect_err("unknown");
        assert!(matches!(error, Error::Unknown { numbers } if numbers.to_string() == "110, 300"));
    }
}
