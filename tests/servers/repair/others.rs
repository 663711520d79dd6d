//! Other sessions, other accounts, and the user's own decisions.

use std::collections::BTreeMap;

use migration_assist::check::Class;
use migration_assist::mysql::{Access, Dsn};
use migration_assist::progress::Silent;
use migration_assist::repair::{Error, FixOptions, UndoOptions, fix, undo};

use super::fixture::{SOURCE, World, all, counts, options};
use crate::support::mysql::{
    Session, Source, names_are_in_lower_case, on_both_flavours, open, run, sessions, spelled_as_in,
};

on_both_flavours![
    a_change_in_between_is_not_overwritten,
    what_was_changed_since_is_reported_and_left,
    an_account_that_may_only_read_is_refused,
    an_account_that_may_not_lock_tables_suffices,
    a_value_that_must_be_unique_is_left,
    a_decision_of_the_user_counts,
    what_others_need_is_not_dropped,
];

async fn a_change_in_between_is_not_overwritten(source: Source) {
    let world = World::create(source).await;
    let mut other = world.source.connect().await;
    let sql = "START TRANSACTION; UPDATE Posts SET Message = 'mine now' WHERE Id = 'long'";
    run(&mut other, sql).await;
    let mut connection = world.source.connect().await;
    let id = connection.id();
    let mut watcher = world.source.connect().await;
    let commits_when_it_waits = async {
        let is_it = |it: &Session| {
            let statement = it.statement.as_deref().unwrap_or_default();
            it.id == id && statement.starts_with("UPDATE") && statement.contains("Message")
        };
        while !sessions(&mut watcher).await.iter().any(is_it) {
            tokio::task::yield_now().await;
        }
        run(&mut other, "COMMIT").await;
    };
    let (models, options, mut quarantine) =
        (world.models(), options(&[Class::Varchar]), world.quarantine());
    let fixing = fix(&mut connection, &models, &options, &mut quarantine, &Silent);
    let (fixed, ()) = futures_util::future::join(fixing, commits_when_it_waits).await;
    let fixed = fixed.expect("fixed");
    drop(quarantine);
    assert!(fixed.is_complete());
    assert_eq!(counts(&fixed)["Posts.Message too-long"].altered, 1, "the other post");
    let message = world.value("SELECT Message FROM Posts WHERE Id = 'long'").await;
    assert_eq!(message.as_deref(), Some("mine now"));
    assert_eq!(world.undo().await.conflicts, [], "it was never altered");
    let message = world.value("SELECT Message FROM Posts WHERE Id = 'long'").await;
    assert_eq!(message.as_deref(), Some("mine now"));
}

async fn what_was_changed_since_is_reported_and_left(source: Source) {
    let world = World::create(source).await;
    world.fix(all()).await;
    let mut other = world.source.connect().await;
    run(
        &mut other,
        "UPDATE Posts SET Message = 'mine now' WHERE Id = 'long'; DELETE FROM FileInfo;
         INSERT INTO LinkMetadata (Hash, URL) VALUES (-1, 'another')",
    )
    .await;
    let undone = world.undo().await;
    let conflicts: Vec<String> = undone
        .conflicts
        .iter()
        .map(|it| {
            let column = it.column.as_deref().unwrap_or("*");
            let place = spelled_as_in(SOURCE, &format!("{}.{column}", it.table));
            format!("{place} {}: {}", it.key.join(","), it.reason)
        })
        .collect();
    assert_eq!(
        conflicts,
        [
            "Posts.Message long: it was changed since",
            "LinkMetadata.* -1: another row has its key now",
            "FileInfo.Content name: the row is gone",
            "FileInfo.Name name: the row is gone",
        ]
    );
    assert!(!format!("{undone:?}").contains("mine now"));
    let message = world.value("SELECT Message FROM Posts WHERE Id = 'long'").await;
    assert_eq!(message.as_deref(), Some("mine now"));
}

async fn an_account_that_may_only_read_is_refused(source: Source) {
    let mut world = World::create(source).await;
    let account = world.source.account("SELECT", "BY 'pw'").await;
    let dsn = Dsn { password: "pw".into(), ..account };
    let before = world.dump().await;
    let administrator = world.source.dsn.clone();
    for (dsn, access, class, code) in [
        (&dsn, Access::Writing, Class::Unicode, 1142),
        (&dsn, Access::Writing, Class::Artifacts, 1142),
        (&administrator, Access::ReadOnly, Class::Unicode, 1792),
        (&administrator, Access::ReadOnly, Class::Artifacts, 1792),
    ] {
        let mut connection = open(dsn, access).await;
        let classes = options(&[class]);
        let error =
            fix(&mut connection, &world.models(), &classes, &mut world.quarantine(), &Silent)
                .await
                .expect_err("no right to write");
        let Error::Table { table, source } = &error else { panic!("{error:?}") };
        // The first by name.
        let expected = match class {
            Class::Unicode => "FileInfo",
            _ if names_are_in_lower_case() => "schema_migrations",
            _ => "Threads",
        };
        let place = (spelled_as_in(SOURCE, table), source.code());
        assert_eq!(place, (expected.to_owned(), Some(code)), "{source}");
        if code == 1142 {
            assert!(error.hint().expect("a hint").contains("UPDATE"));
        }
    }
    assert!(!world.path().exists(), "nothing altered, no file");
    assert_eq!(world.dump().await, before);
    world.fix(all()).await;
    let fixed = world.dump().await;
    let mut connection = open(&dsn, Access::Writing).await;
    undo(&mut connection, &world.path(), UndoOptions::default(), &Silent)
        .await
        .expect_err("no right to write");
    assert_eq!(world.dump().await, fixed);
}

