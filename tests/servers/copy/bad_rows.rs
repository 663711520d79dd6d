//! Rows that do not fit: found, listed, and quarantined on request.

use migration_assist::copy::{CopyOptions, Error, FullText, OnError, Start};
use migration_assist::quarantine::{Action, Cell};

use super::compare::{assert_equal, structure};
use super::workspace::{Pair, options};
use crate::support::mysql::{Source, on_both_flavours};

on_both_flavours!(
    rows_that_do_not_fit_are_isolated,
    altered_values_are_kept,
    an_index_that_cannot_be_built_is_named,
    a_full_disk_is_reported_and_the_copy_resumes
);

async fn rows_that_do_not_fit_are_isolated(source: Source) {
    let pair = Pair::filled(source).await;
    pair.sql(
        "UPDATE Posts SET Message = 'refused' WHERE Id IN (SELECT Id FROM
             (SELECT Id FROM Posts ORDER BY Id LIMIT 1) a);
         UPDATE Posts SET Message = 'refused' ORDER BY Id DESC LIMIT 2;
         UPDATE Posts SET Hashtags = REPEAT('#', 1001) WHERE Message <> 'refused' ORDER BY Id LIMIT 1",
    )
    .await;
    pair.target_sql("ALTER TABLE public.posts ADD CONSTRAINT c CHECK (message <> 'refused')").await;
    let stopped = pair.copy(&options()).await.expect_err("a row that does not fit");
    let (Error::Row { problem } | Error::Rejected { problem }) = &stopped else {
        panic!("{stopped:?}")
    };
    assert_eq!(problem.table, "Posts");
    assert!(["23514", "too-long"].contains(&problem.code.as_str()), "{problem:?}");
    assert_eq!(problem.key.len(), 1);
    assert!(!stopped.to_string().contains("refused"), "{stopped}");
    let marked = "SELECT count(*) FROM migration_assist.copied_tables WHERE failure IS NOT NULL";
    assert_eq!(pair.count(marked).await, 1);
    assert!(pair.kept().is_empty());

    let wanted = CopyOptions { on_error: OnError::Quarantine, only_failed: true, ..options() };
    let report = pair.copy(&wanted).await.expect("a copy");
    pair.copy(&options()).await.expect("the rest");
    assert_eq!(report.total.rows_quarantined, 4, "{:?}", report.quarantined);
    assert!(!report.is_whole());
    let mut codes: Vec<_> = report.quarantined.iter().map(|it| it.code.as_str()).collect();
    codes.sort_unstable();
    assert_eq!(codes, ["23514", "23514", "23514", "too-long"]);
    let mut kept = pair.kept();
    kept.retain(|record| record.table == "Posts");
    assert_eq!(kept.len(), 4);
    for record in &kept {
        let Action::Deleted { row } = &record.action else { panic!("{record:?}") };
        assert_eq!(row.get("Id"), record.key.get("Id"));
        let refused = row.get("Message") == Some(&Cell::Bytes(b"refused".to_vec()));
        assert_eq!(refused, record.reasons == ["23514"]);
    }
    // All others are there, once.
    pair.sql("DELETE FROM Posts WHERE Message = 'refused' OR CHAR_LENGTH(Hashtags) > 1000").await;
    assert_equal(&pair).await;
}

