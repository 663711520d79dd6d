//! The sample workspace, copied as it should be.

use std::collections::BTreeSet;

use migration_assist::migrations;
use migration_assist::progress::Silent;
use migration_assist::verify::{Exception, Kind, VerifyOptions};

use super::fixture::Pair;
use crate::sample::Sample;
use crate::support::mysql::{Source, on_both_flavours};
use crate::workspace::{load, newest};

/// What each side keeps for itself.
pub fn options() -> VerifyOptions {
    let own = [("db_migrations", "its own"), ("db_lock", "its own")];
    let own = own.map(|(table, reason)| (table.to_owned(), reason.to_owned()));
    VerifyOptions { bookkeeping: own.to_vec(), ..VerifyOptions::default() }
}

/// The sample workspace on both sides.
pub async fn build(source: Source) -> Pair {
    let pair = Pair::new(source).await;
    load(&pair.source, Sample { posts: 1200, awkward: false }).await;
    let mut target = pair.target.connect().await;
    migrations::run(&mut target, "public", &newest(), &Silent).await.expect("a schema");
    pair.copy(&["db_migrations", "db_lock"]).await;
    pair
}

async fn a_copied_workspace_is_proven_equal(source: Source) {
    let pair = build(source).await;
    let options = VerifyOptions { part_bytes: 100_000, jobs: 3, ..options() };
    let report = pair.verify(&options).await;
    assert_eq!(report.differences, []);
    assert!(report.proof, "{report:#?}");
    let exceptions: BTreeSet<_> = report
        .not_compared
        .iter()
        .map(|it| (it.table.as_str(), it.exception))
        .map(|it| it.0)
        .collect();
    assert_eq!(exceptions.into_iter().collect::<Vec<_>>(), ["db_lock", "db_migrations"]);
    assert!(report.not_compared.iter().all(|it| it.exception == Exception::Bookkeeping));
    assert_eq!(report.identity.database, pair.source.name());

    pair.change(
        "UPDATE channelmembers SET schemeuser = NOT schemeuser WHERE (channelid, userid) IN (
             SELECT channelid, userid FROM channelmembers ORDER BY channelid DESC, userid DESC LIMIT 1);
         DELETE FROM reactions WHERE (userid, postid, emojiname) IN (
             SELECT userid, postid, emojiname FROM reactions LIMIT 1);
         INSERT INTO preferences VALUES ('no one', 'category', 'name', 'value')",
    )
    .await;
    let report = pair.verify(&options).await;
    let found: Vec<_> = report
        .differences
        .iter()
        .map(|it| (it.table.as_str(), it.kind, it.key.len(), it.columns.len()))
        .collect();
    let expected = [
        ("ChannelMembers", Kind::Different, 2, 1),
        ("Preferences", Kind::Extra, 3, 0),
        ("Reactions", Kind::Missing, 3, 0),
    ];
    assert_eq!(found, expected);
    assert_eq!(report.differences[0].columns[0].column, "SchemeUser");
}

on_both_flavours!(a_copied_workspace_is_proven_equal);