async fn a_value_that_must_be_unique_is_left(source: Source) {
    let world = World::create(source).await;
    let mut other = world.source.connect().await;
    run(
        &mut other,
        "ALTER TABLE Users MODIFY Nickname varchar(64) COLLATE utf8mb4_bin, ADD UNIQUE (Nickname); UPDATE Users SET Nickname = CONCAT('Ann', CHAR(1), CHAR(0)) \
         WHERE Id = 'two'; UPDATE Users SET Nickname = CONCAT('Ann', CHAR(1)) WHERE Id = 'one'",
    )
    .await;
    let fixed = world.fix(&[Class::Unicode]).await;
    assert!(fixed.is_complete());
    assert_eq!(counts(&fixed)["Users.Nickname nul-byte"].left, 1);
    let left = fixed.entries.iter().find(|it| it.column.as_deref() == Some("Nickname"));
    assert_eq!(left.expect("an entry").left_keys, [["two"]]);
    assert_eq!(counts(&fixed)["Posts.Message nul-byte"].altered, 2, "the others are done");
}

async fn a_decision_of_the_user_counts(source: Source) {
    let world = World::create(source).await;
    let before = world.dump().await;
    let overrides = ["Posts.FileIds=truncate", "LinkMetadata.URL=truncate", "FileInfo.Name=delete"];
    let options = FixOptions {
        overrides: overrides.iter().map(|it| it.parse().expect("a decision")).collect(),
        ..options(&[Class::Varchar])
    };
    let mut connection = world.source.connect().await;
    let fixed = fix(&mut connection, &world.models(), &options, &mut world.quarantine(), &Silent)
        .await
        .expect("fixed");
    assert_eq!(counts(&fixed)["FileInfo.Name too-long"].deleted, 1);
    let list = world.value("SELECT FileIds FROM Posts WHERE Id = 'long'").await;
    assert_eq!(list.as_deref(), Some("[]"), "an element is never cut");
    let url = world.value("SELECT URL FROM LinkMetadata WHERE Hash = -1").await;
    assert_eq!(url.as_deref(), Some("https://example.com/"));
    assert_eq!(world.undo().await.conflicts, []);
    assert_eq!(world.dump().await, before);
}

async fn what_others_need_is_not_dropped(source: Source) {
    let world = World::create(source).await;
    let mut other = world.source.connect().await;
    run(
        &mut other,
        "ALTER TABLE Threads ADD UNIQUE KEY two (PostId, DeleteAt);
         CREATE TABLE Child (Id bigint, FOREIGN KEY (Id) REFERENCES schema_migrations (Version))",
    )
    .await;
    let before = world.dump().await;
    let fixed = world.fix(&[Class::Artifacts]).await;
    let left = fixed.entries.iter().filter(|entry| entry.count.left == 1);
    let notes: BTreeMap<_, _> =
        left.map(|entry| (entry.column.as_deref(), entry.note.as_deref())).collect();
    assert_eq!(notes.len(), 2, "{fixed:#?}");
    assert_eq!(notes[&Some("DeleteAt")], Some("the unique index `two` needs it"));
    assert!(notes[&None].is_some());
    assert_eq!(fixed.total().dropped, 1);
    assert_eq!(world.undo().await.conflicts, []);
    assert_eq!(world.dump().await, before);
}

async fn an_account_that_may_not_lock_tables_suffices(source: Source) {
    let mut world = World::create(source).await;
    let rights = "SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP";
    let account = world.source.account(rights, "BY 'pw'").await;
    let dsn = Dsn { password: "pw".into(), ..account };
    let before = world.dump().await;
    let mut connection = open(&dsn, Access::Writing).await;
    let fixed =
        fix(&mut connection, &world.models(), &options(all()), &mut world.quarantine(), &Silent)
            .await
            .expect("fixed");
    assert!(fixed.is_complete() && fixed.total().dropped == 3);
    let undone = undo(&mut connection, &world.path(), UndoOptions::default(), &Silent)
        .await
        .expect("undone");
    assert_eq!(undone.conflicts, []);
    assert_eq!(world.dump().await, before);
}
