//! Applied migrations: missing, unrecognised, incomplete or renumbered.

use crate::check::{Finding, Rule, Severity};
use crate::mattermost::{
    FIRST_OF_THE_GUIDE, MIGRATIONS, RENUMBERED, UNRELEASED_MIGRATION, records_migrations,
};
use crate::models::Models;
use crate::release::{MigrationSet, releases};

/// Findings about the source's `db_migrations`. `systems_version` is the `Version` in `Systems`, in which
/// releases before 6.4 record the version of their schema.
#[must_use]
pub fn migrations(models: &Models<'_>, systems_version: Option<&str>) -> Vec<Finding> {
    let Some(applied) = models.applied else { return vec![no_migrations(systems_version)] };
    if applied.is_empty() {
        return vec![empty_migrations()];
    }
    let set = models.applied_set();
    let mut findings = Vec::new();
    let unreleased = MigrationSet::from_iter([UNRELEASED_MIGRATION]);
    let unknown = set.without(models.known).without(&unreleased);
    if !unknown.is_empty() {
        let message =
            format!("the migrations {unknown} are not known to this version of migration-assist");
        findings.push(
            Finding::new(Rule::UnknownMigration, Severity::Blocks, message)
                .count(count(&unknown))
                .action("the target is built without them; the tables and columns that they created are reported as unknown")
                .detail("numbers", unknown.to_string()),
        );
    }
    findings.extend(applied.iter().filter_map(|(number, name)| renamed(*number, name)));
    if set.contains(UNRELEASED_MIGRATION) {
        findings.push(
            Finding::new(
                Rule::UnreleasedMigration,
                Severity::Note,
                "migration 110 is applied, which no release contains",
            )
            .action("the target is built without it, because a later release uses the number for another migration"),
        );
    }
    let released = set.without(&unknown).without(&unreleased);
    findings.extend(old_release(&released));
    findings.extend(holes(&released));
    findings.extend(renumbered(&released));
    findings
}

fn count(set: &MigrationSet) -> u64 {
    u64::try_from(set.len()).unwrap_or(u64::MAX)
}

fn empty_migrations() -> Finding {
    let message = "table `db_migrations` has no rows, so the release is unknown";
    Finding::new(Rule::NoMigrations, Severity::Blocks, message).at(MIGRATIONS, None).action(
        "restore its rows from a backup, or start Mattermost once on MySQL, which writes them; then \
         check again",
    )
}

fn no_migrations(systems_version: Option<&str>) -> Finding {
    let message = systems_version.map_or_else(
        || {
            "table `db_migrations` does not exist: not a database of Mattermost 6.4 or later"
                .to_owned()
        },
        |version| {
            format!("table `db_migrations` does not exist; `Systems` records version {version}")
        },
    );
    let action = if systems_version.is_some_and(records_migrations) {
        "restore it from a backup, make a dump that has it, or start this release once on MySQL, which \
         makes it; then check again"
    } else {
        "upgrade Mattermost to a release from 7.1 to 10.11, start it once on MySQL, and check again"
    };
    let finding = Finding::new(Rule::NoMigrations, Severity::Blocks, message).action(action);
    match systems_version {
        Some(version) => finding.detail("systems-version", version),
        None => finding,
    }
}

fn old_release(set: &MigrationSet) -> Option<Finding> {
    let oldest = releases().iter().find(|release| release.to_string() == FIRST_OF_THE_GUIDE)?;
    let lacking = oldest.migrations.without(set);
    (!lacking.is_empty()).then(|| {
        Finding::new(Rule::OldRelease, Severity::Note, "the schema is older than Mattermost 7.1, the first release from which Mattermost supports this migration")
            .count(count(&lacking))
            .action("the copy supports 6.4 and later; to be safe, upgrade Mattermost to 7.1 or later on MySQL first")
            .detail("lacking", lacking.to_string())
    })
}

