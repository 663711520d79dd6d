//! The sample workspace with all its problems: found, fixed, silent, undone.

use std::collections::BTreeMap;

use migration_assist::check::{CheckOptions, CheckReport, Class, check};
use migration_assist::migrations::{source, source_model, target_model};
use migration_assist::models::Models;
use migration_assist::mysql::read_catalog;
use migration_assist::progress::Silent;
use migration_assist::release::MigrationSet;
use migration_assist::repair::{FIXABLE, FixReport};
use migration_assist::schema::Catalog;

use super::fixture::World;
use crate::sample::Sample;
use crate::support::mysql::{Source, on_both_flavours};
use crate::workspace;

on_both_flavours![everything_awkward_is_repaired_and_comes_back];

/// What the newest set defines of both sides.
struct Expected {
    set: MigrationSet,
    source: Catalog,
    target: Catalog,
}

impl Expected {
    fn newest() -> Self {
        let set: MigrationSet = source().iter().map(|migration| migration.number).collect();
        let (source, target) =
            (source_model(&set).expect("known"), target_model(&set).expect("known"));
        Self { set, source, target }
    }

    async fn check(&self, world: &World) -> CheckReport {
        let applied: Vec<_> = self.set.iter().map(|number| (number, String::new())).collect();
        let models = Models {
            past: &migration_assist::schema::EMPTY_CATALOG,
            applied: Some(&applied),
            known: &self.set,
            source: &self.source,
            target: &self.target,
            products: &[],
        };
        let mut connections = [world.source.connect().await];
        let source = read_catalog(&mut connections[0]).await.expect("a catalog");
        check(&mut connections, source, &models, CheckOptions::default(), &Silent)
            .await
            .expect("a report")
    }
}

/// How many problems of each fixable class there are.
fn found(report: &CheckReport) -> BTreeMap<Class, u64> {
    let mut found = BTreeMap::new();
    for finding in report.findings.iter().filter(|it| FIXABLE.contains(&it.id.class())) {
        *found.entry(finding.id.class()).or_default() += finding.count;
    }
    found
}

/// How many a fix altered, deleted and left in each class.
fn done(report: &FixReport) -> BTreeMap<Class, [u64; 3]> {
    let mut done = BTreeMap::new();
    for entry in &report.entries {
        let sums: &mut [u64; 3] = done.entry(entry.class).or_default();
        let counts =
            [entry.count.altered + entry.count.dropped, entry.count.deleted, entry.count.left];
        sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
    }
    done
}

async fn everything_awkward_is_repaired_and_comes_back(database: Source) {
    workspace::load(&database, Sample { posts: 1200, awkward: true }).await;
    let expected = Expected::newest();
    let world = World::around(database, expected.target.clone());
    let before = world.dump().await;
    let problems = found(&expected.check(&world).await);

    let fixed = world.fix(&FIXABLE).await;
    assert!(fixed.is_complete(), "{fixed:#?}");
    let done = done(&fixed);
    assert_eq!(done[&Class::Artifacts], [6, 0, 0]);
    assert_eq!(done[&Class::Unicode], [29, 0, 0], "{fixed:#?}");
    let [cut, deleted, left] = done[&Class::Varchar];
    assert_eq!((cut + deleted + left, deleted), (29, 2), "{fixed:#?}");
    let rest = found(&expected.check(&world).await);
    assert_eq!(rest.get(&Class::Varchar), Some(&left));
    for class in [Class::Artifacts, Class::Unicode, Class::Nulls] {
        assert_eq!(rest.get(&class), None, "{class:?}: {problems:?}");
    }

    assert_eq!(world.undo().await.conflicts, []);
    for (table, lines) in &world.dump().await {
        assert!(before.get(table) == Some(lines), "{table} is not as before");
    }
    assert_eq!(found(&expected.check(&world).await), problems);
}
