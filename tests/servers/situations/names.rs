//! Names of tables in another case than Mattermost's own.

use super::Situation;
use crate::support::mysql::{Source, on_both_flavours};

on_both_flavours![
    table_names_in_lower_case_change_nothing,
    tables_that_differ_only_by_case_are_never_copied,
];

async fn table_names_in_lower_case_change_nothing(source: Source) {
    let situation = Situation::new(source).await;
    situation.lower_table_names().await;
    situation.run(&["mysql", "--output", "first.output"]).expect(0).says("Nothing stops the copy");
    situation.run(&["mysql", "--full-schema-check", "--output", "schema.output"]).expect(0);
    situation.run(&["mysql", "--fix", "all", "--dry-run", "--output", "fix.output"]).expect(0);
    situation.run(&["migrate"]).expect(0).says("the target is proven equal");
    situation.run(&["verify"]).expect(0);
    situation.run(&["copy"]).expect(0);
}

async fn tables_that_differ_only_by_case_are_never_copied(source: Source) {
    let situation = Situation::new(source).await;
    situation
        .source_sql(
            "CREATE TABLE teams LIKE Teams; INSERT INTO teams (Id, Name) VALUES ('other', 'other')",
        )
        .await;
    let stops = |arguments: &[&str], status| {
        situation.run(arguments).expect(status).says("differ only by case").says("`teams`")
    };
    stops(&["mysql", "--output", "found.output"], 1)
        .says("`Teams` (")
        .says("`teams` (1 row)")
        .says("RENAME TABLE `teams` TO `teams_unused`;");
    stops(&["migrate"], 1).says("nothing was written");
    situation
        .run(&["postgres", "--run-migrations", "--applied-migrations", "found.output"])
        .expect(0);
    stops(&["copy"], 2);
    assert_eq!(situation.target_count("SELECT count(*) FROM public.teams").await, 0);
    situation.run(&["verify"]).expect(1).says("name differs only by case");
    // The statement that the finding prints is the way on.
    situation.source_sql("RENAME TABLE `teams` TO `teams_unused`").await;
    situation.run(&["mysql", "--output", "renamed.output"]).expect(1).says("--copy-unknown");
    situation.run(&["migrate", "--copy-unknown"]).expect(0).says("the target is proven equal");
    assert_eq!(situation.target_count("SELECT count(*) FROM public.teams_unused").await, 1);
}
