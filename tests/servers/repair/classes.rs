//! Each class: its check finds, its fix silences it, the undo brings every byte back.

use migration_assist::check::Class;
use migration_assist::mysql::Flavour;
use migration_assist::repair::FixReport;

use super::fixture::{World, all, counts, is_written};
use crate::support::mysql::{Source, on_both_flavours};

on_both_flavours![
    artifacts_are_dropped_and_come_back,
    unicode_is_repaired_and_comes_back,
    varchar_is_repaired_and_comes_back,
    json_is_repaired_and_comes_back,
    nulls_are_repaired_and_come_back,
    all_classes_at_once,
    a_dry_run_reports_and_changes_nothing,
];

/// Finds, fixes, is silent, undoes; returns the world in between and the fix's report.
async fn there(source: Source, classes: &[Class]) -> (World, FixReport, Before) {
    let world = World::create(source).await;
    let before = world.dump().await;
    let planned = world.dry_run(classes).await;
    assert!(planned.total().altered + planned.total().deleted + planned.total().dropped > 0);
    let fixed = world.fix(classes).await;
    assert_eq!(counts(&planned), counts(&fixed), "the dry run reported what happened");
    assert!(fixed.is_complete(), "{fixed:#?}");
    assert!(is_written(&world.path()));
    let silent = world.dry_run(classes).await.total();
    assert_eq!((silent.altered, silent.deleted, silent.dropped), (0, 0, 0), "silent");
    assert_eq!(silent.left, fixed.total().left);
    (world, fixed, Before(before))
}

struct Before(std::collections::BTreeMap<String, Vec<String>>);

impl Before {
    async fn comes_back_in(self, world: &World) {
        assert_ne!(world.dump().await, self.0);
        for round in 0..2 {
            let undone = world.undo().await;
            assert_eq!(undone.conflicts, [], "{round}");
            assert_eq!(undone.restored > 0, round == 0);
            assert_eq!(undone.already > 0, round == 1);
            for (table, lines) in &world.dump().await {
                assert_eq!(Some(lines), self.0.get(table), "{table}, {round}");
            }
        }
    }
}

fn places(report: &FixReport) -> Vec<String> {
    let of = |(place, count): (String, migration_assist::repair::FixCount)| {
        format!("{place}: {} {} {} {}", count.altered, count.deleted, count.dropped, count.left)
    };
    counts(report).into_iter().map(of).collect()
}

async fn artifacts_are_dropped_and_come_back(source: Source) {
    let (world, fixed, before) = there(source, &[Class::Artifacts]).await;
    assert_eq!(
        places(&fixed),
        [
            "Threads.DeleteAt leftover-column: 0 0 1 0",
            "Users.AcceptedTermsOfServiceId leftover-column: 0 0 1 0",
            "schema_migrations.* leftover-table: 0 0 1 0",
        ]
    );
    let dump = world.dump().await;
    assert!(dump.contains_key("Mine") && !dump.contains_key("schema_migrations"));
    before.comes_back_in(&world).await;
}

async fn unicode_is_repaired_and_comes_back(source: Source) {
    let flavour = source.flavour;
    let (world, fixed, before) = there(source, &[Class::Unicode]).await;
    let mut expected = vec![
        "FileInfo.Content nul-byte: 1 0 0 0",
        "NoKey.B nul-byte: 3 0 0 0",
        "Posts.Message nul-byte: 2 0 0 0",
        "Posts.Props keys-merge: 0 0 0 1",
        "Posts.Props nul-escape: 1 0 0 0",
        "Tokens.Extra invalid-utf8: 1 0 0 0",
        "Tokens.Extra nul-byte: 1 0 0 0",
        "we`ird \"t.va`l ? nul-byte: 1 0 0 0",
    ];
    if flavour == Flavour::MariaDb {
        expected.insert(4, "Posts.Props lone-surrogate: 1 0 0 0");
        expected.insert(2, "Posts.Message invalid-utf8: 1 0 0 0");
    }
    assert_eq!(places(&fixed), expected);
    let left = fixed.entries.iter().find(|entry| entry.count.left > 0).expect("one is left");
    assert_eq!(left.left_keys, [["merge"]]);
    let message = world.value("SELECT Message FROM Posts WHERE Id = 'escape'").await;
    assert_eq!(message.as_deref(), Some("nulbyte"));
    let props = "SELECT CAST(Props AS CHAR) FROM Posts WHERE Id";
    let escape = world.value(&format!("{props} = 'escape'")).await.expect("a value");
    let escape: serde_json::Value = serde_json::from_str(&escape).expect("JSON");
    assert_eq!(escape, serde_json::json!({"a": "xy", "b": [1]}));
    let clean = world.value(&format!("{props} = 'clean'")).await.expect("a value");
    assert!(clean.contains(r"C:\\u0000dir") && clean.contains("\"u0000\""), "{clean}");
    let broken = world.value("SELECT HEX(Extra) FROM Tokens WHERE Token = 'broken'").await;
    assert_eq!(broken.as_deref(), Some("C3A9EFBFBD62EFBFBD"));
    before.comes_back_in(&world).await;
}

