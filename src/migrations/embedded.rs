//! The migrations in the binary.

use std::sync::LazyLock;

use super::Migration;

mod postgres {
    refinery::embed_migrations!("migrations/postgres");
}

mod mysql {
    refinery::embed_migrations!("migrations/mysql");
}

static SOURCE: LazyLock<Vec<Migration>> =
    LazyLock::new(|| read(mysql::migrations::runner().get_migrations()));
static TARGET: LazyLock<Vec<Migration>> =
    LazyLock::new(|| read(postgres::migrations::runner().get_migrations()));

/// Every known migration of the MySQL side, by number.
#[must_use]
pub fn source() -> &'static [Migration] {
    &SOURCE
}

/// Every known migration of the PostgreSQL side, by number.
#[must_use]
pub fn target() -> &'static [Migration] {
    &TARGET
}

fn read(files: &[refinery::Migration]) -> Vec<Migration> {
    let mut migrations: Vec<Migration> = files.iter().map(read_file).collect();
    migrations.sort_by_key(|migration| migration.number);
    migrations
}

/// A file's first line has the exact name, which a file name cannot have: names contain `.` and `-`.
fn read_file(file: &refinery::Migration) -> Migration {
    let sql = file.sql().expect("an embedded migration has its SQL").to_owned();
    let (header, rest) = sql.split_once('\n').expect("a migration has a first line");
    let (number, name) = header
        .strip_prefix("-- Mattermost migration ")
        .and_then(|title| title.split_once(": "))
        .expect("a migration's first line gives its number and name");
    let number: u32 = number.parse().expect("a migration's number");
    Migration {
        number,
        name: name.to_owned(),
        changes_rows: rest.starts_with("-- Changes rows: "),
        sql,
        transactional: true,
    }
}

#[cfg(test)]
mod tests {
    use super::{source, target};

    #[test]
    fn both_sides_hold_the_same_numbers_and_one_pair_of_names_differs() {
        let numbers: Vec<u32> = (1..=109).chain(111..=144).chain([195]).collect();
        let of = |side: &[super::Migration]| side.iter().map(|m| m.number).collect::<Vec<_>>();
        assert_eq!(of(source()), numbers);
        assert_eq!(of(target()), numbers);
        let differing: Vec<(&str, &str)> = source()
            .iter()
            .zip(target())
            .map(|(source, target)| (source.name.as_str(), target.name.as_str()))
            .filter(|(source, target)| source != target)
            .collect();
        assert_eq!(differing, [("add_createat_to_teammembers", "add_createat_to_teamembers")]);
    }

    #[test]
    fn a_file_s_header_agrees_with_its_name() {
        for (side, files) in [
            (source(), super::mysql::migrations::runner()),
            (target(), super::postgres::migrations::runner()),
        ] {
            for (migration, file) in side.iter().zip(files.get_migrations()) {
                assert_eq!(i64::from(migration.number), i64::from(file.version()));
                let spelt: String = migration
                    .name
                    .chars()
                    .map(
                        |character| if character.is_ascii_alphanumeric() { character } else { '_' },
                    )
                    .collect();
                assert_eq!(spelt, file.name());
            }
        }
    }
}