async fn altered_values_are_kept(source: Source) {
    let pair = Pair::empty(source).await;
    pair.sql(
        "INSERT INTO Posts (Id, Message, Props) VALUES ('a', 'x\\0y', '{}'),
             ('b', 'plain', '{\"k\": \"p\\\\u0000q\"}');
         INSERT INTO Preferences VALUES ('u', 'c', 'n', '\\0')",
    )
    .await;
    let report = pair.copy(&options()).await.expect("a copy");
    assert!(report.is_whole());
    let posts = report.tables.iter().find(|table| table.source == "Posts").expect("a table");
    assert_eq!(posts.counts.changes["Message"]["remove-nul-bytes"], 1);
    assert_eq!(posts.counts.changes["Props"]["remove-nul-escapes"], 1);
    let mut kept: Vec<_> = pair
        .kept()
        .into_iter()
        .map(|record| {
            let Action::Altered { column, old, new } = record.action else { panic!("no value") };
            let text = |cell: Cell| String::from_utf8(cell.bytes().expect("a value").to_vec());
            (column, text(old).expect("UTF-8"), text(new).expect("UTF-8"), record.key.0.len())
        })
        .collect();
    kept.sort();
    let props = ("{\"k\": \"p\\u0000q\"}", "{\"k\": \"pq\"}");
    let expected =
        [("Message", "x\0y", "xy", 1), ("Props", props.0, props.1, 1), ("Value", "\0", "", 3)];
    let expected: Vec<_> = expected
        .into_iter()
        .map(|(column, old, new, key)| (column.to_owned(), old.to_owned(), new.to_owned(), key))
        .collect();
    assert_eq!(kept, expected);
    pair.sql(
        "UPDATE Posts SET Message = 'xy' WHERE Id = 'a';
         UPDATE Posts SET Props = '{\"k\": \"pq\"}' WHERE Id = 'b'; UPDATE Preferences SET Value = ''",
    )
    .await;
    assert_equal(&pair).await;
}

async fn an_index_that_cannot_be_built_is_named(source: Source) {
    let pair = Pair::filled(source).await;
    pair.target_sql("CREATE UNIQUE INDEX mine ON public.posts (channelid)").await;
    let report = pair.copy(&options()).await.expect("a copy");
    let failed: Vec<_> =
        report.not_built.iter().map(|it| (it.name.as_str(), it.sqlstate.as_str())).collect();
    assert_eq!(failed, [("mine", "23505")]);
    assert!(!report.is_whole());
    assert_equal(&pair).await;
    // The ledger keeps it: once its cause is gone, the same command builds it.
    pair.sql("DELETE FROM Posts").await;
    let wanted = CopyOptions { start: Start::Restart, ..options() };
    let report = pair.copy(&wanted).await.expect("a copy");
    assert!(report.is_whole());
    let there = "SELECT count(*) FROM pg_indexes WHERE indexname = 'mine'";
    assert_eq!(pair.count(there).await, 1);
}

/// What a full disk looks like from outside: SQLSTATE 53100, while rows are written and while an index
/// is built.
async fn a_full_disk_is_reported_and_the_copy_resumes(source: Source) {
    let pair = Pair::filled(source).await;
    let before = structure(&pair).await;
    let full = "LANGUAGE plpgsql AS $$ BEGIN
        RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100';
        END $$";
    pair.target_sql(&format!(
        "CREATE FUNCTION public.no_row() RETURNS trigger {full};
         CREATE FUNCTION public.no_index() RETURNS event_trigger {full};
         CREATE TRIGGER full_disk BEFORE INSERT ON public.posts FOR EACH ROW WHEN (NEW.id > 'p')
             EXECUTE FUNCTION public.no_row();
         CREATE EVENT TRIGGER full_disk ON ddl_command_end WHEN TAG IN ('CREATE INDEX')
             EXECUTE FUNCTION public.no_index()"
    ))
    .await;
    for cure in ["DROP TRIGGER full_disk ON public.posts", "DROP EVENT TRIGGER full_disk"] {
        let error = pair.copy(&options()).await.expect_err("a full disk");
        let Error::Write { source, .. } = &error else { panic!("{error:?}") };
        assert_eq!(source.sqlstate(), Some("53100"));
        let hint = error.hint().expect("a hint");
        assert!(hint.contains("free some space") && hint.contains("resumes from here"), "{hint}");
        pair.assert_ledger_is_sound().await;
        pair.target_sql(cure).await;
    }
    let wanted = CopyOptions { full_text: FullText::Build, ..options() };
    assert!(pair.copy(&wanted).await.expect("a copy").is_whole());
    assert_equal(&pair).await;
    assert!(structure(&pair).await == before, "the target's indexes are not what they were");
}