async fn varchar_is_repaired_and_comes_back(source: Source) {
    let (world, fixed, before) = there(source, &[Class::Varchar]).await;
    assert_eq!(
        places(&fixed),
        [
            "FileInfo.Name too-long: 1 0 0 0",
            "LinkMetadata.URL too-long: 0 1 0 0",
            "NoKey.A too-long: 0 0 0 2",
            "Posts.FileIds too-long: 0 0 0 1",
            "Posts.Hashtags too-long: 1 0 0 0",
            "Posts.Message too-long: 2 0 0 0",
            "we`ird \"t.va`l ? too-long: 0 0 0 1",
        ]
    );
    for (sql, expected) in [
        ("SELECT Name FROM FileInfo", format!("{}.pdf", "名".repeat(16))),
        ("SELECT Hashtags FROM Posts WHERE Id = 'long'", "#first #second".to_owned()),
        ("SELECT Message FROM Posts WHERE Id = 'long'", "日".repeat(100)),
        ("SELECT Message FROM Posts WHERE Id = 'fits'", "日".repeat(100)),
        ("SELECT COUNT(*) FROM LinkMetadata", "1".to_owned()),
    ] {
        assert_eq!(world.value(sql).await, Some(expected), "{sql}");
    }
    before.comes_back_in(&world).await;
}

async fn json_is_repaired_and_comes_back(source: Source) {
    let flavour = source.flavour;
    let (world, fixed, before) = there(source, &[Class::Json]).await;
    let mut expected = vec![
        "Posts.FileIds not-json-list: 3 0 0 1",
        "Posts.Props json-null: 1 0 0 0",
        "Threads.Participants empty-json: 1 0 0 0",
        "Threads.Participants invalid-json: 0 0 0 1",
        "Users.Props json-null: 1 0 0 0",
    ];
    if flavour == Flavour::MariaDb {
        expected[0] = "Posts.FileIds not-json-list: 6 0 0 1";
        expected.insert(1, "Posts.Props empty-json: 1 0 0 0");
    }
    assert_eq!(places(&fixed), expected);
    for sql in
        ["SELECT Props FROM Users WHERE Id = 'two'", "SELECT Props FROM Posts WHERE Id = 'both'"]
    {
        assert_eq!(world.value(sql).await.as_deref(), Some("{}"));
    }
    let lists = "SELECT GROUP_CONCAT(FileIds ORDER BY Id) FROM Posts WHERE Id IN ('cut', 'escape', 'object')";
    assert_eq!(world.value(lists).await.as_deref(), Some(r#"["a"],[],{}"#), "no element is cut");
    let participants = "SELECT Participants FROM Threads WHERE ReplyCount = 2";
    assert_eq!(world.value(participants).await, None);
    before.comes_back_in(&world).await;
}

async fn nulls_are_repaired_and_come_back(source: Source) {
    let (world, fixed, before) = there(source, &[Class::Nulls]).await;
    assert_eq!(places(&fixed), ["PropertyFields.CreateAt null-not-allowed: 1 0 0 0"]);
    let value = world.value("SELECT CreateAt FROM PropertyFields WHERE ID = 'a'").await;
    assert_eq!(value.as_deref(), Some("0"));
    before.comes_back_in(&world).await;
}

async fn all_classes_at_once(source: Source) {
    let (world, fixed, before) = there(source, all()).await;
    let message = world.value("SELECT Message FROM Posts WHERE Id = 'both'").await;
    assert_eq!(message, Some(format!("{}a", "é".repeat(99))), "without NUL, then cut");
    assert!(fixed.quarantine.as_deref().is_some_and(is_written));
    let mine = world.value("SELECT HEX(Said) FROM Mine").await;
    assert_eq!(mine.as_deref(), Some("6D696E6500"), "the table of another product");
    before.comes_back_in(&world).await;
}

async fn a_dry_run_reports_and_changes_nothing(source: Source) {
    let world = World::create(source).await;
    let before = world.dump().await;
    let report = world.dry_run(all()).await;
    assert!(report.dry_run && report.total().altered > 5 && report.quarantine.is_none());
    assert_eq!(world.dump().await, before);
    assert!(!world.path().exists());
}
