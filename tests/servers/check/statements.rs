//! What no repair covers comes with a statement that can be pasted.

use migration_assist::check::Rule;

use super::seeds::{SET, report_of_set};
use crate::support::mysql::{Source, on_both_flavours, run};

on_both_flavours!(a_statement_clears_what_no_repair_covers);

/// A client takes each statement as printed, and it clears the finding.
async fn a_statement_clears_what_no_repair_covers(source: Source) {
    let sql = r#"SET SESSION sql_mode = '';
        CREATE TABLE ChannelBookmarks (Id varchar(26) PRIMARY KEY, SortOrder bigint);
        INSERT INTO ChannelBookmarks VALUES ('it''s \\', 3000000000), ('fits', 1);
        CREATE TABLE TeamMembers (TeamId varchar(26), UserId varchar(26), SchemeUser tinyint, PRIMARY KEY (TeamId, UserId));
        INSERT INTO TeamMembers VALUES ('t', 'u', 3), ('t', 'v', 1);
        CREATE TABLE Teams (Id varchar(26) PRIMARY KEY, Type enum('I','O'));
        INSERT INTO Teams VALUES ('a', 'x'), ('b', 'O');
        CREATE TABLE Posts (Id varchar(26) PRIMARY KEY, Props json, FileIds text);
        INSERT INTO Posts VALUES ('a', '{"k\\u0000": 1, "k": 2}', '{}'), ('b', '{}', '[]');
        CREATE TABLE LinkMetadata (Hash bigint PRIMARY KEY, Data longtext);
        INSERT INTO LinkMetadata VALUES (-1, '{"a":'), (2, '[1e400000]'), (3, '{}');
        CREATE TABLE RetentionIdsForDeletion (Id varchar(26) PRIMARY KEY, TableName varchar(64), Ids json);
        INSERT INTO RetentionIdsForDeletion VALUES ('a', 'Posts', '[1]');"#;
    let mut connection = source.connect().await;
    run(&mut connection, sql).await;
    let rules = [
        Rule::OutOfRange,
        Rule::NotBoolean,
        Rule::UnknownEnumLabel,
        Rule::KeysMerge,
        Rule::InvalidJson,
        Rule::JsonNumber,
        Rule::NotStringArray,
        Rule::NotJsonList,
    ];
    let report = report_of_set(&source.dsn, Some(SET)).await;
    let found: Vec<_> = report.findings.iter().filter(|it| rules.contains(&it.id)).collect();
    assert_eq!(found.len(), rules.len(), "{found:#?}");
    for finding in found {
        assert_eq!((finding.count, &finding.fix), (1, &None), "{finding:#?}");
        let statement = finding.statement.as_deref().expect("a statement");
        assert!(statement.contains("/* allowed: ") && statement.ends_with(';'), "{statement}");
        assert!(connection.execute(statement).await.is_ok(), "{statement}");
    }
    let report = report_of_set(&source.dsn, Some(SET)).await;
    assert!(report.findings.iter().all(|it| !rules.contains(&it.id)), "{:#?}", report.findings);
    let kept: Option<String> = connection
        .query_optional("SELECT JSON_EXTRACT(Props, '$.k') FROM Posts WHERE Id = 'a'")
        .await
        .expect("a value");
    assert_eq!(kept.as_deref(), Some("2"), "the other entry stays");
    let others = "SELECT COUNT(*) FROM Teams WHERE Id = 'b' AND Type = 'O'";
    assert_eq!(connection.query_optional::<u64>(others).await.expect("a count"), Some(1));
}