/// A database contains the migrations of every release that ever ran on it. Other sets of numbers lack
/// migrations or were changed by hand.
fn holes(set: &MigrationSet) -> Option<Finding> {
    let fits = |migrations: &&MigrationSet| migrations.without(set).is_empty();
    let explained = releases()
        .iter()
        .map(|release| &release.migrations)
        .filter(fits)
        .fold(MigrationSet::default(), |union, migrations| union.union(migrations));
    if set.is_empty() || explained == *set {
        return None;
    }
    let nearest = releases().iter().min_by_key(|release| {
        release.migrations.without(set).len() + set.without(&release.migrations).len()
    })?;
    let missing = nearest.migrations.without(set);
    let message = if missing.is_empty() {
        format!("no release has exactly these migrations; the nearest, {nearest}, has fewer")
    } else {
        format!(
            "no release has exactly these migrations; the nearest, {nearest}, also has {missing}"
        )
    };
    Some(
        Finding::new(Rule::MigrationHoles, Severity::Note, message)
            .action("the target is built with the applied migrations; Mattermost applies the others when it starts")
            .detail("nearest", nearest.to_string())
            .detail("missing", missing.to_string()),
    )
}

fn renamed(number: u32, name: &str) -> Option<Finding> {
    let (_, known) = RENUMBERED.iter().find(|(renumbered, _)| *renumbered == number)?;
    (!name.is_empty() && *known != name).then(|| {
        let message = format!(
            "migration {number} is `{name}`, which no release for MySQL contains (expected: `{known}`)"
        );
        Finding::new(Rule::UnknownMigration, Severity::Blocks, message)
            .action("the target is built with the expected migration")
    })
}

fn renumbered(set: &MigrationSet) -> Option<Finding> {
    let numbers: MigrationSet = RENUMBERED
        .iter()
        .map(|(number, _)| *number)
        .filter(|&number| set.contains(number))
        .collect();
    (!numbers.is_empty()).then(|| {
        let message = format!("the migrations {numbers} have other numbers in Mattermost 11");
        Finding::new(Rule::RenumberedMigration, Severity::Note, message)
            .count(count(&numbers))
            .action("the target gets them unchanged; do not upgrade it to a release between 11.0 and 11.7.2, which do not expect them")
    })
}

#[cfg(test)]
mod tests {
    use super::migrations;
    use crate::check::Rule;
    use crate::models::Models;
    use crate::release::MigrationSet;
    use crate::schema::Catalog;

    fn found(set: &str, name_of_142: &str) -> Vec<Rule> {
        let set: MigrationSet = set.parse().expect("a set");
        let name = |number| if number == 142 { name_of_142 } else { "" };
        let applied: Vec<(u32, String)> =
            set.iter().map(|number| (number, name(number).to_owned())).collect();
        let known: MigrationSet = "1-109,111-144,195".parse().expect("a set");
        let nothing = Catalog::default();
        let models = Models {
            past: &crate::schema::EMPTY_CATALOG,
            applied: Some(&applied),
            known: &known,
            source: &nothing,
            target: &nothing,
            products: &[],
        };
        migrations(&models, None).iter().map(|finding| finding.id).collect()
    }

    #[test]
    fn a_missing_table_is_restored_and_an_older_release_is_upgraded() {
        let action = |version| super::no_migrations(version).action;
        for version in ["6.4.0", "7.8.15", "10.5.0"] {
            assert!(action(Some(version)).starts_with("restore it"), "{version}");
        }
        for version in [Some("6.3.10"), Some("5.39.3"), Some("unknown"), None] {
            assert!(action(version).starts_with("upgrade Mattermost"), "{version:?}");
        }
    }

    #[test]
    fn sets_of_releases_and_their_unions_are_in_order() {
        assert_eq!(found("1-109,111-141", ""), []);
        assert_eq!(found("1-101,105,107,113", ""), []);
        // 7.8.11, then 7.9.6.
        assert_eq!(found("1-105,107,113", ""), []);
    }

    #[test]
    fn what_no_release_explains_is_reported() {
        assert_eq!(found("1-49,51-109,111-141", ""), [Rule::OldRelease, Rule::MigrationHoles]);
        assert_eq!(found("1-111", ""), [Rule::UnreleasedMigration]);
        assert_eq!(found("1-75", ""), [Rule::OldRelease]);
        assert_eq!(found("1-109,111-141,300", ""), [Rule::UnknownMigration]);
        assert_eq!(found("1-109,111-144", "add_schemeid_to_roles"), [Rule::RenumberedMigration]);
        assert_eq!(
            found("1-109,111-144", "create_content_flagging_tables"),
            [Rule::UnknownMigration, Rule::RenumberedMigration]
        );
    }
}
