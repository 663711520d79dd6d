//! Targets in which searches would not find what they found before.

use migration_assist::postgres::Dsn;

use super::Situation;
use crate::support::mysql::{Source, on_both_flavours};
use crate::support::postgres::{Database, administrator};
use crate::support::program::Run;

on_both_flavours![
    a_target_whose_letters_have_no_case_stops_before_anything_is_built,
    an_order_by_code_point_is_shown_with_this_source_s_channels,
];

/// A database in which letters outside ASCII have no case.
async fn caseless() -> Database {
    let options = "ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0";
    Database::create_with(&administrator().user, options).await
}

/// The statement that a run has printed.
fn printed_creation(run: &Run) -> String {
    let start = run.stderr.find("CREATE DATABASE").expect("a statement");
    let statement = &run.stderr[start..];
    // A long line is not wrapped where no terminal is.
    statement[..=statement.find(';').expect("its end")].to_owned()
}

async fn a_target_whose_letters_have_no_case_stops_before_anything_is_built(source: Source) {
    let mut situation = Situation::new(source).await;
    situation.target = caseless().await;
    let says = "letters outside ASCII have no case";
    let set = ["postgres", "--run-migrations", "--mattermost-version=10.11"];
    let refused = situation.run(&set).expect(1).says(says).says("`--accept-ctype`");
    situation.run(&["migrate"]).expect(1).says(says).says("nothing was written");
    let tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'";
    assert_eq!(situation.target_count(tables).await, 0);
    let report = situation.run(&["postgres", "--format=json"]).expect(1).json();
    assert_eq!(report["report"]["locale"]["ctype"], "C");
    assert_eq!(report["report"]["ctype"]["accepted"], false);

    // The statement works as printed, and makes a database that is right.
    let connection = situation.target.connect().await;
    let statement = printed_creation(&refused);
    connection.batch_execute(&statement).await.expect("a sound statement");
    let right =
        Dsn { database: format!("{}_utf8", situation.target.dsn.database), ..administrator() };
    let dsn = right.render();
    let run = |arguments: &[&str]| {
        situation.run_with(arguments, "MIGRATION_ASSIST_POSTGRES_DSN", dsn.as_str())
    };
    let found = [&set[..], &["--format=json"]].concat();
    let found = run(&found).expect(0).never_shows(says).json();
    assert_eq!(found["report"]["locale"]["lowers_letters"], true);
    assert_eq!(found["report"]["locale"]["folds_words"], true);
    let name = migration_assist::sql::Dialect::Postgres.identifier(&right.database);
    connection.batch_execute(&format!("DROP DATABASE {name}")).await.expect("dropped");

    situation.run(&[&set[..], &["--accept-ctype"]].concat()).expect(0).says(says);
    situation.run(&["copy", "--restart"]).expect(1).says(says).says("nothing was copied");
    situation.run(&["migrate", "--accept-ctype"]).expect(0).says("is proven equal");
}

async fn an_order_by_code_point_is_shown_with_this_source_s_channels(source: Source) {
    let situation = Situation::new(source).await;
    situation
        .source_sql(
            "UPDATE Channels SET Type = 'D';
             INSERT INTO Channels (Id, CreateAt, UpdateAt, DeleteAt, TeamId, Type, DisplayName, Name)
             VALUES ('a', 1, 1, 0, '', 'O', 'Apfel', 'a'), ('b', 1, 1, 0, '', 'O', 'apple', 'b'),
                    ('c', 1, 1, 0, '', 'P', 'ärger', 'c'), ('d', 1, 1, 0, '', 'O', 'Zebra', 'd')",
        )
        .await;
    situation.run(&["postgres"]).expect(0).says("sorts by code point");
    let count = "channels of this source that change their place: 3 of 4";
    situation.run(&["migrate"]).expect(0).says(count).never_shows("Apfel, Zebra, apple, ärger\n");
    let shown = situation.run(&["migrate", "--show-values"]).expect(0);
    shown.says("the first names in that order: Apfel, Zebra, apple, ärger");
}
